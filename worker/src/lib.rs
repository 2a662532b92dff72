//! The worker: does what Postgres owes, woken by bells through Redis.
//!
//! *Dramatis personae*: the `relay` reads what is due and rings; `monitor` runs apalis, which hands each
//! [`bell::Bell`] to [`run::answer`]; that takes the jobs, asks the `switchboard` who does them, and settles
//! them. The `schedule` promises what recurs, the `reaper` keeps Redis small, `health` says how all are.
//! [`notification`] gives what happened its place in the feed, and the [`courier`] brings it to webhook receivers; both
//! read Postgres themselves, without a bell.
mod bank_day;
pub mod bell;
mod cases;
mod context;
pub mod courier;
mod credit;
mod direct_release;
mod exchange;
pub mod health;
mod imports;
mod lease;
mod ledger;
pub mod metrics;
mod monitor;
mod monthly;
mod nonconformity;
pub mod notification;
pub mod outbound;
mod payment;
mod poll;
pub mod reaper;
mod refund;
pub mod relay;
pub mod run;
pub mod schedule;
mod statistics;
mod swap;
pub mod switchboard;

use std::time::Duration;

use anyhow::Context as _;
use tokio::{sync::watch, task::JoinSet};

use bell::Queue;
pub use context::Context;
pub use lease::LEASE;
pub use switchboard::{Handler, JobError};

/// The word that ends it all, heard by every part.
#[derive(Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// The word, and who may say it.
    #[must_use]
    pub fn new() -> (watch::Sender<bool>, Self) {
        let (say, hear) = watch::channel(false);
        (say, Self(hear))
    }

    /// Returns when it was said, or when nobody is left to say it.
    pub async fn called(&mut self) {
        let _ = self.0.wait_for(|is_called| *is_called).await;
    }
}

/// Works until told to stop; then takes nothing new on and returns when the running jobs have ended.
///
/// # Errors
/// When a part ends that must not: the process has to go, so that somebody starts a new one.
pub async fn work(ctx: Context, queues: Vec<Queue>, stop: Stop) -> anyhow::Result<()> {
    let mut parts = JoinSet::new();
    parts.spawn(monitor::keep_answering(ctx.clone(), queues.clone(), stop.clone()));
    parts.spawn(done(relay::keep_ringing(ctx.clone(), queues.clone(), stop.clone())));
    parts.spawn(done(schedule::keep_promising(ctx.clone(), stop.clone())));
    parts.spawn(done(keep_books_fresh(ctx.clone(), stop.clone())));
    parts.spawn(done(notification::keep_sequencing(ctx.clone(), stop.clone())));
    if let Some(webhooks) = &ctx.webhooks {
        let courier = courier::Courier::new(ctx.clone(), webhooks.clone());
        parts.spawn(done(courier.keep_delivering(stop.clone())));
    }
    parts.spawn(done(reaper::keep_reaping(queues.clone(), stop.clone())));
    parts.spawn(done(health::keep_beating(ctx, queues, stop)));
    // Leaving early, with the first part that breaks, ends the others.
    while let Some(ended) = parts.join_next().await {
        ended.context("a part of the worker broke")??;
    }
    Ok(())
}

async fn done(part: impl Future<Output = ()>) -> anyhow::Result<()> {
    part.await;
    Ok(())
}

/// An import is seen by every process within a second.
async fn keep_books_fresh(ctx: Context, mut stop: Stop) {
    let mut beat = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            () = stop.called() => return,
            _ = beat.tick() => {}
        }
        let refreshed = async {
            let mut conn = ctx.pool.acquire().await?;
            ctx.shelf.refresh(&mut conn).await
        };
        if let Err(error) = refreshed.await {
            tracing::warn!("the reference tables could not be read again: {error:#}");
        }
    }
}
