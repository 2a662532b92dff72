use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    identity::{PowerOfAttorney, PowerOfAttorneyId, service::attorney::Filter},
    kernel::PageRequest,
};

pub(in super::super) struct NewPower {
    pub id: PowerOfAttorneyId,
    pub agent: Uuid,
    pub enterprise: Uuid,
    pub valid_from: NaiveDate,
    pub valid_to: NaiveDate,
}

pub(in super::super) async fn insert(
    conn: &mut PgConnection,
    new: &NewPower,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into powers_of_attorney (id, agent_id, enterprise_id, valid_from, valid_to, created_at)
        values ($1, $2, $3, $4, $5, $6)
        "#,
        new.id as PowerOfAttorneyId,
        new.agent,
        new.enterprise,
        new.valid_from,
        new.valid_to,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// `party`: only powers that this organisation gave or got; `None` for those who see all.
pub(in super::super) async fn find(
    conn: &mut PgConnection,
    id: PowerOfAttorneyId,
    party: Option<&str>,
) -> sqlx::Result<Option<PowerOfAttorney>> {
    sqlx::query_as!(
        PowerOfAttorney,
        r#"
        select p.id as "id: PowerOfAttorneyId", a.code as agent_code, e.code as enterprise_code,
               p.valid_from, p.valid_to, p.revoked_at, p.created_at
        from powers_of_attorney p
        join organisations a on a.id = p.agent_id
        join organisations e on e.id = p.enterprise_id
        where p.id = $1 and ($2::text is null or $2 in (a.code, e.code))
        "#,
        id as PowerOfAttorneyId,
        party,
    )
    .fetch_optional(conn)
    .await
}

/// Like [`find`], and holds it until the transaction ends.
pub(in super::super) async fn lock(
    conn: &mut PgConnection,
    id: PowerOfAttorneyId,
    party: Option<&str>,
) -> sqlx::Result<Option<PowerOfAttorney>> {
    sqlx::query_as!(
        PowerOfAttorney,
        r#"
        select p.id as "id: PowerOfAttorneyId", a.code as agent_code, e.code as enterprise_code,
               p.valid_from, p.valid_to, p.revoked_at, p.created_at
        from powers_of_attorney p
        join organisations a on a.id = p.agent_id
        join organisations e on e.id = p.enterprise_id
        where p.id = $1 and ($2::text is null or $2 in (a.code, e.code))
        for update of p
        "#,
        id as PowerOfAttorneyId,
        party,
    )
    .fetch_optional(conn)
    .await
}

pub(in super::super) async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    party: Option<&str>,
    page: PageRequest,
) -> sqlx::Result<Vec<PowerOfAttorney>> {
    sqlx::query_as!(
        PowerOfAttorney,
        r#"
        select p.id as "id: PowerOfAttorneyId", a.code as agent_code, e.code as enterprise_code,
               p.valid_from, p.valid_to, p.revoked_at, p.created_at
        from powers_of_attorney p
        join organisations a on a.id = p.agent_id
        join organisations e on e.id = p.enterprise_id
        where ($1::text is null or $1 in (a.code, e.code))
          and ($2::text is null or a.code = $2)
          and ($3::text is null or e.code = $3)
          and ($4::date is null or (p.revoked_at is null and $4 between p.valid_from and p.valid_to))
          and ($5::uuid is null or p.id < $5)
          and ($7::timestamptz is null or greatest(p.created_at, p.revoked_at) >= $7)
        order by p.id desc
        limit $6
        "#,
        party,
        filter.agent_code.as_deref(),
        filter.enterprise_code.as_deref(),
        filter.in_force_on,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

pub(in super::super) async fn revoke(
    conn: &mut PgConnection,
    id: PowerOfAttorneyId,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update powers_of_attorney set revoked_at = $2 where id = $1",
        id as PowerOfAttorneyId,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Those of the pairs (agent, enterprise) for which a power is in force on that day.
pub(in super::super) async fn in_force(
    conn: &mut PgConnection,
    agents: &[String],
    enterprises: &[String],
    on: NaiveDate,
) -> sqlx::Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        r#"
        select distinct asked.agent as "agent!", asked.enterprise as "enterprise!"
        from unnest($1::text[], $2::text[]) as asked(agent, enterprise)
        join organisations a on a.code = asked.agent
        join organisations e on e.code = asked.enterprise
        join powers_of_attorney p on p.agent_id = a.id and p.enterprise_id = e.id
        where p.revoked_at is null and $3 between p.valid_from and p.valid_to
        "#,
        agents,
        enterprises,
        on,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.agent, row.enterprise)).collect())
}
