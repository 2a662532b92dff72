//! What the ledger may forget: settled jobs, old keys, names of processes long gone. History it keeps.
use chrono::{DateTime, Duration, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// How long a done job and an `Idempotency-Key` are kept.
pub const KEPT: Duration = Duration::days(7);

/// How many rows one statement forgets: short locks, short transactions.
pub const AT_ONCE: i64 = 5_000;

/// Forgets jobs done more than a week ago. Dead ones stay until somebody redrives them.
pub async fn jobs(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let before = now - KEPT;
    // Ids sort by the time of the promise, so the primary key leads to the oldest: no index of its own.
    let reaped = sqlx::query!(
        r#"
        delete from jobs where id in (
            select id from jobs where id < $1 and state = 'done' and settled_at < $2
            order by id limit $3)
        "#,
        first_id_of(before),
        before,
        AT_ONCE,
    )
    .execute(conn)
    .await?;
    Ok(reaped.rows_affected())
}

/// Forgets idempotency keys older than a week.
pub async fn idempotency_keys(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let reaped = sqlx::query!(
        r#"
        delete from idempotency_keys where ctid = any(array(
            select ctid from idempotency_keys where created_at < $1 order by created_at limit $2))
        "#,
        now - KEPT,
        AT_ONCE,
    )
    .execute(conn)
    .await?;
    Ok(reaped.rows_affected())
}

/// Forgets workers that were last seen days ago.
pub async fn heartbeats(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let reaped = sqlx::query!("delete from heartbeats where at < $1", now - KEPT).execute(conn);
    Ok(reaped.await?.rows_affected())
}

/// The smallest version 7 UUID of that moment.
fn first_id_of(at: DateTime<Utc>) -> Uuid {
    let millis = u128::try_from(at.timestamp_millis()).unwrap_or(0);
    Uuid::from_u128(millis << 80)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::id;

    #[test]
    fn the_first_id_of_a_moment_sorts_before_its_ids_and_after_the_ids_of_the_past() {
        let at: DateTime<Utc> = "2014-05-12T08:00:00Z".parse().unwrap();

        assert!(first_id_of(at) <= id::mint(at));
        assert!(id::mint(at - Duration::milliseconds(1)) < first_id_of(at));
    }
}
