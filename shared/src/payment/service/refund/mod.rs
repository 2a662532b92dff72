//! Refunds: people propose, approve, refuse and order them; the bank pays them out, at most once.
mod bank;
mod people;

pub use bank::{asked_refund, question_refund, refund_answered, take_refund};
pub use people::{
    RefundDraft, approve_refund, execute_refund, propose_refund, refund, refunds, refuse_refund,
};

use crate::{
    kernel::{Actor, Failure},
    ledger::Tx,
    payment::{
        event,
        model::Refund,
        status::refund::{RefundAction, RefundState},
        store,
    },
};

/// Takes a step: the row, with whatever else was changed in it, and its history.
async fn step(
    tx: &mut Tx,
    actor: &Actor,
    refund: &mut Refund,
    action: RefundAction,
    reason: Option<&str>,
) -> Result<(), Failure> {
    let from = refund.state;
    refund.state = from.take(action)?;
    keep(tx, refund).await?;
    tx.record(actor, &event::RefundMoved::of(refund, from, reason))?;
    Ok(())
}

/// Writes a refund back; its revision counts.
async fn keep(tx: &mut Tx, refund: &mut Refund) -> Result<(), Failure> {
    refund.revision += 1;
    refund.updated_at = tx.now;
    match refund.state {
        RefundState::Approved => refund.approved_at = Some(tx.now),
        RefundState::Sent => refund.sent_at = Some(tx.now),
        RefundState::Executed | RefundState::Failed => refund.settled_at = Some(tx.now),
        _ => {}
    }
    store::refund::update(tx, refund).await?;
    Ok(())
}
