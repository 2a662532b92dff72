//! The bank's days: statements fetched, compared, and closed where nothing differs.
use shared::{
    kernel::{Actor, Failure},
    ledger::{Tx, jobs::Sweep},
    payment::{self, StatementFile, StatementSource, job::FetchStatement, recon::Format},
};

use crate::{Context, JobError};

/// Promises what statements are wanted. Running it twice is safe: a day that has its statement is not wanted, and a
/// statement that comes twice changes nothing.
pub(crate) async fn want_statements(ctx: &Context, tx: &mut Tx, _: Sweep) -> Result<(), JobError> {
    let count =
        payment::want_statements(tx, &ctx.bank.code).await.map_err(JobError::from_failure)?;
    tracing::info!(count, "statements wanted");
    Ok(())
}

/// Fetches a day's statement. Running it twice is safe: the same statement again changes nothing, and a closed day is
/// left alone.
pub(crate) async fn fetch(ctx: &Context, job: FetchStatement) -> Result<(), JobError> {
    let bytes = ctx.bank.statement(&ctx.clock, job.day).await?;
    let (bank, code) = (Actor::bank(&ctx.bank.code), &ctx.bank.code);
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    let source = StatementSource::Fetched;
    let file = StatementFile { bytes: &bytes, format: Format::Csv, source };
    match payment::take_statement(&mut tx, &bank, code, job.day, file).await {
        Ok(sheet) if sheet.differences.is_empty() => {
            let system = Actor::system();
            let signer = ctx.exchange.as_ref().map(|exchange| exchange.keys.signer());
            payment::close_day(&mut tx, &system, code, job.day, signer)
                .await
                .map_err(JobError::from_failure)?;
        }
        Ok(sheet) => {
            tracing::warn!(day = %job.day, count = sheet.differences.len(), "bank and books differ");
        }
        Err(Failure::Refused(refusal)) if refusal.code == "payment/day-closed" => return Ok(()),
        Err(failure) => return Err(JobError::from_failure(failure)),
    }
    tx.commit().await?;
    Ok(())
}
