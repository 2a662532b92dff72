//! The job that keeps figures cheap to read.
use shared::{
    ledger::{Tx, jobs::Sweep},
    statistics::service,
};

use crate::{Context, JobError};

/// Folds what changed into the sums. Running it twice is safe: what was folded is gone, and nobody read a figure that
/// depends on it.
pub(crate) async fn fold(_: &Context, tx: &mut Tx, _: Sweep) -> Result<(), JobError> {
    let deltas = service::fold(tx).await?;
    tracing::debug!(deltas, "figures folded");
    Ok(())
}
