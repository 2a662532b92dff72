//! The jobs of one bell, from claim to settlement.
//!
//! Work in Postgres alone is done *on trust*: its jobs are locked, done and settled in one transaction, which is all
//! that is written about them. What was rung for in vain too often, and what speaks to other systems, is done *under
//! a lease*: the claim is committed first, so that every try counts even if nothing else of it remains.
//!
//! Whatever goes wrong here, the job's row in Postgres tells the truth: a run that ends without settling
//! anything is rung for again, or taken over when its lease is over.
use std::{panic::AssertUnwindSafe, slice, time::Instant};

use anyhow::anyhow;
use chrono::{DateTime, Duration, Utc};
use futures_util::{FutureExt, future::join_all};
use shared::{
    kernel::Failure,
    ledger::{
        JobId, Lane, Tx,
        jobs::{self, Claimed, Outcome},
    },
};

use sqlx::{PgConnection, error::DatabaseError};
use tokio::time::sleep;

use crate::{
    Context, JobError,
    bell::Bell,
    lease::{LEASE, Lease},
    metrics, relay,
    switchboard::{Handler, Work},
};

/// How many jobs that are done one by one share a transaction. Postgres remembers 64 savepoints of a transaction
/// cheaply.
const SAVEPOINTS: usize = 50;

/// Before it is tried again to write down how runs ended.
const WRITE_AGAIN: std::time::Duration = std::time::Duration::from_millis(250);

/// Does those jobs of a bell that are still to be had; returns how many that were.
pub async fn answer(ctx: &Context, bell: &Bell) -> sqlx::Result<usize> {
    let handler = (ctx.switchboard)(&bell.kind);
    let begun = Instant::now();
    let mut count = 0;
    if let Some(doing) = handler.and_then(InPostgres::of) {
        for ids in bell.jobs.chunks(doing.at_once()) {
            count += on_trust(ctx, doing, ids).await?;
        }
    }
    if count < bell.jobs.len() {
        count += under_lease(ctx, &bell.kind, handler, &bell.jobs).await?;
    }
    if count > 0 {
        metrics::ran(&bell.kind, begun.elapsed());
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
        for bell in relay::gather(due, 500) {
            count += answer(ctx, &bell).await?;
        }
    }
}

/// A handler whose effects stay in Postgres.
#[derive(Clone, Copy)]
enum InPostgres {
    Together(for<'a> fn(&'a Context, &'a mut Tx, &'a [Claimed]) -> Work<'a>),
    EachAlone(for<'a> fn(&'a Context, &'a mut Tx, &'a Claimed) -> Work<'a>),
}

impl InPostgres {
    const fn of(handler: Handler) -> Option<Self> {
        match handler {
            Handler::Together(all) => Some(Self::Together(all)),
            Handler::Transactional(each) => Some(Self::EachAlone(each)),
            Handler::Outward(_) | Handler::OutwardTogether(_) => None,
        }
    }

    /// How many jobs one transaction takes.
    const fn at_once(self) -> usize {
        match self {
            Self::Together(_) => usize::MAX,
            Self::EachAlone(_) => SAVEPOINTS,
        }
    }
}

/// What keeps others away from our jobs.
#[derive(Clone, Copy)]
enum Hold {
    /// The lock of the transaction.
    Trust,
    /// A committed claim, renewed while we live.
    Lease,
}

impl Hold {
    /// Those of the jobs that are (still) ours, locked until the transaction ends.
    async fn of(self, tx: &mut Tx, jobs: &[Claimed]) -> sqlx::Result<Vec<Claimed>> {
        let now = tx.now;
        match self {
            Self::Trust => {
                let ids: Vec<_> = jobs.iter().map(|job| job.id).collect();
                jobs::take(tx, now, &ids).await
            }
            Self::Lease => {
                let runs: Vec<_> = jobs.iter().map(|job| (job.id, job.attempt)).collect();
                let held = jobs::hold(tx, &runs).await?;
                Ok(jobs.iter().filter(|job| held.contains(&job.id)).cloned().collect())
            }
        }
    }

    async fn settle(
        self,
        conn: &mut PgConnection,
        now: DateTime<Utc>,
        runs: Vec<(JobId, i32, Outcome)>,
    ) -> sqlx::Result<Vec<JobId>> {
        match self {
            Self::Trust => jobs::settle_taken(conn, now, runs).await,
            Self::Lease => jobs::settle(conn, now, runs).await,
        }
    }
}

