//! What people do with refunds (domain R10): a fee officer proposes, a fee officer and a duty chief approve, a cashier
//! pays out; nobody is two of the first three, and no approver pays out.
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{paid_out, step};
use crate::{
    kernel::{Actor, Failure, Fen, Page, PageRequest, Role, Violations, money::Amount},
    ledger::Tx,
    payment::{
        event, job,
        model::{Channel, PaymentId, Refund, RefundId, Scope},
        posting::{Account, Posting},
        service::{
            debit,
            void::give_back,
            window::{filled, must_have_slip, shift_of, till},
        },
        status::{
            payment::PaymentState,
            refund::{RefundAction, RefundState},
        },
        store,
    },
};

const MISSING: Failure = Failure::Missing("refund");

/// A refund as an officer proposes it.
#[derive(Clone, Debug, Deserialize)]
pub struct RefundDraft {
    pub amount: Amount,
    pub reason: String,
}

/// A fee officer proposes to give back all or part of what a payment took. It is a debt in the books from now on,
/// unless somebody refuses it.
pub async fn propose_refund(
    tx: &mut Tx,
    actor: &Actor,
    payment: PaymentId,
    draft: &RefundDraft,
) -> Result<Refund, Failure> {
    let person = actor.person()?;
    let mut wrong = Violations::default();
    let amount = draft.amount.in_fen().filter(|fen| *fen > Fen(0));
    if amount.is_none() {
        let (zh, en) = ("金额应为正的人民币金额", "the amount is a positive amount of CNY");
        wrong.error("/amount", "amount-malformed", zh, en);
    }
    let amount = wrong.finish(amount)?;
    let scope = Scope::of(actor, "payment")?;
    let debt = debit::hold(tx, &scope, payment).await?;
    if debt.state != PaymentState::Success {
        let detail = "only what was paid can be given back";
        return Err(Failure::refused("payment/not-paid", detail));
    }
    let parts = store::payment::refundable(tx, &[debt.notice_id.0]).await?;
    let part = parts.iter().find(|part| part.id == payment && amount <= part.refundable);
    let part = part.ok_or_else(|| {
        let left = parts.iter().find(|part| part.id == payment).map_or(Fen(0), |p| p.refundable);
        let detail = format!("{} yuan of it can still be given back", left.in_yuan());
        Failure::refused("payment/refund-above-payment", detail)
    })?;
    let id = give_back(tx, actor, part, amount, (draft.reason.as_str(), Some(person))).await?;
    store::refund::read(tx, id, &scope).await?.ok_or(MISSING)
}

/// One of two approvals; the second makes it payable.
pub async fn approve_refund(tx: &mut Tx, actor: &Actor, id: RefundId) -> Result<Refund, Failure> {
    let person = actor.person()?;
    let mut refund = hold(tx, actor, id).await?;
    refund.state.take(RefundAction::Approve)?;
    let (proposed, taken) = (refund.proposed_by, refund.taken_by);
    let hands = [proposed, taken, refund.fee_approved_by, refund.chief_approved_by];
    must_be_another(person, &hands)?;
    let as_fee_officer = actor.holds(Role::FeeOfficer) && refund.fee_approved_by.is_none();
    let as_chief = actor.holds(Role::DutyChief) && refund.chief_approved_by.is_none();
    if as_fee_officer {
        refund.fee_approved_by = Some(person);
    } else if as_chief {
        refund.chief_approved_by = Some(person);
    } else {
        let detail = "this approval was given; the other one is still wanted";
        return Err(Failure::refused("payment/refund-approval-given", detail));
    }
    if refund.fee_approved_by.is_some() && refund.chief_approved_by.is_some() {
        step(tx, actor, &mut refund, RefundAction::Approve, None).await?;
    } else {
        super::keep(tx, &mut refund).await?;
        tx.record(actor, &event::RefundMoved::of(&refund, RefundState::Owed, None))?;
    }
    Ok(refund)
}

