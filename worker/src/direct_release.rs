//! Sealed imports that do not arrive.
use shared::{
    direct_release::{consignment::job::Chase, service::consignment},
    ledger::Tx,
};

use crate::{Context, JobError};

/// Asks after an import whose last day is over. Running it twice is safe: what was noted, or has arrived, is left alone.
pub(crate) async fn chase(_: &Context, tx: &mut Tx, job: Chase) -> Result<(), JobError> {
    consignment::chase(tx, job.consignment).await.map_err(JobError::from_failure)
}
