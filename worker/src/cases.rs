//! Jobs that move cases on: handoffs answered, goods released, clocks that ran out.
use shared::{
    acts, clearance,
    handoff::job::{AnswerHandoff, TellPartner},
    ledger::{Tx, jobs::Sweep},
    payment::job::{Reversed, Settled},
};

use crate::{Context, JobError};

/// Carries offers to the other offices. Running it twice is safe: an answered handoff is left alone.
pub(crate) async fn answer_handoffs(
    ctx: &Context,
    tx: &mut Tx,
    jobs: Vec<AnswerHandoff>,
) -> Result<(), JobError> {
    let ids: Vec<_> = jobs.iter().map(|job| job.handoff).collect();
    acts::answer_by_policy(tx, &ctx.shelf.books(), &ids).await.map_err(JobError::from_failure)
}

/// Tells another bureau where a handoff stands. Running it twice is safe: what was told is not told again.
pub(crate) async fn tell_partner(
    _: &Context,
    tx: &mut Tx,
    job: TellPartner,
) -> Result<(), JobError> {
    acts::tell_partner(tx, job.handoff).await.map_err(JobError::from_failure)
}

/// Releases goods of the automatic path. Running it twice is safe: what is released is no longer in that path.
pub(crate) async fn releases(
    _: &Context,
    tx: &mut Tx,
    jobs: Vec<clearance::job::Release>,
) -> Result<(), JobError> {
    let ids: Vec<_> = jobs.iter().map(|job| job.declaration).collect();
    acts::release_by_itself(tx, &ids).await.map_err(JobError::from_failure)
}

/// Fees are settled: whatever waited for them goes on. Running it twice is safe: it asks who must act now, and an
/// office that has the case is not offered it again.
pub(crate) async fn fees_settled(
    ctx: &Context,
    tx: &mut Tx,
    jobs: Vec<Settled>,
) -> Result<(), JobError> {
    let ids: Vec<_> = jobs.iter().map(|job| job.declaration).collect();
    acts::go_on(tx, &ctx.shelf.books(), &ids).await.map_err(JobError::from_failure)
}

/// Lets fall what rested on a payment that the bank took back. Running it twice is safe: the form is void by then.
pub(crate) async fn payment_reversed(
    _: &Context,
    tx: &mut Tx,
    job: Reversed,
) -> Result<(), JobError> {
    acts::follow_reversal(tx, job.declaration, job.payment).await.map_err(JobError::from_failure)
}

/// Lets offers lapse. Running it twice is safe: a lapsed offer is answered.
pub(crate) async fn expire_handoffs(_: &Context, tx: &mut Tx, _: Sweep) -> Result<(), JobError> {
    let count = acts::expire_handoffs(tx).await.map_err(JobError::from_failure)?;
    tracing::info!(count, "handoffs expired");
    Ok(())
}

/// Withdraws silent cases. Running it twice is safe: a withdrawn case is silent no more.
pub(crate) async fn withdraw_silent_cases(
    ctx: &Context,
    tx: &mut Tx,
    _: Sweep,
) -> Result<(), JobError> {
    let books = ctx.shelf.books();
    let count = acts::withdraw_silent_cases(tx, &books).await.map_err(JobError::from_failure)?;
    tracing::info!(count, "silent cases withdrawn");
    Ok(())
}

/// Lets forms run out. Running it twice is safe: an expired form is not live.
pub(crate) async fn expire_forms(_: &Context, tx: &mut Tx, _: Sweep) -> Result<(), JobError> {
    let count = acts::expire_clearance_forms(tx).await.map_err(JobError::from_failure)?;
    tracing::info!(count, "clearance forms expired");
    Ok(())
}

/// Looks at every eligible enterprise once more. Running it twice is safe: a suspended one is eligible no more.
pub(crate) async fn review_eligibilities(
    ctx: &Context,
    tx: &mut Tx,
    _: Sweep,
) -> Result<(), JobError> {
    let books = ctx.shelf.books();
    let count = acts::review_eligibilities(tx, &books).await.map_err(JobError::from_failure)?;
    tracing::info!(count, "eligibilities suspended");
    Ok(())
}
