//! An inspection result, and what it does to a clearance form issued before it (domain R1, R11).
use super::advance;
use crate::{
    clearance::{self, State as FormState},
    declaration::{Declaration, DeclarationId, Status},
    inspection::{self, Judgement},
    kernel::{Actor, Failure},
    ledger::Tx,
    reference::Books,
};

/// An inspector signs. A fail voids the form, unless customs has used it: then the goods stay "not for sale or
/// use" until they are treated, sent back or destroyed.
pub async fn sign_result(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: DeclarationId,
    judgement: Judgement,
) -> Result<Declaration, Failure> {
    let declaration = inspection::service::sign(tx, actor, id, judgement).await?;
    if declaration.status == Status::NonConforming {
        void_unused_form(tx, actor, &declaration).await?;
    }
    advance(tx, books, actor, &declaration).await?;
    Ok(declaration)
}

pub(super) async fn void_unused_form(
    tx: &mut Tx,
    actor: &Actor,
    declaration: &Declaration,
) -> Result<(), Failure> {
    let live = clearance::service::live_of(tx, declaration.id).await?;
    if let Some(mut form) = live.filter(|form| !form.state.is_annotated()) {
        let why = Some("the goods failed inspection");
        clearance::service::step(tx, actor, &mut form, FormState::Void, why).await?;
    }
    Ok(())
}
