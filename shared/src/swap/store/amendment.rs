//! The SQL of what ports ask about transfers of ours.
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    kernel::PageRequest,
    swap::{AskedAmendment, AskedAmendmentId, AskedState, Change, TransferId},
};

/// A query for whole wishes: which ones is said in the words after the columns.
macro_rules! asked {
    ($which:literal, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            AskedAmendment,
            r#"
            select a.id as "id: AskedAmendmentId", a.transfer_id as "transfer_id: TransferId", t.transfer_no,
                a.port_amendment, a.reason, a.changes as "changes: Json<Vec<Change>>", a.state as "state: AskedState",
                a.asked_at, a.decided_at, a.decided_by, a.decision, a.ended_at, a.outcome
            from transfer_amendments a join transfers t on t.id = a.transfer_id
            "# + $which,
            $($argument),*
        )
    };
}

pub(in crate::swap) async fn find(
    conn: &mut PgConnection,
    id: AskedAmendmentId,
) -> sqlx::Result<Option<AskedAmendment>> {
    asked!("where a.id = $1", id.0).fetch_optional(conn).await
}

/// Read once its transfer is held: that keeps it still.
pub(in crate::swap) async fn of_port(
    conn: &mut PgConnection,
    transfer: TransferId,
    port_amendment: Uuid,
) -> sqlx::Result<Option<AskedAmendment>> {
    asked!("where a.transfer_id = $1 and a.port_amendment = $2", transfer.0, port_amendment)
        .fetch_optional(conn)
        .await
}

pub(in crate::swap) async fn of_transfer(
    conn: &mut PgConnection,
    transfer: TransferId,
) -> sqlx::Result<Vec<AskedAmendment>> {
    asked!("where a.transfer_id = $1 order by a.id", transfer.0).fetch_all(conn).await
}

/// What waits for an officer of the inspecting office, oldest first.
pub(in crate::swap) async fn waiting(
    conn: &mut PgConnection,
    office: &str,
    page: PageRequest,
) -> sqlx::Result<Vec<AskedAmendment>> {
    asked!(
        r#"
        where a.state = 'ASKED' and t.side = 'ORIGIN' and t.origin_org = $1 and ($2::uuid is null or a.id > $2)
          and ($4::timestamptz is null or a.asked_at >= $4)
        order by a.id limit $3
        "#,
        office,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::swap) async fn insert(
    conn: &mut PgConnection,
    asked: &AskedAmendment,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into transfer_amendments (id, transfer_id, port_amendment, reason, changes, state, asked_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        "#,
        asked.id.0,
        asked.transfer_id.0,
        asked.port_amendment,
        asked.reason,
        Json(&asked.changes.0) as _,
        asked.state.name(),
        asked.asked_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::swap) async fn update(
    conn: &mut PgConnection,
    asked: &AskedAmendment,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update transfer_amendments set state = $2, decided_at = $3, decided_by = $4, decision = $5, ended_at = $6,
            outcome = $7
        where id = $1
        "#,
        asked.id.0,
        asked.state.name(),
        asked.decided_at,
        asked.decided_by,
        asked.decision,
        asked.ended_at,
        asked.outcome,
    )
    .execute(conn)
    .await?;
    Ok(())
}
