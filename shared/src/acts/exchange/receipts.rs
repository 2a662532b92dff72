//! Receipts of partners: kept by the exchange, and told to whatever waited for one.
use crate::{
    exchange::{
        Envelope, Receipt,
        service::outbox::{self, Believed},
    },
    kernel::Failure,
    ledger::Tx,
    swap,
};

/// The partner answered a delivery of ours; says about how many of its messages it can be believed.
pub async fn answered(
    tx: &mut Tx,
    own: &str,
    partner: &str,
    sent: &[Envelope],
    receipts: Vec<Receipt>,
) -> Result<usize, Failure> {
    let believed = outbox::answered(tx, own, partner, sent, receipts).await?;
    tell(tx, &believed).await?;
    Ok(believed.count)
}

/// The partner came for its messages and brings receipts for them; says how many were believed.
pub async fn keep_receipts(
    tx: &mut Tx,
    own: &str,
    partner: &str,
    receipts: Vec<Receipt>,
) -> Result<usize, Failure> {
    let believed = outbox::keep_receipts(tx, own, partner, receipts).await?;
    tell(tx, &believed).await?;
    Ok(believed.count)
}

/// A transfer is on its way once whoever carries it has signed for it.
async fn tell(tx: &mut Tx, believed: &Believed) -> Result<(), Failure> {
    let delivered: Vec<_> = believed.delivered.iter().map(|message| message.0).collect();
    swap::service::arrived(tx, &delivered).await
}