async fn on_trust(ctx: &Context, doing: InPostgres, ids: &[JobId]) -> sqlx::Result<usize> {
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    let now = tx.now;
    let taken = jobs::take(&mut tx, now, ids).await?;
    for job in &taken {
        metrics::claimed(&job.kind, now - job.due_at);
    }
    let count = taken.len();
    if count > 0 {
        in_company(ctx, doing, Hold::Trust, tx, taken).await;
    }
    Ok(count)
}

async fn under_lease(
    ctx: &Context,
    kind: &str,
    handler: Option<Handler>,
    ids: &[JobId],
) -> sqlx::Result<usize> {
    let now = ctx.clock.now();
    let claimed = jobs::claim(&mut *ctx.pool.acquire().await?, now, ids, LEASE).await?;
    if claimed.is_empty() {
        return Ok(0);
    }
    let count = claimed.len();
    let _lease = Lease::keep(ctx, &claimed);
    for job in &claimed {
        metrics::claimed(kind, now - job.due_at);
    }
    // Attempts are counted by claims, so a job that takes its worker down with it is counted too.
    let (exhausted, claimed): (Vec<_>, Vec<_>) =
        claimed.into_iter().partition(|job| job.attempt > job.max_attempts);
    for job in &exhausted {
        let error = JobError::Permanent(anyhow!("every attempt ended without an end"));
        set_back(ctx, Hold::Lease, job, error).await;
    }
    match handler {
        Some(Handler::Together(_) | Handler::Transactional(_)) => {
            if let Some(doing) = handler.and_then(InPostgres::of) {
                for jobs in claimed.chunks(doing.at_once()) {
                    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
                    let held = Hold::Lease.of(&mut tx, jobs).await?;
                    in_company(ctx, doing, Hold::Lease, tx, held).await;
                }
            }
        }
        Some(Handler::Outward(each)) => {
            join_all(claimed.iter().map(|job| outward(ctx, each, job))).await;
        }
        Some(Handler::OutwardTogether(all)) => outward_together(ctx, all, &claimed).await,
        None => {
            for job in &claimed {
                let error = JobError::Permanent(anyhow!("nobody answers {kind}"));
                set_back(ctx, Hold::Lease, job, error).await;
            }
        }
    }
    Ok(count)
}

/// All in this transaction; if that breaks (one cannot proceed, deadlock, lost connection, panic), each in its own.
async fn in_company(ctx: &Context, doing: InPostgres, hold: Hold, tx: Tx, jobs: Vec<Claimed>) {
    let Err(error) = unpanicked(keep(ctx, doing, hold, tx, &jobs)).await else { return };
    if let [job] = &jobs[..] {
        return set_back(ctx, hold, job, error).await;
    }
    tracing::warn!(jobs = jobs.len(), "a batch broke, so each of its jobs goes alone: {error}");
    for job in &jobs {
        let run = async {
            let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
            let ours = hold.of(&mut tx, slice::from_ref(job)).await?;
            keep(ctx, doing, hold, tx, &ours).await
        };
        if let Err(error) = unpanicked(run).await {
            set_back(ctx, hold, job, error).await;
        }
    }
}

/// Effects and settlements of several jobs, kept together or not at all.
async fn keep(
    ctx: &Context,
    doing: InPostgres,
    hold: Hold,
    mut tx: Tx,
    jobs: &[Claimed],
) -> Result<(), JobError> {
    if jobs.is_empty() {
        return Ok(());
    }
    let now = tx.now;
    let runs = match doing {
        InPostgres::Together(all) => {
            all(ctx, &mut tx, jobs).await?;
            jobs.iter().map(|job| (job.id, job.attempt, Outcome::Done)).collect()
        }
        InPostgres::EachAlone(each) => one_by_one(ctx, each, &mut tx, jobs).await?,
    };
    let labels: Vec<_> = runs.iter().map(|(.., outcome)| metrics::label(outcome)).collect();
    let ours = hold.settle(&mut tx, now, runs).await?;
    if ours.len() < jobs.len() {
        return Err(anyhow!("a job was settled by others while we held it").into());
    }
    tx.commit().await?;
    for (job, label) in jobs.iter().zip(labels) {
        metrics::settled(&job.kind, label);
    }
    Ok(())
}

