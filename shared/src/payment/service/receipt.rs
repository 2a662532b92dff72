//! Receipts: fiscal vouchers (财政票据) under one numbering, whatever the channel.
use chrono::Datelike as _;
use sqlx::PgConnection;

use crate::{
    kernel::{Actor, Failure},
    ledger::Tx,
    payment::{
        event,
        model::{PaymentId, Receipt, Scope},
        status::payment::PaymentState,
        store,
    },
};

/// Prints the receipt of a payment: the first time under the next number of the office and year, without gaps, for a
/// number is taken in the transaction that uses it; again under the same number, and the prints are counted.
pub async fn print_receipt(tx: &mut Tx, actor: &Actor, id: PaymentId) -> Result<Receipt, Failure> {
    let person = actor.person()?;
    let office = actor.office().ok_or(Failure::Missing("payment"))?;
    let scope = Scope::of(actor, "payment")?;
    let debt = super::debit::hold(tx, &scope, id).await?;
    let now = tx.now;
    let receipt = if let Some(again) = store::receipt::reprint(tx, id, now).await? {
        again
    } else {
        if debt.state != PaymentState::Success {
            return Err(Failure::refused("payment/not-paid", "nothing was paid by it"));
        }
        let year = i16::try_from(tx.today().year() % 100).map_err(anyhow::Error::from)?;
        let serial = store::receipt::next_serial(tx, office, year).await?;
        let fresh = Receipt {
            receipt_no: format!("{office}{year:02}{serial:08}"),
            payment_id: id,
            payer: debt.reg_no.clone(),
            amount: debt.amount,
            issued_at: now,
            issued_by: person,
            prints: 1,
            printed_at: now,
        };
        store::receipt::insert(tx, office, &fresh).await?;
        fresh
    };
    tx.record(
        actor,
        &event::ReceiptPrinted {
            declaration: debt.declaration_id,
            payment: id,
            receipt_no: &receipt.receipt_no,
            prints: receipt.prints,
        },
    )?;
    Ok(receipt)
}

/// A payer sees its own, an office those of the cases declared there.
pub async fn receipt(
    conn: &mut PgConnection,
    actor: &Actor,
    payment: PaymentId,
) -> Result<Receipt, Failure> {
    let scope = Scope::of(actor, "receipt")?;
    store::payment::read(conn, payment, &scope).await?.ok_or(Failure::Missing("receipt"))?;
    store::receipt::read(conn, payment).await?.ok_or(Failure::Missing("receipt"))
}
