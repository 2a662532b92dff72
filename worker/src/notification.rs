//! The feed gets its positions, and endpoints prove themselves.
use std::time::Duration;

use shared::{
    ledger::{Tx, jobs::Sweep},
    notification::{
        job::Challenge,
        service::{delivery, endpoint, sequencer},
    },
};
use tokio::time::sleep;

use crate::{Context, JobError, Stop};

/// After a pass that found something: what comes in crowds is placed in crowds.
const BUSY: Duration = Duration::from_millis(50);
/// After one that found nothing.
const IDLE: Duration = Duration::from_millis(100);
/// While Postgres is away.
const AWAY: Duration = Duration::from_secs(1);

/// Gives positions to all that is committed; returns how many.
pub async fn sequence(ctx: &Context) -> anyhow::Result<i64> {
    let mut placed = 0;
    while sequencer::is_behind(&mut *ctx.pool.acquire().await?).await? {
        let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
        let Some(passed) = sequencer::pass(&mut tx).await? else { break };
        tx.commit().await?;
        placed += passed.placed;
        if !passed.has_more {
            break;
        }
    }
    Ok(placed)
}

/// Sequences until told to stop. Of several workers one does it at a time; a pass that is broken off was none.
pub(crate) async fn keep_sequencing(ctx: Context, mut stop: Stop) {
    let mut is_broken = false;
    loop {
        let pause = match sequence(&ctx).await {
            Ok(placed) => {
                is_broken = false;
                if placed > 0 { BUSY } else { IDLE }
            }
            Err(error) => {
                if !is_broken {
                    tracing::warn!("the feed stands still: {error:#}");
                }
                is_broken = true;
                AWAY
            }
        };
        tokio::select! {
            () = sleep(pause) => {}
            () = stop.called() => return,
        }
    }
}

/// Brings a challenge to an address. Running it twice is safe: it asks the same again, and an endpoint that answered
/// stays as it is.
pub(crate) async fn challenge(ctx: &Context, job: Challenge) -> Result<(), JobError> {
    let Some(webhooks) = &ctx.webhooks else { return Ok(()) };
    let mut conn = ctx.pool.acquire().await?;
    let now = ctx.clock.now();
    let question = endpoint::question(&mut conn, webhooks.keys(), job.endpoint, now).await;
    drop(conn);
    let Some(question) = question.map_err(JobError::from_failure)? else { return Ok(()) };

    let answer = webhooks.challenge(&ctx.clock, &question).await;

    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    endpoint::answered(&mut tx, &question, answer).await.map_err(JobError::from_failure)?;
    tx.commit().await?;
    Ok(())
}

/// Forgets old deliveries. Running it twice is safe: what is gone is gone.
pub(crate) async fn forget(_: &Context, tx: &mut Tx, _: Sweep) -> Result<(), JobError> {
    let forgotten = delivery::forget(tx).await?;
    if forgotten > 0 {
        tracing::info!(forgotten, "old webhook deliveries are gone");
    }
    Ok(())
}
