//! Notices that need not be paid any more, and money that goes back.
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    monthly::{Moved, follow},
    pay::hold_notice,
};
use crate::{
    declaration::DeclarationId,
    kernel::{Actor, Failure, Fen},
    ledger::Tx,
    payment::{
        event,
        model::{Billed, FeeNotice, NoticeId, PaymentId, RefundId, Scope},
        monthly::MonthlyStatementId,
        posting::{Account, Posting},
        status::notice::{NoticeAction, NoticeState},
        store::{self, payment::PaidPart, refund::Owed},
    },
};

/// A fee officer voids a notice (R10), with a reason.
pub async fn void_notice(
    tx: &mut Tx,
    actor: &Actor,
    id: NoticeId,
    reason: &str,
) -> Result<Billed, Failure> {
    let scope = Scope::of(actor, "fee notice")?;
    let notice = hold_notice(tx, &scope, id).await?;
    void(tx, actor, &Voidable::from(&notice), reason).await?;
    super::read::billed(tx, id).await
}

/// The declaration was withdrawn before its inspection: nothing is owed, and what was paid goes back (R5).
///
/// A notice that is being paid is never voided (R6): it is marked, and becomes void when its payment fails; if
/// the payment succeeds, the money lies in suspense and is owed back. The caller holds the declaration.
pub async fn void_notices_of(
    tx: &mut Tx,
    actor: &Actor,
    declaration: DeclarationId,
    reason: &str,
) -> Result<(), Failure> {
    for notice in store::notice::lock_of(tx, declaration).await? {
        match notice.state {
            NoticeState::Issued | NoticeState::Overdue => {
                void(tx, actor, &Voidable::from(&notice), reason).await?;
            }
            NoticeState::Paying => request_void(tx, actor, &notice, reason).await?,
            NoticeState::Paid | NoticeState::PartiallyRefunded => {
                for part in store::payment::refundable(tx, &[notice.id.0]).await? {
                    if part.refundable > Fen(0) {
                        give_back(tx, actor, &part, part.refundable, (reason, None)).await?;
                    }
                }
            }
            NoticeState::Draft | NoticeState::Voided | NoticeState::Refunded => {}
        }
    }
    Ok(())
}

/// The declaration was amended (R13): voids what nobody has begun to pay, and says how much stays: paid or being
/// paid. The difference to the new fee is a supplementary notice, or [`refund_difference`].
pub async fn void_unpaid_of(
    tx: &mut Tx,
    actor: &Actor,
    declaration: DeclarationId,
    reason: &str,
) -> Result<Fen, Failure> {
    let mut stays = Fen(0);
    for notice in store::notice::lock_of(tx, declaration).await? {
        if notice.state.after(NoticeAction::Void).is_some() {
            void(tx, actor, &Voidable::from(&notice), reason).await?;
        } else if notice.state.is_paid() || notice.state == NoticeState::Paying {
            stays = stays + notice.total;
        }
    }
    Ok(stays)
}

/// Owes back part of what was paid for a declaration, from its latest payments. Refused above what was paid
/// (invariant 15).
pub async fn refund_difference(
    tx: &mut Tx,
    actor: &Actor,
    declaration: DeclarationId,
    difference: Fen,
    reason: &str,
) -> Result<(), Failure> {
    let notices = store::notice::lock_of(tx, declaration).await?;
    let ids: Vec<_> = notices.iter().map(|notice| notice.id.0).collect();
    let mut left = difference;
    for part in store::payment::refundable(tx, &ids).await? {
        let amount = left.min(part.refundable);
        if amount > Fen(0) {
            give_back(tx, actor, &part, amount, (reason, None)).await?;
        }
        left = Fen(left.0 - amount.0);
    }
    if left > Fen(0) {
        let detail = format!("{} yuan more than was paid", left.in_yuan());
        return Err(Failure::refused("payment/refund-above-payment", detail));
    }
    Ok(())
}

