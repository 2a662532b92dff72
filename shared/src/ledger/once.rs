//! Keys under which callers ask for an act once (`Idempotency-Key`), kept for a week.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// What became of a key that somebody shows.
#[derive(Debug)]
pub enum Claim {
    /// Nobody used it before: it is ours, if this transaction commits.
    Ours,
    /// Another request under this key has not ended yet.
    UnderWay,
    /// It was used for another request.
    Other,
    /// It was used for this very request, which was answered so.
    Answered { status: i16, reply: serde_json::Value },
}

/// Claims a key in the transaction of the act, without waiting for anybody.
pub async fn claim(
    conn: &mut PgConnection,
    caller: Uuid,
    operation: &str,
    key: &str,
    fingerprint: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<Claim> {
    // The lock lasts until the act commits or rolls back: whoever holds it is the one under way.
    let name = format!("{caller} {operation} {key}");
    let is_free = sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtextextended($1, 1)) as "is_free!""#,
        name,
    )
    .fetch_one(&mut *conn)
    .await?;
    if !is_free {
        return Ok(Claim::UnderWay);
    }
    let inserted = sqlx::query!(
        r#"
        insert into idempotency_keys (caller, operation, key, fingerprint, created_at)
        values ($1, $2, $3, $4, $5) on conflict do nothing
        "#,
        caller,
        operation,
        key,
        fingerprint,
        now,
    )
    .execute(&mut *conn)
    .await?;
    if inserted.rows_affected() == 1 {
        return Ok(Claim::Ours);
    }
    let first = sqlx::query!(
        r#"
        select fingerprint, status as "status!", reply as "reply!" from idempotency_keys
        where caller = $1 and operation = $2 and key = $3
        "#,
        caller,
        operation,
        key,
    )
    .fetch_one(conn)
    .await?;
    if first.fingerprint != fingerprint {
        return Ok(Claim::Other);
    }
    Ok(Claim::Answered { status: first.status, reply: first.reply })
}

/// Keeps the answer beside the key, in the same transaction as the act.
pub async fn keep(
    conn: &mut PgConnection,
    caller: Uuid,
    operation: &str,
    key: &str,
    status: i16,
    reply: &serde_json::Value,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update idempotency_keys set status = $4, reply = $5
        where caller = $1 and operation = $2 and key = $3
        "#,
        caller,
        operation,
        key,
        status,
        reply,
    )
    .execute(conn)
    .await?;
    Ok(())
}
