//! A payer pays a statement: one debit for each notice.
//!
//! The debit of a notice is what everything else knows: at most one payment of it, its own late fee, its own receipt,
//! refund and line of the bank's day (R6). One order for a whole statement would need all of that a second time.
use super::read::sheet;
use crate::{
    kernel::{Actor, Failure},
    ledger::Tx,
    payment::{
        monthly::{MonthlySheet, MonthlyStatementId},
        service::pay::{begin, promise, purse_of},
        store,
    },
};

/// Begins to pay what is unpaid of a statement, as far as the limits of the agreement allow it today: the oldest
/// notices first. Own statements only. Refused where nothing can begin; the rest is paid another day, or one by one.
pub async fn pay_monthly_statement(
    tx: &mut Tx,
    actor: &Actor,
    id: MonthlyStatementId,
) -> Result<MonthlySheet, Failure> {
    let missing = || Failure::Missing("monthly statement");
    let reg_no = actor.reg_no().ok_or_else(missing)?;
    store::monthly::statement::read(tx, id, Some(reg_no)).await?.ok_or_else(missing)?;
    let notices = store::notice::lock_payable_on(tx, id).await?;
    if notices.is_empty() {
        let detail = "each notice of this statement is paid or void, or is being paid";
        return Err(Failure::refused("payment/monthly-statement-not-payable", detail));
    }
    let mut purse = purse_of(tx, reg_no).await?;
    let (mut begun, mut refused) = (Vec::new(), None);
    for notice in &notices {
        match promise(tx, &mut purse, notice) {
            Ok(payment) => begun.push((notice, payment)),
            Err(refusal) => refused = refused.or(Some(refusal)),
        }
    }
    if let Some(refusal) = refused.filter(|_| begun.is_empty()) {
        return Err(refusal.into());
    }
    begin(tx, actor, &begun).await?;
    sheet(tx, id, Some(reg_no)).await
}
