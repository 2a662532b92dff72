//! Debits and the questions after them; notices that lapse.
use shared::{
    ledger::{Tx, jobs::Sweep},
    payment::{
        self,
        job::{Debit, Query},
    },
};

use crate::{Context, JobError};

/// Debits the payer's account. Running it twice is safe: a payment is marked as sent, and that is committed,
/// before the order leaves, and the second run finds the mark and asks the bank instead.
pub(crate) async fn debit(ctx: &Context, job: Debit) -> Result<(), JobError> {
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    let order = payment::take(&mut tx, job.payment).await.map_err(JobError::from_failure)?;
    tx.commit().await?;
    let Some(order) = order else { return Ok(()) };

    let told = ctx.bank.debit(&ctx.clock, &order).await;

    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    payment::answered(&mut tx, &ctx.bank.code, job.payment, told)
        .await
        .map_err(JobError::from_failure)?;
    tx.commit().await?;
    Ok(())
}

/// Asks the bank what became of a debit. Running it twice is safe: a question changes nothing at the bank, its
/// answer is heard once, and the next question is promised once, counted by the payment.
pub(crate) async fn query(ctx: &Context, job: Query) -> Result<(), JobError> {
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    let asked_at = tx.now;
    let is_open =
        payment::question(&mut tx, job.payment, job.after).await.map_err(JobError::from_failure)?;
    tx.commit().await?;
    if !is_open {
        return Ok(());
    }

    let told = ctx.bank.query(&ctx.clock, job.payment).await;

    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    payment::asked(&mut tx, &ctx.bank.code, &job, asked_at, told)
        .await
        .map_err(JobError::from_failure)?;
    tx.commit().await?;
    Ok(())
}

/// Marks notices whose due date is over. Running it twice is safe: the second time they are marked.
pub(crate) async fn mark_overdue(_: &Context, tx: &mut Tx, _: Sweep) -> Result<(), JobError> {
    let mut count = 0;
    loop {
        match payment::overdue(tx).await? {
            0 => break,
            lapsed => count += lapsed,
        }
    }
    tracing::info!(count, "notices lapsed");
    Ok(())
}