/// Income that is owed back: it leaves the fees, then the late fees, and waits to be paid out.
pub(super) async fn give_back(
    tx: &mut Tx,
    actor: &Actor,
    part: &PaidPart,
    amount: Fen,
    (reason, proposed_by): (&str, Option<Uuid>),
) -> Result<RefundId, Failure> {
    let account = Account::RefundsOwed(&part.reg_no);
    let fees = Fen(amount.0.min(part.refundable.0 - part.late.0).max(0));
    let late = Fen(amount.0 - fees.0);
    let postings = [(Account::FeeIncome, fees), (Account::LateIncome, late)]
        .into_iter()
        .filter(|(_, amount)| *amount > Fen(0))
        .map(|(from, amount)| {
            Posting::new("refund-owed", from, account, amount)
                .for_notice(part.notice)
                .for_payment(part.id)
        });
    let (now, postings) = (tx.now, postings.collect());
    store::book::post(tx, now, postings).await?;
    let owing = Owing {
        declaration: part.declaration_id,
        payment: part.id,
        booking: part.bank_ref.as_deref(),
        amount,
        late,
        account: account.to_string(),
        reason,
        proposed_by,
        replaces: None,
    };
    owe(tx, actor, owing).await
}

/// Money that is owed back.
pub(super) struct Owing<'a> {
    pub declaration: DeclarationId,
    pub payment: PaymentId,
    /// What the bank calls the booking that is given back.
    pub booking: Option<&'a str>,
    pub amount: Fen,
    /// How much of it was late fee.
    pub late: Fen,
    /// Where it lies until it is paid out.
    pub account: String,
    pub reason: &'a str,
    /// Nobody, where a rule owes it.
    pub proposed_by: Option<Uuid>,
    /// What failed at the bank before.
    pub replaces: Option<RefundId>,
}

/// Writes down that money is owed back, and in which account it lies until it is paid out.
pub(super) async fn owe(tx: &mut Tx, actor: &Actor, owing: Owing<'_>) -> Result<RefundId, Failure> {
    let now = tx.now;
    let id = RefundId::mint(now);
    let owed = Owed {
        id,
        payment: owing.payment,
        booking: owing.booking,
        amount: owing.amount,
        late: owing.late,
        reason: owing.reason,
        account: &owing.account,
        proposed_by: owing.proposed_by,
        replaces: owing.replaces,
    };
    store::refund::insert(tx, now, &owed).await?;
    let owed = event::RefundOwed {
        declaration: owing.declaration,
        refund: id,
        payment: owing.payment,
        amount_fen: owing.amount,
        reason: owing.reason,
    };
    tx.record(actor, &owed)?;
    Ok(id)
}

/// As much of a notice as it takes to void it.
pub(super) struct Voidable<'a> {
    pub id: NoticeId,
    pub state: NoticeState,
    pub declaration: DeclarationId,
    pub reg_no: &'a str,
    pub total: Fen,
    pub due_on: NaiveDate,
    pub statement: Option<MonthlyStatementId>,
}

impl<'a> From<&'a FeeNotice> for Voidable<'a> {
    fn from(notice: &'a FeeNotice) -> Self {
        Self {
            id: notice.id,
            state: notice.state,
            declaration: notice.declaration_id,
            reg_no: &notice.reg_no,
            total: notice.total,
            due_on: notice.due_on,
            statement: notice.statement_id,
        }
    }
}

/// Voids a notice, and takes back what it put into the books.
pub(super) async fn void(
    tx: &mut Tx,
    actor: &Actor,
    notice: &Voidable<'_>,
    reason: &str,
) -> Result<(), Failure> {
    let (now, to) = (tx.now, notice.state.take(NoticeAction::Void)?);
    store::notice::void(tx, notice.id, reason, now).await?;
    store::book::post(tx, now, vec![forgive("notice-voided", notice)]).await?;
    tx.record(
        actor,
        &event::NoticeVoided {
            declaration: notice.declaration,
            notice: notice.id,
            from: notice.state,
            to,
            reason: Some(reason),
        },
    )?;
    let Voidable { statement, reg_no, due_on, .. } = *notice;
    follow(tx, vec![Moved { statement, reg_no, due_on }]).await
}

/// Nobody owes this any more.
pub(super) fn forgive(cause: &'static str, notice: &Voidable<'_>) -> Posting {
    let owed = Account::Receivable(notice.reg_no);
    Posting::new(cause, Account::FeeIncome, owed, notice.total).for_notice(notice.id)
}

async fn request_void(
    tx: &mut Tx,
    actor: &Actor,
    notice: &FeeNotice,
    reason: &str,
) -> Result<(), Failure> {
    if notice.void_requested_at.is_some() {
        return Ok(());
    }
    let now = tx.now;
    store::notice::request_void(tx, notice.id, reason, now).await?;
    tx.record(
        actor,
        &event::NoticeVoidRequested {
            declaration: notice.declaration_id,
            notice: notice.id,
            from: notice.state,
            to: notice.state,
            reason: Some(reason),
        },
    )?;
    Ok(())
}
