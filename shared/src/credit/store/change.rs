//! Changes of classes.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::{
    credit::{ChangeStatus, CreditChange, CreditChangeId, Period, service::change::Filter},
    identity::{CreditClass, OrganisationId, StaffId},
    kernel::PageRequest,
};

struct Row {
    id: CreditChangeId,
    organisation: OrganisationId,
    reg_no: String,
    from: CreditClass,
    to: CreditClass,
    year: Option<i32>,
    status: ChangeStatus,
    reason: String,
    proposed_by: Option<StaffId>,
    proposed_by_chief: bool,
    proposed_at: DateTime<Utc>,
    decided_by: Option<StaffId>,
    decided_at: Option<DateTime<Utc>>,
    decision: Option<String>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for CreditChange {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            organisation: row.organisation,
            reg_no: row.reg_no,
            from: row.from,
            to: row.to,
            period: row.year.map(Period),
            status: row.status,
            reason: row.reason,
            proposed_by: row.proposed_by,
            proposed_by_chief: row.proposed_by_chief,
            proposed_at: row.proposed_at,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
            decision: row.decision,
            updated_at: row.updated_at,
        }
    }
}

/// A query for whole changes: which ones is said in the words after `from credit_changes`.
macro_rules! changes {
    ($which:literal, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            Row,
            r#"
            select id as "id: CreditChangeId", organisation_id as "organisation: OrganisationId", reg_no,
                from_class as "from: CreditClass", to_class as "to: CreditClass", year, status as "status: ChangeStatus",
                reason, proposed_by as "proposed_by: StaffId", proposed_by_chief, proposed_at,
                decided_by as "decided_by: StaffId", decided_at, decision, updated_at
            from credit_changes
            "# + $which,
            $($argument),*
        )
    };
}

/// Whether it could be: an enterprise has one open proposal.
pub(in crate::credit) async fn insert(
    conn: &mut PgConnection,
    change: &CreditChange,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        r#"
        insert into credit_changes (id, organisation_id, reg_no, from_class, to_class, year, status, reason, proposed_by,
            proposed_by_chief, proposed_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
        on conflict (reg_no) where status = 'PROPOSED' do nothing
        "#,
        change.id.0,
        change.organisation.0,
        change.reg_no,
        change.from.name(),
        change.to.name(),
        change.period.map(|period| period.0),
        change.status.name(),
        change.reason,
        change.proposed_by as Option<StaffId>,
        change.proposed_by_chief,
        change.proposed_at,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes whatever a step may change.
pub(in crate::credit) async fn update(
    conn: &mut PgConnection,
    change: &CreditChange,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update credit_changes set status = $2, decided_by = $3, decided_at = $4, decision = $5, updated_at = $6
        where id = $1
        "#,
        change.id.0,
        change.status.name(),
        change.decided_by as Option<StaffId>,
        change.decided_at,
        change.decision,
        change.updated_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::credit) async fn find(
    conn: &mut PgConnection,
    own: Option<&str>,
    id: CreditChangeId,
) -> sqlx::Result<Option<CreditChange>> {
    let row = changes!("where id = $1 and ($2::text is null or reg_no = $2)", id.0, own,)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(Into::into))
}

pub(in crate::credit) async fn lock(
    conn: &mut PgConnection,
    id: CreditChangeId,
) -> sqlx::Result<Option<CreditChange>> {
    let row = changes!("where id = $1 for update", id.0,).fetch_optional(conn).await?;
    Ok(row.map(Into::into))
}

pub(in crate::credit) async fn list(
    conn: &mut PgConnection,
    own: Option<&str>,
    filter: &Filter,
    page: PageRequest,
) -> sqlx::Result<Vec<CreditChange>> {
    let rows = changes!(
        r#"
        where ($1::text is null or reg_no = $1)
          and ($2::text is null or reg_no = $2)
          and ($3::text is null or status = $3)
          and ($4::uuid is null or id < $4)
          and ($6::timestamptz is null or updated_at >= $6)
        order by id desc
        limit $5
        "#,
        own,
        filter.reg_no.as_deref(),
        filter.status.map(ChangeStatus::name),
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}
