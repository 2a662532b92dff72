//! Transfers that are swapped by themselves, or whose time is over.
use shared::{
    acts,
    ledger::{Tx, jobs::Sweep},
    swap::job::Swap,
};

use crate::{Context, JobError};

/// Swaps a claim into a form. Running it twice is safe: what is swapped is left alone.
pub(crate) async fn swap(ctx: &Context, tx: &mut Tx, job: Swap) -> Result<(), JobError> {
    let books = ctx.shelf.books();
    acts::swap::swap_transfer(tx, &books, job.transfer).await.map_err(JobError::from_failure)
}

/// Tells of claims whose hour is over. Running it twice is safe: each is told once.
pub(crate) async fn notice_overdue(_: &Context, tx: &mut Tx, _: Sweep) -> Result<(), JobError> {
    let count = acts::swap::notice_overdue(tx).await.map_err(JobError::from_failure)?;
    if count > 0 {
        tracing::error!(count, "claims were not swapped within their hour");
    }
    Ok(())
}

/// Lets transfers run out. Running it twice is safe: what has ended is not looked at again.
pub(crate) async fn expire(_: &Context, tx: &mut Tx, _: Sweep) -> Result<(), JobError> {
    let count = acts::swap::expire_transfers(tx).await.map_err(JobError::from_failure)?;
    tracing::info!(count, "transfers ended");
    Ok(())
}
