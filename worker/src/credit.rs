//! What recurs with credit classes.
use shared::{
    credit::service::{evaluation, recognition},
    ledger::{Tx, jobs::Sweep},
};

use crate::{Context, JobError};

/// Evaluates the period that has ended. Running it twice is safe: an enterprise is evaluated once for each period.
pub(crate) async fn evaluate(ctx: &Context, tx: &mut Tx, _: Sweep) -> Result<(), JobError> {
    let books = ctx.shelf.books();
    let outcome = evaluation::evaluate(tx, &books).await.map_err(JobError::from_failure)?;
    let evaluation::Outcome { evaluated, proposed } = outcome;
    tracing::info!(evaluated, proposed, "enterprises evaluated");
    Ok(())
}

/// Ends recognitions whose days are over. Running it twice is safe: what has ended is not looked at again.
pub(crate) async fn expire_recognitions(
    _: &Context,
    tx: &mut Tx,
    _: Sweep,
) -> Result<(), JobError> {
    let count = recognition::expire(tx).await.map_err(JobError::from_failure)?;
    tracing::info!(count, "recognitions expired");
    Ok(())
}
