//! What other bureaus say to us, applied; what we say to them, delivered.
use shared::{
    acts,
    exchange::{
        job::{Apply, AskAgain, Deliver},
        service::{inbox, outbox},
    },
    ledger::{Tx, jobs::Sweep},
};

use crate::{Context, JobError};

/// Brings a partner what waits for it. Running it twice is safe: a partner is delivered to by one at a time, and a
/// message that arrives twice is stored once.
pub(crate) async fn deliver(ctx: &Context, job: Deliver) -> Result<(), JobError> {
    let Some(exchange) = &ctx.exchange else { return Ok(()) };
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    let delivery = outbox::begin_delivery(&mut tx, &exchange.keys, &job.partner).await;
    let delivery = delivery.map_err(JobError::from_failure)?;
    tx.commit().await?;
    let Some(delivery) = delivery else { return Ok(()) };

    let answer = exchange.push(&ctx.clock, &delivery).await;

    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    let failed = match answer {
        Ok(receipts) => {
            let (own, sent) = (exchange.keys.bureau(), &delivery.messages);
            let kept = acts::exchange::answered(&mut tx, own, &job.partner, sent, receipts).await;
            let believed = kept.map_err(JobError::from_failure)?;
            let left = sent.len() - believed;
            (left > 0)
                .then(|| format!("{left} of {} messages got no receipt to be trusted", sent.len()))
        }
        Err(error) => Some(format!("{error:#}")),
    };
    if let Some(why) = failed {
        tracing::warn!(partner = job.partner, "a delivery failed: {why}");
        let kept = outbox::failed(&mut tx, &job.partner, &why, exchange.longest_pause).await;
        kept.map_err(JobError::from_failure)?;
    }
    tx.commit().await?;
    Ok(())
}

/// Lets a message take effect. Running it twice is safe: a message that was dealt with is left alone.
pub(crate) async fn apply(ctx: &Context, tx: &mut Tx, job: Apply) -> Result<(), JobError> {
    acts::exchange::apply(tx, &ctx.shelf.books(), &job.sender, job.message)
        .await
        .map_err(JobError::from_failure)
}

/// Asks for messages that are missing. Running it twice is safe: what comes twice is stored once.
pub(crate) async fn ask_again(_: &Context, tx: &mut Tx, job: AskAgain) -> Result<(), JobError> {
    inbox::ask_again(tx, &job).await.map_err(JobError::from_failure)
}

/// Finds what nobody is about to deliver. Running it twice is safe: a delivery without messages does nothing.
pub(crate) async fn sweep(_: &Context, tx: &mut Tx, _: Sweep) -> Result<(), JobError> {
    let given_up = outbox::sweep(tx).await.map_err(JobError::from_failure)?;
    if given_up > 0 {
        tracing::error!(given_up, "messages to partners were given up");
    }
    Ok(())
}
