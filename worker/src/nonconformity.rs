//! What origin bureaus are told every month.
use shared::{
    ledger::{Tx, jobs::Sweep},
    nonconformity::service::digest,
};

use crate::{Context, JobError};

/// Tells origin bureaus of months that are over. Running it twice is safe: a bureau is told of a month once.
pub(crate) async fn digest(ctx: &Context, tx: &mut Tx, _: Sweep) -> Result<(), JobError> {
    let Some(exchange) = &ctx.exchange else { return Ok(()) };
    let own = exchange.keys.bureau();
    let count = digest::send_missing(tx, own).await.map_err(JobError::from_failure)?;
    tracing::info!(count, "digests of notices sent");
    Ok(())
}
