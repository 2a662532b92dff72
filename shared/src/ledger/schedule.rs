//! When what recurs is promised next. Claimed row by row, so that two workers never promise it twice.
use chrono::{DateTime, Utc};

use super::{Tx, jobs::Promise};

/// Makes sure that a name stands in the table; a new one starts at `first`.
pub async fn know(tx: &mut Tx, name: &str, first: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into schedules (name, next_at) values ($1, $2) on conflict do nothing",
        name,
        first,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The names that are due, locked until the transaction ends. What another worker promises is not here.
pub async fn due(tx: &mut Tx) -> sqlx::Result<Vec<String>> {
    let now = tx.now;
    sqlx::query_scalar!(
        "select name from schedules where next_at <= $1 order by name for update skip locked",
        now,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Promises a sweep and moves its schedule on. While the one before has not ended there is no second:
/// sweeps must not pile up when nobody answers the bells.
pub async fn promise(
    tx: &mut Tx,
    kind: &'static str,
    next_at: DateTime<Utc>,
) -> anyhow::Result<()> {
    let sweep = Promise::sweep(kind, tx.now)?;
    let moved = sqlx::query_scalar!(
        r#"
        update schedules set next_at = $2, job = $3
        where name = $1 and not exists (
            select from jobs where jobs.id = schedules.job and jobs.ring_at is not null)
        returning name
        "#,
        kind,
        next_at,
        sweep.id.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    if moved.is_some() {
        tx.promise(sweep);
    }
    Ok(())
}
