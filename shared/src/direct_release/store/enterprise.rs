use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    direct_release::{
        Direction, Enterprise, EnterpriseId, Ground,
        enterprise::{Claims, Facts, Proposed, Status},
        service::enterprise::Filter,
    },
    identity::StaffId,
    kernel::PageRequest,
};

struct Row {
    id: EnterpriseId,
    reg_no: String,
    direction: Direction,
    partner: Option<String>,
    status: Status,
    version: i64,
    claims: Option<Json<Claims>>,
    conditions: Option<Json<Facts>>,
    granted_on: Option<NaiveDate>,
    suspended_on: Option<NaiveDate>,
    suspended_until: Option<NaiveDate>,
    ground: Option<Ground>,
    reason: Option<String>,
    proposed_ground: Option<Ground>,
    proposed_reason: Option<String>,
    proposed_by: Option<StaffId>,
    proposed_by_chief: bool,
    decided_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for Enterprise {
    fn from(row: Row) -> Self {
        let proposed = row.proposed_ground.zip(row.proposed_by).map(|(ground, by)| Proposed {
            ground,
            by,
            reason: row.proposed_reason.unwrap_or_default(),
            by_duty_chief: row.proposed_by_chief,
        });
        Self {
            id: row.id,
            reg_no: row.reg_no,
            direction: row.direction,
            partner: row.partner,
            status: row.status,
            version: row.version,
            claims: row.claims.map(|claims| claims.0),
            conditions: row.conditions.map(|facts| facts.0),
            granted_on: row.granted_on,
            suspended_on: row.suspended_on,
            suspended_until: row.suspended_until,
            ground: row.ground,
            reason: row.reason,
            proposed,
            decided_by: row.decided_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Says whether there was none that lives.
pub(in super::super) async fn insert(
    conn: &mut PgConnection,
    new: &Enterprise,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        r#"
        insert into direct_enterprises (id, reg_no, direction, state, version, claims, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $7)
        on conflict (reg_no, direction) where state <> 'REFUSED' do nothing
        "#,
        new.id.0,
        new.reg_no,
        new.direction as Direction,
        new.status as Status,
        new.version,
        new.claims.as_ref().map(Json) as Option<Json<&Claims>>,
        new.created_at,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(in super::super) async fn find(
    conn: &mut PgConnection,
    id: EnterpriseId,
) -> sqlx::Result<Option<Enterprise>> {
    let row = sqlx::query_as!(
        Row,
        r#"
        select id as "id: EnterpriseId", reg_no, direction as "direction: Direction", partner,
            state as "status: Status", version, claims as "claims: Json<Claims>",
            conditions as "conditions: Json<Facts>", granted_on, suspended_on, suspended_until,
            ground as "ground: Ground", reason, proposed_ground as "proposed_ground: Ground", proposed_reason,
            proposed_by as "proposed_by: StaffId", proposed_by_chief, decided_by, created_at, updated_at
        from direct_enterprises where id = $1
        "#,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Enterprise::from))
}

/// Reads one and holds it until the transaction ends.
pub(in super::super) async fn lock(
    conn: &mut PgConnection,
    id: EnterpriseId,
) -> sqlx::Result<Option<Enterprise>> {
    sqlx::query!("select from direct_enterprises where id = $1 for update", id.0)
        .fetch_optional(&mut *conn)
        .await?;
    find(conn, id).await
}

/// The one of that enterprise that was not refused.
pub(in super::super) async fn live(
    conn: &mut PgConnection,
    reg_no: &str,
    direction: Direction,
) -> sqlx::Result<Option<Enterprise>> {
    let id = sqlx::query_scalar!(
        r#"
        select id as "id: EnterpriseId" from direct_enterprises
        where reg_no = $1 and direction = $2 and state <> 'REFUSED'
        "#,
        reg_no,
        direction as Direction,
    )
    .fetch_optional(&mut *conn)
    .await?;
    match id {
        Some(id) => find(conn, id).await,
        None => Ok(None),
    }
}

/// Newest first; only those of `own`, where somebody sees no others.
pub(in super::super) async fn list(
    conn: &mut PgConnection,
    own: Option<&str>,
    filter: &Filter,
    page: PageRequest,
) -> sqlx::Result<Vec<Enterprise>> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        select id as "id: EnterpriseId", reg_no, direction as "direction: Direction", partner,
            state as "status: Status", version, claims as "claims: Json<Claims>",
            conditions as "conditions: Json<Facts>", granted_on, suspended_on, suspended_until,
            ground as "ground: Ground", reason, proposed_ground as "proposed_ground: Ground", proposed_reason,
            proposed_by as "proposed_by: StaffId", proposed_by_chief, decided_by, created_at, updated_at
        from direct_enterprises
        where ($1::text is null or reg_no = $1) and ($2::text is null or reg_no = $2)
          and ($3::text is null or direction = $3) and ($4::text is null or state = $4)
          and ($5::uuid is null or id < $5)
          and ($7::timestamptz is null or updated_at >= $7)
        order by id desc limit $6
        "#,
        own,
        filter.reg_no.as_deref(),
        filter.direction as Option<Direction>,
        filter.status as Option<Status>,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Enterprise::from).collect())
}

/// All that we granted or suspended ourselves, by number.
pub(in super::super) async fn granted_by_us(
    conn: &mut PgConnection,
) -> sqlx::Result<Vec<Enterprise>> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        select id as "id: EnterpriseId", reg_no, direction as "direction: Direction", partner,
            state as "status: Status", version, claims as "claims: Json<Claims>",
            conditions as "conditions: Json<Facts>", granted_on, suspended_on, suspended_until,
            ground as "ground: Ground", reason, proposed_ground as "proposed_ground: Ground", proposed_reason,
            proposed_by as "proposed_by: StaffId", proposed_by_chief, decided_by, created_at, updated_at
        from direct_enterprises
        where partner is null and state in ('APPROVED', 'SUSPENDED')
        order by reg_no, direction
        "#,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Enterprise::from).collect())
}

pub(in super::super) async fn update(
    conn: &mut PgConnection,
    enterprise: &Enterprise,
) -> sqlx::Result<()> {
    let proposed = enterprise.proposed.as_ref();
    sqlx::query!(
        r#"
        update direct_enterprises
        set state = $2, version = $3, claims = $4, conditions = $5, granted_on = $6, suspended_on = $7,
            suspended_until = $8, ground = $9, reason = $10, proposed_ground = $11, proposed_reason = $12,
            proposed_by = $13, proposed_by_chief = $14, decided_by = $15, updated_at = $16
        where id = $1
        "#,
        enterprise.id.0,
        enterprise.status as Status,
        enterprise.version,
        enterprise.claims.as_ref().map(Json) as Option<Json<&Claims>>,
        enterprise.conditions.as_ref().map(Json) as Option<Json<&Facts>>,
        enterprise.granted_on,
        enterprise.suspended_on,
        enterprise.suspended_until,
        enterprise.ground as Option<Ground>,
        enterprise.reason,
        proposed.map(|one| one.ground) as Option<Ground>,
        proposed.map(|one| one.reason.as_str()),
        proposed.map(|one| one.by.0),
        proposed.is_some_and(|one| one.by_duty_chief),
        enterprise.decided_by,
        enterprise.updated_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}
