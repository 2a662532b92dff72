//! Telling again what was told, or would have been.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::notification::model::{Endpoint, EndpointId};

/// Puts one delivery on its way again, from the beginning of the schedule.
pub(in crate::notification) async fn one(
    conn: &mut PgConnection,
    endpoint: EndpointId,
    event: Uuid,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        r#"
        update webhook_deliveries set state = 'WAITING', tries = 0, due_at = $3, settled_at = null
        where endpoint_id = $1 and event_id = $2
        "#,
        endpoint.0,
        event,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Puts what happened in a span of time on its way, whether it was before or not, up to a number. Ids of events begin
/// with their moment.
pub(in crate::notification) async fn range(
    conn: &mut PgConnection,
    endpoint: &Endpoint,
    (from, to): (Uuid, Uuid),
    limit: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        r#"
        insert into webhook_deliveries (endpoint_id, event_id, position, subject, kind, due_at, created_at)
        select $1, e.id, c.position, e.subject, e.kind, $6, $6
        from changes c join events e on e.id = c.event_id
        where c.reg_no = $2 and c.event_id >= $3 and c.event_id < $4
            and (cardinality($5::text[]) = 0 or e.kind = any($5))
        order by c.position limit $7
        on conflict (endpoint_id, event_id) do update
        set state = 'WAITING', tries = 0, due_at = excluded.due_at, settled_at = null
        "#,
        endpoint.id.0,
        endpoint.reg_no,
        from,
        to,
        &endpoint.event_types,
        now,
        limit,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
