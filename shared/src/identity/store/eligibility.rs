use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    identity::{
        Eligibility, EligibilityId, OrganisationId, StaffId,
        eligibility::{Action, Status},
        service::eligibility::Filter,
    },
    kernel::PageRequest,
};

pub(in super::super) async fn insert(
    conn: &mut PgConnection,
    id: EligibilityId,
    enterprise: Uuid,
    commitments_signed: bool,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into anywhere_eligibilities (id, enterprise_id, state, commitments_signed, created_at,
            updated_at)
        values ($1, $2, $3, $4, $5, $5)
        "#,
        id as EligibilityId,
        enterprise,
        Status::Applied as Status,
        commitments_signed,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// `enterprise`: only what is its own; `None` for those who see all.
pub(in super::super) async fn find(
    conn: &mut PgConnection,
    id: EligibilityId,
    enterprise: Option<&str>,
) -> sqlx::Result<Option<Eligibility>> {
    sqlx::query_as!(
        Eligibility,
        r#"
        select e.id as "id: EligibilityId", e.enterprise_id as "enterprise_id: OrganisationId",
               o.code as enterprise_code, e.state as "status: Status", e.commitments_signed, e.reason,
               e.reviewed_by as "reviewed_by: StaffId", e.joined_on, e.left_on,
               e.proposed as "proposed: Action", e.proposed_by as "proposed_by: StaffId",
               e.created_at, e.updated_at
        from anywhere_eligibilities e join organisations o on o.id = e.enterprise_id
        where e.id = $1 and ($2::text is null or o.code = $2)
        "#,
        id as EligibilityId,
        enterprise,
    )
    .fetch_optional(conn)
    .await
}

/// Reads one eligibility and holds it until the transaction ends.
pub(in super::super) async fn lock(
    conn: &mut PgConnection,
    id: EligibilityId,
) -> sqlx::Result<Option<Eligibility>> {
    sqlx::query_as!(
        Eligibility,
        r#"
        select e.id as "id: EligibilityId", e.enterprise_id as "enterprise_id: OrganisationId",
               o.code as enterprise_code, e.state as "status: Status", e.commitments_signed, e.reason,
               e.reviewed_by as "reviewed_by: StaffId", e.joined_on, e.left_on,
               e.proposed as "proposed: Action", e.proposed_by as "proposed_by: StaffId",
               e.created_at, e.updated_at
        from anywhere_eligibilities e join organisations o on o.id = e.enterprise_id
        where e.id = $1
        for update of e
        "#,
        id as EligibilityId,
    )
    .fetch_optional(conn)
    .await
}

pub(in super::super) async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    page: PageRequest,
) -> sqlx::Result<Vec<Eligibility>> {
    sqlx::query_as!(
        Eligibility,
        r#"
        select e.id as "id: EligibilityId", e.enterprise_id as "enterprise_id: OrganisationId",
               o.code as enterprise_code, e.state as "status: Status", e.commitments_signed, e.reason,
               e.reviewed_by as "reviewed_by: StaffId", e.joined_on, e.left_on,
               e.proposed as "proposed: Action", e.proposed_by as "proposed_by: StaffId",
               e.created_at, e.updated_at
        from anywhere_eligibilities e join organisations o on o.id = e.enterprise_id
        where ($1::text is null or o.code = $1)
          and ($2::text is null or e.state = $2)
          and ($3::uuid is null or e.id < $3)
          and ($5::timestamptz is null or e.updated_at >= $5)
        order by e.id desc
        limit $4
        "#,
        filter.enterprise_code.as_deref(),
        filter.status as Option<Status>,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

pub(in super::super) async fn eligible(
    conn: &mut PgConnection,
) -> sqlx::Result<Vec<EligibilityId>> {
    sqlx::query_scalar!(
        r#"
        select id as "id: EligibilityId" from anywhere_eligibilities
        where state = 'ELIGIBLE'
        order by id
        "#,
    )
    .fetch_all(conn)
    .await
}

/// The enterprise's eligibility, if it is eligible now.
pub(in super::super) async fn eligible_of(
    conn: &mut PgConnection,
    reg_no: &str,
) -> sqlx::Result<Option<EligibilityId>> {
    sqlx::query_scalar!(
        r#"
        select e.id as "id: EligibilityId"
        from anywhere_eligibilities e join organisations o on o.id = e.enterprise_id
        where o.code = $1 and e.state = 'ELIGIBLE'
        "#,
        reg_no,
    )
    .fetch_optional(conn)
    .await
}

pub(in super::super) async fn update(
    conn: &mut PgConnection,
    eligibility: &Eligibility,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update anywhere_eligibilities
        set state = $2, reason = $3, reviewed_by = $4, joined_on = $5, left_on = $6, proposed = $7,
            proposed_by = $8, updated_at = $9
        where id = $1
        "#,
        eligibility.id as EligibilityId,
        eligibility.status as Status,
        eligibility.reason,
        eligibility.reviewed_by as Option<StaffId>,
        eligibility.joined_on,
        eligibility.left_on,
        eligibility.proposed as Option<Action>,
        eligibility.proposed_by as Option<StaffId>,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
