//! What endpoints' answers say of their health, and what is old enough to be forgotten.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Endpoints that took something are well again. Those that were well all the time are not written.
pub(in crate::notification) async fn recovered(
    conn: &mut PgConnection,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update webhook_endpoints set failures = 0, failing_since = null, held_until = null, updated_at = $2
        where id = any($1) and failures > 0
        "#,
        ids,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets deliveries that were settled before that day, with their attempts. Returns how many.
pub(in crate::notification) async fn forget(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"
        with old as (
            select endpoint_id, event_id from webhook_deliveries where settled_at < $1 limit $2
        ), attempts as (
            delete from webhook_attempts a using old
            where a.endpoint_id = old.endpoint_id and a.event_id = old.event_id
        ), deliveries as (
            delete from webhook_deliveries d using old
            where d.endpoint_id = old.endpoint_id and d.event_id = old.event_id
            returning 1
        )
        select count(*) as "count!" from deliveries
        "#,
        before,
        limit,
    )
    .fetch_one(conn)
    .await
}
