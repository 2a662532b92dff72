//! The duty chief of the office that holds a case cancels it (domain R1).
use super::{advance, direct_release, swap, withdraw::leave_nothing_open};
use crate::{
    declaration::{self, Action, Declaration, DeclarationId},
    kernel::{Actor, Failure},
    ledger::Tx,
    reference::Books,
};

pub async fn cancel(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: DeclarationId,
    reason: &str,
) -> Result<Declaration, Failure> {
    let mut declaration = declaration::service::lock(tx, actor, id).await?;
    declaration.must_be_at_home()?;
    declaration.must_lie_here()?;
    actor.must_be_of(&declaration.holder_org)?;
    swap::must_not_be_sent_away(tx, &declaration).await?;
    direct_release::must_not_be_under_way(tx, &declaration).await?;
    declaration::service::step(tx, actor, &mut declaration, Action::Cancel, Some(reason)).await?;
    leave_nothing_open(tx, actor, &declaration, reason).await?;
    advance(tx, books, actor, &declaration).await?;
    Ok(declaration)
}
