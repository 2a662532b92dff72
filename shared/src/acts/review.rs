//! What an acceptance officer says to a declaration in manual review: returned, or rejected.
use super::advance;
use crate::{
    declaration::{self, Action, Declaration, DeclarationId},
    kernel::{Actor, Failure},
    ledger::Tx,
    reference::Books,
};

/// Sends it back to the declarant. Its one notice is the one of its version: all defects, told at filing; the
/// officer's words say which of the doubts stand.
pub async fn return_for_correction(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: DeclarationId,
    reason: &str,
) -> Result<Declaration, Failure> {
    decide(tx, books, actor, id, Action::Return, reason).await
}

/// Refuses it for good, with all reasons. Its D/O may be declared anew.
pub async fn reject(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: DeclarationId,
    reason: &str,
) -> Result<Declaration, Failure> {
    decide(tx, books, actor, id, Action::Reject, reason).await
}

async fn decide(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: DeclarationId,
    action: Action,
    reason: &str,
) -> Result<Declaration, Failure> {
    let mut declaration = declaration::service::lock(tx, actor, id).await?;
    actor.must_be_of(&declaration.decl_org)?;
    declaration::service::step(tx, actor, &mut declaration, action, Some(reason)).await?;
    advance(tx, books, actor, &declaration).await?;
    Ok(declaration)
}
