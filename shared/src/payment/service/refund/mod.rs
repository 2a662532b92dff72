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
        posting::{Account, Posting},
        status::{
            notice::NoticeAction,
            refund::{RefundAction, RefundState},
        },
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

/// The payer has the money: it leaves where it lay, and the account it is paid from.
async fn paid_out(
    tx: &mut Tx,
    actor: &Actor,
    refund: &mut Refund,
    action: RefundAction,
    from: Account<'_>,
) -> Result<(), Failure> {
    let posting = Posting::out_of("refund-executed", &refund.account, from, refund.amount);
    let posting = posting.for_notice(refund.notice_id).for_payment(refund.payment_id);
    let now = tx.now;
    store::book::post(tx, now, vec![posting]).await?;
    step(tx, actor, refund, action, None).await?;
    let given = store::refund::given_back(tx, refund).await?;
    if given.is_own {
        let action = if given.back < given.paid {
            NoticeAction::RefundPart
        } else {
            NoticeAction::RefundAll
        };
        let to = given.notice_state.take(action)?;
        store::notice::step(tx, &[refund.notice_id.0], to, now).await?;
        tx.record(
            actor,
            &event::NoticeRefunded {
                declaration: refund.declaration_id,
                notice: refund.notice_id,
                from: given.notice_state,
                to,
                reason: None,
            },
        )?;
    }
    Ok(())
}
