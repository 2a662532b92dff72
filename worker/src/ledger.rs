//! The ledger's own jobs.
use shared::ledger::{Tx, jobs::Sweep, reap};

use crate::{Context, JobError};

/// Forgets what was done a week ago. Running twice forgets nothing more.
pub(crate) async fn reap_jobs(_: &Context, tx: &mut Tx, _: Sweep) -> Result<(), JobError> {
    let now = tx.now;
    let jobs = reap::jobs(tx, now).await?;
    reap::heartbeats(tx, now).await?;
    tracing::info!(jobs, "forgot done jobs");
    Ok(())
}

/// Forgets the keys of acts a week old. Running twice forgets nothing more.
pub(crate) async fn reap_idempotency_keys(
    _: &Context,
    tx: &mut Tx,
    _: Sweep,
) -> Result<(), JobError> {
    let now = tx.now;
    let keys = reap::idempotency_keys(tx, now).await?;
    tracing::info!(keys, "forgot idempotency keys");
    Ok(())
}
