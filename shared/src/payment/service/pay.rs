//! A declarant pays a notice by its agreement.
use std::collections::HashMap;

use crate::{
    kernel::{Actor, Failure, Fen, Refusal, calendar},
    ledger::Tx,
    payment::{
        event, job,
        model::{Agreement, Billed, FeeNotice, NoticeId, PaymentId, Scope},
        status::notice::{NoticeAction, NoticeState},
        store::{self, payment::Promised},
        tariff::late_fee,
    },
};

/// An agreement with what was spent under it today.
pub(super) struct Purse {
    pub agreement: Agreement,
    spent_today: Fen,
}

impl Purse {
    /// Takes an amount out, where the limits of the agreement allow it. A failed payment gave its amount back.
    pub(super) fn spend(&mut self, amount: Fen) -> Result<(), Refusal> {
        let Agreement { single_limit, daily_limit, .. } = self.agreement;
        if amount > single_limit {
            let detail = format!(
                "{} yuan exceed the single limit of {}",
                amount.in_yuan(),
                single_limit.in_yuan()
            );
            return Err(Refusal::new("payment/over-single-limit", detail));
        }
        if self.spent_today + amount > daily_limit {
            let detail = format!(
                "with {} yuan spent today, {} exceed the daily limit of {}",
                self.spent_today.in_yuan(),
                amount.in_yuan(),
                daily_limit.in_yuan()
            );
            return Err(Refusal::new("payment/over-daily-limit", detail));
        }
        self.spent_today = self.spent_today + amount;
        Ok(())
    }
}

/// The purses of many payers, held until the transaction ends. Those without an agreement have none.
pub(super) async fn purses_of(
    tx: &mut Tx,
    payers: Vec<String>,
) -> Result<HashMap<String, Purse>, Failure> {
    let agreements = store::agreement::lock_active(tx, &payers).await?;
    if agreements.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<_> = agreements.iter().map(|agreement| agreement.id.0).collect();
    let day = calendar::start_of(tx.today());
    let spent = store::agreement::spent_since(tx, &ids, day).await?;
    let mut spent: HashMap<_, _> =
        spent.into_iter().map(|spent| (spent.agreement_id, spent.amount)).collect();
    let purse = |agreement: Agreement| {
        let spent_today = spent.remove(&agreement.id).unwrap_or_default();
        (agreement.reg_no.clone(), Purse { agreement, spent_today })
    };
    Ok(agreements.into_iter().map(purse).collect())
}

/// Holds a notice of those that may be seen, as it was when the actor looked.
pub(super) async fn hold_notice(
    tx: &mut Tx,
    scope: &Scope<'_>,
    id: NoticeId,
) -> Result<FeeNotice, Failure> {
    let notice = store::notice::lock(tx, id, scope).await?;
    let notice = notice.ok_or(Failure::Missing("fee notice"))?;
    tx.must_be_current(notice.revision)?;
    Ok(notice)
}

/// Begins to pay a notice: a payment is created, with the late fee as of today, and its debit is promised.
///
/// Own cases only (R10). At most one payment of a notice is under way or has succeeded (R6).
pub async fn pay(tx: &mut Tx, actor: &Actor, id: NoticeId) -> Result<Billed, Failure> {
    let reg_no = actor.reg_no().ok_or(Failure::Missing("fee notice"))?;
    let scope = Scope { reg_no: Some(reg_no), office: None };
    let notice = hold_notice(tx, &scope, id).await?;
    debit_by_agreement(tx, actor, &notice).await?;
    super::read::billed(tx, id).await
}

/// Begins to debit the payer of a notice that is held.
pub(super) async fn debit_by_agreement(
    tx: &mut Tx,
    actor: &Actor,
    notice: &FeeNotice,
) -> Result<(), Failure> {
    notice.state.take(NoticeAction::Debit)?;
    let mut purse = purse_of(tx, &notice.reg_no).await?;
    let payment = promise(tx, &mut purse, notice)?;
    begin(tx, actor, &[(notice, payment)]).await
}

/// The purse of a payer, held until the transaction ends. The notices are held before.
pub(super) async fn purse_of(tx: &mut Tx, reg_no: &str) -> Result<Purse, Failure> {
    let purses = purses_of(tx, vec![reg_no.to_owned()]).await?;
    purses.into_values().next().ok_or_else(|| {
        let detail = "this payer has no e-payment agreement in force";
        Failure::refused("payment/no-agreement", detail)
    })
}

/// A payment of a notice with its late fee as of today, where the limits allow it.
pub(super) fn promise(tx: &Tx, purse: &mut Purse, notice: &FeeNotice) -> Result<Promised, Refusal> {
    let late = late_fee(notice.late_rate, notice.total, notice.due_on, tx.today());
    let late = late.map_or(Fen(0), |line| line.charged);
    purse.spend(notice.total + late)?;
    Ok(Promised {
        id: PaymentId::mint(tx.now),
        notice: notice.id,
        reg_no: notice.reg_no.clone(),
        agreement: purse.agreement.id,
        bank_code: purse.agreement.bank_code.clone(),
        amount: notice.total + late,
        late,
    })
}

/// Creates the payments of held notices, and promises their debits: one for each notice.
pub(super) async fn begin(
    tx: &mut Tx,
    actor: &Actor,
    begun: &[(&FeeNotice, Promised)],
) -> Result<(), Failure> {
    for (notice, payment) in begun {
        let created = event::Created {
            declaration: notice.declaration_id,
            notice: notice.id,
            payment: payment.id,
            amount_fen: payment.amount,
            late_fen: payment.late,
            notice_from: notice.state,
            notice_to: notice.state.take(NoticeAction::Debit)?,
        };
        tx.record(actor, &created)?;
        tx.enqueue(&job::Debit { payment: payment.id })?;
    }
    let (notices, payments): (Vec<_>, Vec<_>) =
        begun.iter().map(|(notice, payment)| (notice.id.0, payment.clone())).unzip();
    let now = tx.now;
    store::notice::step(tx, &notices, NoticeState::Paying, now).await?;
    store::payment::insert(tx, now, &payments).await?;
    Ok(())
}
