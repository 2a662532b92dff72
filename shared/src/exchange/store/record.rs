//! Messages as an operator, and whoever sent them, sees them.
use sqlx::{PgConnection, types::Json};

use crate::{
    exchange::{
        model::{MessageId, MessageWay, Record},
        receipt::Receipt,
    },
    kernel::PageRequest,
};

/// Messages that will not go further by themselves, newest first: dead ones of ours, refused and parked ones of
/// theirs.
pub(in crate::exchange) async fn stopped(
    conn: &mut PgConnection,
    page: PageRequest,
) -> sqlx::Result<Vec<Record>> {
    let rows = sqlx::query!(
        r#"
        select * from (
            select true as "is_ours!", receiver as "bureau!", id as "id!: MessageId", kind as "kind!",
                version as "version!", correlation_id as "correlation_id!", sequence as "sequence!",
                sent_at as "sent_at!", state as "state!", attempts as "attempts!", last_error as reason,
                null::jsonb as outcome, receipt as "receipt: Json<Receipt>", false as "is_played!"
            from outbox
            where state = 'DEAD' and ($3::timestamptz is null or coalesce(stopped_at, sent_at) >= $3)
            union all
            select false, sender, id, kind, version, correlation_id, sequence, sent_at, state, 0, reason, outcome,
                receipt, played_by is not null
            from inbox
            where state in ('REFUSED', 'PARKED') and ($3::timestamptz is null or settled_at >= $3)
        ) as stopped
        where $1::uuid is null or "id!: MessageId" < $1
        order by "id!: MessageId" desc
        limit $2
        "#,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await?;
    let records = rows.into_iter().map(|row| Record {
        direction: if row.is_ours { MessageWay::Out } else { MessageWay::In },
        bureau: row.bureau,
        id: row.id,
        kind: row.kind,
        version: row.version,
        correlation_id: row.correlation_id,
        sequence: row.sequence,
        sent_at: row.sent_at,
        state: row.state,
        attempts: row.attempts,
        reason: row.reason,
        outcome: row.outcome,
        receipt: row.receipt.map(|receipt| receipt.0),
        is_played: row.is_played,
    });
    Ok(records.collect())
}

/// A message that this bureau sent us.
pub(in crate::exchange) async fn received(
    conn: &mut PgConnection,
    sender: &str,
    id: MessageId,
) -> sqlx::Result<Option<Record>> {
    let row = sqlx::query!(
        r#"
        select kind, version, correlation_id, sequence, sent_at, state, reason, outcome,
            receipt as "receipt: Json<Receipt>", played_by is not null as "is_played!"
        from inbox where sender = $1 and id = $2
        "#,
        sender,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Record {
        direction: MessageWay::In,
        bureau: sender.to_owned(),
        id,
        kind: row.kind,
        version: row.version,
        correlation_id: row.correlation_id,
        sequence: row.sequence,
        sent_at: row.sent_at,
        state: row.state,
        attempts: 0,
        reason: row.reason,
        outcome: row.outcome,
        receipt: row.receipt.map(|receipt| receipt.0),
        is_played: row.is_played,
    }))
}