/// It will not be given back: the debt leaves the books. What a rule owes cannot be refused.
pub async fn refuse_refund(
    tx: &mut Tx,
    actor: &Actor,
    id: RefundId,
    reason: &str,
) -> Result<Refund, Failure> {
    actor.person()?;
    let mut refund = hold(tx, actor, id).await?;
    refund.state.take(RefundAction::Refuse)?;
    if refund.proposed_by.is_none() {
        let detail = "it is owed by a rule, not by anybody's proposal";
        return Err(Failure::refused("payment/refund-owed-by-rule", detail));
    }
    let account = Account::RefundsOwed(&refund.reg_no);
    let fees = Fen(refund.amount.0 - refund.late.0);
    let back = [(Account::FeeIncome, fees), (Account::LateIncome, refund.late)];
    let postings = back.into_iter().filter(|(_, amount)| *amount > Fen(0)).map(|(to, amount)| {
        Posting::new("refund-refused", account, to, amount)
            .for_notice(refund.notice_id)
            .for_payment(refund.payment_id)
    });
    let (now, postings) = (tx.now, postings.collect());
    store::book::post(tx, now, postings).await?;
    refund.decision = Some(reason.to_owned());
    step(tx, actor, &mut refund, RefundAction::Refuse, Some(reason)).await?;
    Ok(refund)
}

/// A cashier lets an approved refund be paid, by the channel through which the money came.
pub async fn execute_refund(
    tx: &mut Tx,
    actor: &Actor,
    id: RefundId,
    slip_no: Option<&str>,
) -> Result<Refund, Failure> {
    let person = actor.person()?;
    let mut refund = hold(tx, actor, id).await?;
    refund.state.take(RefundAction::PayOut)?;
    must_be_another(person, &[refund.fee_approved_by, refund.chief_approved_by])?;
    refund.executed_by = Some(person);
    match refund.channel {
        Channel::Epay => {
            step(tx, actor, &mut refund, RefundAction::Order, None).await?;
            tx.enqueue(&job::RefundOrder { refund: id })?;
        }
        Channel::Cash | Channel::Pos | Channel::Cheque => {
            refund.slip_no = filled(slip_no).map(str::to_owned);
            by_hand(tx, actor, &mut refund, person).await?;
        }
    }
    Ok(refund)
}

/// Out of the drawer, or by a slip or cheque of which the number is kept.
async fn by_hand(
    tx: &mut Tx,
    actor: &Actor,
    refund: &mut Refund,
    cashier: Uuid,
) -> Result<(), Failure> {
    let mut wrong = Violations::default();
    must_have_slip(refund.channel, refund.slip_no.as_deref(), &mut wrong);
    wrong.finish(Some(()))?;
    let shift = shift_of(tx, cashier).await?;
    if refund.channel == Channel::Cash && shift.expected() < refund.amount {
        let detail = format!("{} yuan are in this drawer", shift.expected().in_yuan());
        return Err(Failure::refused("payment/drawer-short", detail));
    }
    refund.shift_id = Some(shift.id);
    let drawer = shift.drawer();
    let from = till(refund.channel, &drawer, &shift.office);
    paid_out(tx, actor, refund, RefundAction::PayOut, from).await
}

fn must_be_another(person: Uuid, others: &[Option<Uuid>]) -> Result<(), Failure> {
    if others.contains(&Some(person)) {
        let detail = "who proposes, who approves and who pays out are different persons";
        return Err(Failure::refused("payment/another-person-needed", detail));
    }
    Ok(())
}

async fn hold(tx: &mut Tx, actor: &Actor, id: RefundId) -> Result<Refund, Failure> {
    let scope = Scope::of(actor, "refund")?;
    let refund = store::refund::lock(tx, id, &scope).await?.ok_or(MISSING)?;
    tx.must_be_current(refund.revision)?;
    Ok(refund)
}

/// A payer sees its own, an office those of the cases declared there.
pub async fn refund(
    conn: &mut PgConnection,
    actor: &Actor,
    id: RefundId,
) -> Result<Refund, Failure> {
    let scope = Scope::of(actor, "refund")?;
    store::refund::read(conn, id, &scope).await?.ok_or(MISSING)
}

/// Likewise, newest first.
pub async fn refunds(
    conn: &mut PgConnection,
    actor: &Actor,
    state: Option<RefundState>,
    page: PageRequest,
) -> Result<Page<Refund>, Failure> {
    let scope = Scope::of(actor, "refund")?;
    Ok(Page::cut(store::refund::list(conn, &scope, state, page).await?, page))
}
