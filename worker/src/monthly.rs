//! Monthly settlement: statements on the first of the month, reminders after their due day, and cases that have credit
//! again.
use shared::{
    acts,
    ledger::{Tx, jobs::Sweep},
    payment::{self, job::CreditRestored},
};

use crate::{Context, JobError};

/// How many cases go on at a time.
const AT_ONCE: usize = 200;

/// Tells of months that are over. Running it twice is safe: what a statement lists is listed once, and a payer has one
/// statement of a month. It looks each night, so that an outage over the first of the month is caught up with.
pub(crate) async fn issue_statements(_: &Context, tx: &mut Tx, _: Sweep) -> Result<(), JobError> {
    let count = payment::issue_monthly_statements(tx).await.map_err(JobError::from_failure)?;
    tracing::info!(count, "monthly statements issued");
    Ok(())
}

/// Reminds of statements that are not paid. Running it twice is safe: each level is written down with its reminder, once.
pub(crate) async fn dun_statements(ctx: &Context, tx: &mut Tx, _: Sweep) -> Result<(), JobError> {
    let books = ctx.shelf.books();
    let count =
        payment::dun_monthly_statements(tx, &books).await.map_err(JobError::from_failure)?;
    tracing::info!(count, "monthly statements dunned");
    Ok(())
}

/// Lets cases go on that waited for credit. Running it twice is safe: it asks who must act now, and what is released is
/// left alone.
pub(crate) async fn credit_restored(
    ctx: &Context,
    tx: &mut Tx,
    job: CreditRestored,
) -> Result<(), JobError> {
    let books = ctx.shelf.books();
    let waiting =
        payment::waiting_on_credit(tx, job.settlement).await.map_err(JobError::from_failure)?;
    for some in waiting.chunks(AT_ONCE) {
        acts::go_on(tx, &books, some).await.map_err(JobError::from_failure)?;
    }
    Ok(())
}
