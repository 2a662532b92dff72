//! The jobs of one bell, from claim to settlement.
//!
//! Whatever goes wrong here, the job's row in Postgres tells the truth: a run that ends without settling
//! anything is taken over when its lease is over.
use std::{collections::BTreeMap, panic::AssertUnwindSafe, slice, time::Instant};

use anyhow::{anyhow, ensure};
use chrono::{DateTime, Duration, Utc};
use futures_util::{FutureExt, future::join_all};
use shared::{
    kernel::Failure,
    ledger::{
        JobId, Lane, Tx,
        jobs::{self, Claimed, Outcome},
    },
};

use sqlx::error::DatabaseError;

use crate::{
    Context, JobError,
    lease::{LEASE, Lease},
    metrics,
    switchboard::{Handler, Work},
};

/// How many jobs share a transaction. Postgres remembers 64 savepoints of a transaction cheaply.
const TOGETHER: usize = 50;

/// Does those of the jobs that are still to be had; returns how many that were.
pub async fn jobs(ctx: &Context, ids: &[JobId]) -> sqlx::Result<usize> {
    let now = ctx.clock.now();
    let mut claimed = jobs::claim(&mut *ctx.pool.acquire().await?, now, ids, LEASE).await?;
    if claimed.is_empty() {
        return Ok(0);
    }
    claimed.sort_by_key(|job| (job.due_at, job.id));
    let count = claimed.len();
    let _lease = Lease::keep(ctx, &claimed);
    let mut kinds: BTreeMap<String, Vec<Claimed>> = BTreeMap::new();
    for job in claimed {
        metrics::claimed(&job.kind, now - job.due_at);
        kinds.entry(job.kind.clone()).or_default().push(job);
    }
    for (kind, jobs) in kinds {
        let begun = Instant::now();
        of_one_kind(ctx, &kind, jobs).await;
        metrics::ran(&kind, begun.elapsed());
    }
    Ok(count)
}

/// Does everything that is due, right here and without Redis: for tests that run in one process. The real
/// worker has no such path; it does only what a bell told it.
pub async fn drain(ctx: &Context) -> anyhow::Result<usize> {
    let mut count = 0;
    loop {
        let mut due = Vec::new();
        for lane in Lane::ALL {
            let mut conn = ctx.pool.acquire().await?;
            due.extend(jobs::ring(&mut conn, ctx.clock.now(), lane, 500).await?);
        }
        if due.is_empty() {
            return Ok(count);
        }
        let ids: Vec<_> = due.into_iter().map(|job| job.id).collect();
        count += jobs(ctx, &ids).await?;
    }
}

async fn of_one_kind(ctx: &Context, kind: &str, jobs: Vec<Claimed>) {
    // Attempts are counted by claims, so a job that takes its worker down with it is counted too.
    let (exhausted, jobs): (Vec<_>, Vec<_>) =
        jobs.into_iter().partition(|job| job.attempt > job.max_attempts);
    for job in &exhausted {
        set_back(ctx, job, JobError::Permanent(anyhow!("every attempt ended without an end")))
            .await;
    }
    match (ctx.switchboard)(kind) {
        Some(Handler::Transactional(handler)) => {
            for chunk in jobs.chunks(TOGETHER) {
                transactional(ctx, handler, chunk).await;
            }
        }
        Some(Handler::Outward(handler)) => {
            join_all(jobs.iter().map(|job| outward(ctx, handler, job))).await;
        }
        None => {
            for job in &jobs {
                set_back(ctx, job, JobError::Permanent(anyhow!("nobody answers {kind}"))).await;
            }
        }
    }
}

type InTx = for<'a> fn(&'a Context, &'a mut Tx, &'a Claimed) -> Work<'a>;

/// All in one transaction; if that breaks (deadlock, lost connection, panic), each in its own.
async fn transactional(ctx: &Context, handler: InTx, jobs: &[Claimed]) {
    let Err(error) = unpanicked(in_one_tx(ctx, handler, jobs)).await else { return };
    if let [job] = jobs {
        return set_back(ctx, job, JobError::Transient(error)).await;
    }
    tracing::warn!(jobs = jobs.len(), "a batch broke, so each of its jobs goes alone: {error:#}");
    for job in jobs {
        if let Err(error) = unpanicked(in_one_tx(ctx, handler, slice::from_ref(job))).await {
            set_back(ctx, job, JobError::Transient(error)).await;
        }
    }
}

