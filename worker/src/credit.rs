//! What recurs with credit classes.
use shared::{
    credit::service::evaluation,
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
