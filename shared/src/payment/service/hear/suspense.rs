//! Money that no payment waits for: where it lies, and how it leaves.
use super::{bank_of, step_of, voidable};
use crate::{
    kernel::{Actor, Failure, Fen},
    ledger::Tx,
    payment::{
        bank::Word,
        event::{self, Step},
        model::Debt,
        posting::{Account, Posting},
        service::void::{Owing, forgive, owe},
        status::notice::NoticeState,
        store,
    },
};

/// What lies in suspense and is owed back: one booking of the bank, whole.
pub(super) fn suspended<'a>(
    debt: &'a Debt,
    word: &'a Word,
    amount: Fen,
    reason: &'a str,
) -> Owing<'a> {
    Owing {
        declaration: debt.declaration_id,
        payment: debt.payment_id,
        booking: Some(&word.bank_ref),
        amount,
        late: Fen(0),
        account: Account::Suspense(bank_of(debt)).to_string(),
        reason,
        proposed_by: None,
        replaces: None,
    }
}

/// The fee was dropped while the debit was under way: the money is not ours to keep.
pub(super) fn unwanted(debt: &Debt, notice_to: NoticeState) -> [Posting; 2] {
    let forgiven = forgive("payment-unwanted", &voidable(debt, notice_to));
    let (from, lies_in) = (Account::Bank(bank_of(debt)), Account::Suspense(bank_of(debt)));
    let suspended = Posting::new("payment-unwanted", from, lies_in, debt.amount);
    [forgiven, suspended.for_notice(debt.notice_id).for_payment(debt.payment_id)]
}

/// Money that this payment does not wait for (any more): it lies in suspense and is owed back.
pub(super) async fn suspend(
    tx: &mut Tx,
    actor: &Actor,
    debt: &Debt,
    word: &Word,
    amount: Fen,
) -> Result<(), Failure> {
    let (now, bank) = (tx.now, bank_of(debt));
    let reason = "the bank took money that this payment did not wait for";
    let lies_in = Account::Suspense(bank);
    let posting = Posting::new("unexpected-credit", Account::Bank(bank), lies_in, amount)
        .for_notice(debt.notice_id)
        .for_payment(debt.payment_id);
    store::book::post(tx, now, vec![posting]).await?;
    let step = Step { amount_fen: amount, reason: Some(reason), ..step_of(debt, debt.state) };
    let step = Step { bank_ref: Some(&word.bank_ref), ..step };
    tx.record(actor, &event::PutInSuspense(step))?;
    owe(tx, actor, suspended(debt, word, amount, reason)).await?;
    Ok(())
}

/// Money for a payment we never made: nobody's, until a cashier finds whose it is.
pub(super) async fn orphan(
    tx: &mut Tx,
    actor: &Actor,
    bank_code: &str,
    word: &Word,
    amount: Fen,
) -> Result<(), Failure> {
    let (now, lies_in) = (tx.now, Account::Suspense(bank_code));
    let posting = Posting::new("orphan-credit", Account::Bank(bank_code), lies_in, amount);
    store::book::post(tx, now, vec![posting]).await?;
    let (payment, bank_ref) = (word.payment_id, word.bank_ref.as_str());
    tx.record(actor, &event::Orphaned { payment, bank_ref, amount_fen: amount })?;
    Ok(())
}

/// The bank took back what was nobody's: it lies in suspense no more.
pub(super) async fn return_orphan(
    tx: &mut Tx,
    actor: &Actor,
    bank_code: &str,
    word: &Word,
    amount: Fen,
) -> Result<(), Failure> {
    let (now, lay_in) = (tx.now, Account::Suspense(bank_code));
    let posting = Posting::new("orphan-returned", lay_in, Account::Bank(bank_code), amount);
    store::book::post(tx, now, vec![posting]).await?;
    let (payment, bank_ref) = (word.payment_id, word.bank_ref.as_str());
    tx.record(actor, &event::OrphanReturned { payment, bank_ref, amount_fen: amount })?;
    Ok(())
}