/// Effects and settlements of several jobs, kept together or not at all. One bad job is undone to its
/// savepoint and settled as a failure; its neighbours are kept.
async fn in_one_tx(ctx: &Context, handler: InTx, jobs: &[Claimed]) -> anyhow::Result<()> {
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    let now = tx.now;
    let runs: Vec<_> = jobs.iter().map(|job| (job.id, job.attempt)).collect();
    let held = jobs::hold(&mut tx, &runs).await?;
    let mut settled = Vec::with_capacity(held.len());
    let mut labels = Vec::with_capacity(held.len());
    for job in jobs.iter().filter(|job| held.contains(&job.id)) {
        let point = tx.savepoint().await?;
        let outcome = match handler(ctx, &mut tx, job).await {
            Ok(()) => Outcome::Done,
            Err(JobError::Transient(error)) if is_contention(&error) => return Err(error),
            Err(error) => {
                tx.undo_to(point).await?;
                outcome_of(job, error, now)
            }
        };
        labels.push((&job.kind, metrics::label(&outcome)));
        settled.push((job.id, job.attempt, outcome));
    }
    let ours = jobs::settle(&mut tx, now, settled).await?;
    ensure!(ours.len() == held.len(), "a job was settled by others while we held it");
    tx.commit().await?;
    for (kind, outcome) in labels {
        metrics::settled(kind, outcome);
    }
    Ok(())
}

async fn outward(
    ctx: &Context,
    handler: for<'a> fn(&'a Context, &'a Claimed) -> Work<'a>,
    job: &Claimed,
) {
    let run = async { Ok(handler(ctx, job).await) };
    match unpanicked(run).await.unwrap_or_else(|panic| Err(JobError::Transient(panic))) {
        Ok(()) => settle(ctx, job, Outcome::Done).await,
        Err(error) => set_back(ctx, job, error).await,
    }
}

async fn set_back(ctx: &Context, job: &Claimed, error: JobError) {
    settle(ctx, job, outcome_of(job, error, ctx.clock.now())).await;
}

async fn settle(ctx: &Context, job: &Claimed, outcome: Outcome) {
    let label = metrics::label(&outcome);
    let settled = async {
        let mut conn = ctx.pool.acquire().await?;
        jobs::settle(&mut conn, ctx.clock.now(), vec![(job.id, job.attempt, outcome)]).await
    };
    match settled.await {
        Ok(ours) if ours.is_empty() => {
            tracing::warn!(job.id = %job.id, job.kind, "another worker has taken the job over");
        }
        Ok(_) => metrics::settled(&job.kind, label),
        // Its lease ends, and the relay rings again.
        Err(error) => tracing::warn!(job.id = %job.id, job.kind, "cannot settle: {error:#}"),
    }
}

fn outcome_of(job: &Claimed, error: JobError, now: DateTime<Utc>) -> Outcome {
    let (error, is_over) = match error {
        JobError::Transient(error) => (error, job.attempt >= job.max_attempts),
        JobError::Permanent(error) => (error, true),
    };
    let (id, attempt, text) = (job.id, job.attempt, format!("{error:#}"));
    if is_over {
        tracing::error!(job.id = %id, job.kind, attempt, "giving up: {text}");
        return Outcome::Dead { error: text };
    }
    tracing::warn!(job.id = %id, job.kind, attempt, "will try again: {text}");
    Outcome::Retry { at: now + back_off(attempt), error: text }
}

/// 1 s, 2 s, 4 s … five minutes at most.
fn back_off(attempt: i32) -> Duration {
    let doublings = u32::try_from(attempt - 1).unwrap_or(0).min(16);
    Duration::seconds(300.min(2_i64.pow(doublings)))
}

/// A panic is an error like others: the job is tried again, and dies if it goes on.
async fn unpanicked<T>(run: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    AssertUnwindSafe(run).catch_unwind().await.unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let said = said.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(anyhow!("the handler panicked: {}", said.unwrap_or_default()))
    })
}

/// Deadlocks and serialization failures: the fault of the company, so the batch is taken apart.
fn is_contention(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| match cause.downcast_ref::<Failure>() {
        Some(Failure::Fault(inner)) => is_contention(inner),
        _ => cause.downcast_ref::<sqlx::Error>().is_some_and(|error| {
            let code = error.as_database_error().and_then(DatabaseError::code);
            code.is_some_and(|code| code == "40001" || code == "40P01")
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_minutes() {
        let pauses: Vec<_> = (1..=12).map(|attempt| back_off(attempt).num_seconds()).collect();

        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    }
}
