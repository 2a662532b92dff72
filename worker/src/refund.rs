//! Refunds on their way to the bank, and the questions after them.
use shared::{
    ledger::Tx,
    payment::{
        self,
        job::{RefundOrder, RefundQuery},
    },
};

use crate::{Context, JobError};

/// Orders a refund. Running it twice is safe: a refund is marked as sent, and that is committed, before the order
/// leaves, and the second run finds the mark and asks the bank instead.
pub(crate) async fn order(ctx: &Context, job: RefundOrder) -> Result<(), JobError> {
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    let order = payment::take_refund(&mut tx, job.refund).await.map_err(JobError::from_failure)?;
    tx.commit().await?;
    let Some(order) = order else { return Ok(()) };

    let told = ctx.bank.refund(&ctx.clock, &order).await;

    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    payment::refund_answered(&mut tx, &ctx.bank.code, job.refund, told)
        .await
        .map_err(JobError::from_failure)?;
    tx.commit().await?;
    Ok(())
}

/// Asks the bank what became of a refund. Running it twice is safe: a question changes nothing at the bank, its answer
/// is believed once, and the next question is promised once, counted by the refund.
pub(crate) async fn query(ctx: &Context, job: RefundQuery) -> Result<(), JobError> {
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    let asked_at = tx.now;
    let is_open = payment::question_refund(&mut tx, job.refund, job.after)
        .await
        .map_err(JobError::from_failure)?;
    tx.commit().await?;
    if !is_open {
        return Ok(());
    }

    let told = ctx.bank.query_refund(&ctx.clock, job.refund).await;

    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    payment::asked_refund(&mut tx, &ctx.bank.code, &job, asked_at, told)
        .await
        .map_err(JobError::from_failure)?;
    tx.commit().await?;
    Ok(())
}
