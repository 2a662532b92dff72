//! Jobs that file what came in files.
use shared::{acts, import::job::FileNext, ledger::Tx};

use crate::{Context, JobError};

/// Files the next declarations of an import. Running it twice is safe: how far the import is stands in the same
/// transaction as what was filed, and what is filed already is known by its reference.
pub(crate) async fn file_next(ctx: &Context, tx: &mut Tx, job: FileNext) -> Result<(), JobError> {
    acts::go_on_importing(tx, &ctx.desk(), job.import).await.map_err(JobError::from_failure)
}
