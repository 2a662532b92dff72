//! How one bureau tells the other: by a message, or at once where port and origin are offices of one bureau.
use serde::Serialize;
use uuid::Uuid;

use crate::{
    exchange::{
        MemorandumKind, Outgoing,
        service::{outbox, partner},
    },
    kernel::Failure,
    ledger::Tx,
};

/// May notices be exchanged with that bureau today?
pub(super) async fn is_agreed(tx: &mut Tx, bureau: &str) -> Result<bool, Failure> {
    let today = tx.today();
    let agreed = partner::agreed(tx, MemorandumKind::NonConformity, today).await?;
    Ok(agreed.iter().any(|partner| partner == bureau))
}

/// Says something to another bureau, in the conversation of one notice.
pub(super) async fn say<T: Serialize>(
    tx: &mut Tx,
    receiver: &str,
    kind: &'static str,
    correlation: Uuid,
    payload: &T,
) -> Result<(), Failure> {
    if !is_agreed(tx, receiver).await? {
        let detail = "no memorandum on notices is in force with that bureau";
        return Err(Failure::refused("nonconformity/not-agreed", detail));
    }
    let payload = serde_json::to_value(payload)?;
    let receiver = receiver.to_owned();
    outbox::send(tx, Outgoing { receiver, kind, version: 1, correlation, payload }).await?;
    Ok(())
}

/// Is that bureau a partner at all?
pub(super) async fn is_partner(tx: &mut Tx, bureau: &str) -> Result<bool, Failure> {
    match partner::get(tx, bureau).await {
        Ok(_) => Ok(true),
        Err(Failure::Missing(_)) => Ok(false),
        Err(failure) => Err(failure),
    }
}