/// One bad job is undone to its savepoint and settled as a failure; its neighbours are kept.
async fn one_by_one(
    ctx: &Context,
    each: for<'a> fn(&'a Context, &'a mut Tx, &'a Claimed) -> Work<'a>,
    tx: &mut Tx,
    jobs: &[Claimed],
) -> Result<Vec<(JobId, i32, Outcome)>, JobError> {
    let now = tx.now;
    let mut runs = Vec::with_capacity(jobs.len());
    for job in jobs {
        let point = tx.savepoint().await?;
        let outcome = match each(ctx, tx, job).await {
            Ok(()) => Outcome::Done,
            Err(JobError::Transient(error)) if is_contention(&error) => {
                return Err(JobError::Transient(error));
            }
            Err(error) => {
                tx.undo_to(point).await?;
                outcome_of(job, error, now)
            }
        };
        runs.push((job.id, job.attempt, outcome));
    }
    Ok(runs)
}

async fn outward(
    ctx: &Context,
    each: for<'a> fn(&'a Context, &'a Claimed) -> Work<'a>,
    job: &Claimed,
) {
    match unpanicked(each(ctx, job)).await {
        Ok(()) => settle(ctx, Hold::Lease, job, Outcome::Done).await,
        Err(error) => set_back(ctx, Hold::Lease, job, error).await,
    }
}

async fn outward_together(
    ctx: &Context,
    all: for<'a> fn(&'a Context, &'a [Claimed]) -> Work<'a>,
    jobs: &[Claimed],
) {
    let Err(error) = unpanicked(all(ctx, jobs)).await else { return };
    if let [job] = jobs {
        return set_back(ctx, Hold::Lease, job, error).await;
    }
    let text = error.to_string();
    let now = ctx.clock.now();
    let runs = jobs.iter().map(|job| {
        let error = JobError::Transient(anyhow!(text.clone()));
        (job.id, job.attempt, outcome_of(job, error, now))
    });
    // What was settled already is no longer ours, and stays as it is.
    if let Err(error) = write_down(ctx, Hold::Lease, runs.collect()).await {
        tracing::warn!("cannot set {} jobs back: {error:#}", jobs.len());
    }
}

/// Settles claimed jobs as done, in the transaction of their effects.
pub(crate) async fn settle_done(tx: &mut Tx, jobs: &[&Claimed]) -> sqlx::Result<()> {
    if jobs.is_empty() {
        return Ok(());
    }
    let now = tx.now;
    let runs = jobs.iter().map(|job| (job.id, job.attempt, Outcome::Done)).collect();
    jobs::settle(tx, now, runs).await?;
    for job in jobs {
        metrics::settled(&job.kind, metrics::label(&Outcome::Done));
    }
    Ok(())
}

async fn set_back(ctx: &Context, hold: Hold, job: &Claimed, error: JobError) {
    settle(ctx, hold, job, outcome_of(job, error, ctx.clock.now())).await;
}

async fn settle(ctx: &Context, hold: Hold, job: &Claimed, outcome: Outcome) {
    let label = metrics::label(&outcome);
    match write_down(ctx, hold, vec![(job.id, job.attempt, outcome)]).await {
        Ok(ours) if ours.is_empty() => {
            tracing::warn!(job.id = %job.id, job.kind, "another worker has taken the job over");
        }
        Ok(_) => metrics::settled(&job.kind, label),
        // It is rung for again.
        Err(error) => tracing::warn!(job.id = %job.id, job.kind, "cannot settle: {error:#}"),
    }
}

/// Writes down how runs ended; returns those that were still ours. While Postgres is away it keeps trying for as long as
/// a lease holds: else each of the jobs would wait for the end of its lease.
///
/// Safe to try again: a run is settled once, and by the latest claim alone.
async fn write_down(
    ctx: &Context,
    hold: Hold,
    runs: Vec<(JobId, i32, Outcome)>,
) -> sqlx::Result<Vec<JobId>> {
    let until = Instant::now() + LEASE.to_std().unwrap_or_default();
    loop {
        let settled = async {
            let mut conn = ctx.pool.acquire().await?;
            hold.settle(&mut conn, ctx.clock.now(), runs.clone()).await
        };
        match settled.await {
            Err(_) if Instant::now() < until => sleep(WRITE_AGAIN).await,
            ended => return ended,
        }
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
async fn unpanicked(run: impl Future<Output = Result<(), JobError>>) -> Result<(), JobError> {
    AssertUnwindSafe(run).catch_unwind().await.unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let said = said.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(anyhow!("the handler panicked: {}", said.unwrap_or_default()).into())
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
