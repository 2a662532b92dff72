use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    identity::{FacilitationBlock, FacilitationBlockId, StaffId, service::facilitation::Filter},
    kernel::PageRequest,
};

/// Writes a block, unless its source has a live one. Says whether it was written.
pub(in super::super) async fn insert(
    conn: &mut PgConnection,
    block: &FacilitationBlock,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        r#"
        insert into facilitation_blocks (id, reg_no, source, reason, proposed_to, decide_due_on, imposed_at,
            updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $7) on conflict do nothing
        "#,
        block.id.0,
        block.reg_no,
        block.source,
        block.reason,
        block.proposed_to,
        block.decide_due_on,
        block.imposed_at,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Reads one block and holds it until the transaction ends.
pub(in super::super) async fn lock(
    conn: &mut PgConnection,
    id: FacilitationBlockId,
) -> sqlx::Result<Option<FacilitationBlock>> {
    sqlx::query_as!(
        FacilitationBlock,
        r#"
        select id as "id: FacilitationBlockId", reg_no, source, reason, proposed_to, decide_due_on, imposed_at,
               lifted_at, lifted_by as "lifted_by: StaffId", lifted_because, updated_at
        from facilitation_blocks where id = $1 for update
        "#,
        id.0,
    )
    .fetch_optional(conn)
    .await
}

/// The live block of a source, held until the transaction ends.
pub(in super::super) async fn lock_of(
    conn: &mut PgConnection,
    source: Uuid,
) -> sqlx::Result<Option<FacilitationBlock>> {
    sqlx::query_as!(
        FacilitationBlock,
        r#"
        select id as "id: FacilitationBlockId", reg_no, source, reason, proposed_to, decide_due_on, imposed_at,
               lifted_at, lifted_by as "lifted_by: StaffId", lifted_because, updated_at
        from facilitation_blocks where source = $1 and lifted_at is null for update
        "#,
        source,
    )
    .fetch_optional(conn)
    .await
}

pub(in super::super) async fn lift(
    conn: &mut PgConnection,
    id: FacilitationBlockId,
    by: Option<StaffId>,
    because: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update facilitation_blocks set lifted_at = $4, lifted_by = $2, lifted_because = $3, updated_at = $4
        where id = $1
        "#,
        id.0,
        by as Option<StaffId>,
        because,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in super::super) async fn is_blocked(
    conn: &mut PgConnection,
    reg_no: &str,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"
        select exists (select from facilitation_blocks where reg_no = $1 and lifted_at is null) as "is_blocked!"
        "#,
        reg_no,
    )
    .fetch_one(conn)
    .await
}

pub(in super::super) async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    page: PageRequest,
) -> sqlx::Result<Vec<FacilitationBlock>> {
    sqlx::query_as!(
        FacilitationBlock,
        r#"
        select id as "id: FacilitationBlockId", reg_no, source, reason, proposed_to, decide_due_on, imposed_at,
               lifted_at, lifted_by as "lifted_by: StaffId", lifted_because, updated_at
        from facilitation_blocks
        where ($1::text is null or reg_no = $1)
          and ($2::boolean is null or (lifted_at is null) = $2)
          and ($3::uuid is null or id < $3)
          and ($5::timestamptz is null or updated_at >= $5)
        order by id desc
        limit $4
        "#,
        filter.reg_no.as_deref(),
        filter.live,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}
