//! Who must act now (domain R9)? The one place where cases change hands or go on by themselves.
use chrono::Duration;

use crate::{
    clearance::job::Release,
    declaration::{self, Declaration, DeclarationId, Kind, Status, holder},
    handoff::{self, Answer, Offer},
    kernel::{Actor, Failure},
    ledger::Tx,
    reference::Books,
};

/// Sees to it that the rightful office gets the case: recalls an offer that is no longer right, offers it to
/// the office that must act, or promises the release where nothing stands in its way.
///
/// The declaration is held by the caller and was written already.
pub async fn advance(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    declaration: &Declaration,
) -> Result<(), Failure> {
    let rightful = holder::rightful(declaration);
    if let Some(mut open) = handoff::service::open_of(tx, declaration.id).await? {
        if open.to_org == rightful && rightful != declaration.holder_org {
            return Ok(());
        }
        handoff::service::answer(tx, actor, &mut open, &Answer::Recall).await?;
    }
    if let Some(offer) = offer(tx, books, actor, declaration) {
        handoff::service::offer_many(tx, &[offer]).await?;
    } else if goes_by_itself(declaration) {
        tx.enqueue(&Release { declaration: declaration.id })?;
    }
    Ok(())
}

/// Something the case waited for has come: fees settled, a doubt lifted.
pub async fn go_on(tx: &mut Tx, books: &Books, id: DeclarationId) -> Result<(), Failure> {
    let system = Actor::system();
    let declaration = declaration::service::lock(tx, &system, id).await?;
    advance(tx, books, &system, &declaration).await
}

/// The offer that the case needs, if it lies with the wrong office.
pub(super) fn offer(
    tx: &Tx,
    books: &Books,
    actor: &Actor,
    declaration: &Declaration,
) -> Option<Offer> {
    let rightful = holder::rightful(declaration);
    let minutes = books.integer("handoff.expiry_minutes", tx.today());
    (rightful != declaration.holder_org).then(|| Offer {
        actor: actor.clone(),
        declaration_id: declaration.id,
        from_org: declaration.holder_org.clone(),
        to_org: rightful.to_owned(),
        cause: declaration.status.name(),
        expires_at: tx.now + Duration::minutes(minutes),
    })
}

/// Outside the catalogue and not drawn: the system releases it (domain 4.8, R1).
pub(super) fn goes_by_itself(declaration: &Declaration) -> bool {
    declaration.status == Status::Conforming
        && declaration.kind == Kind::OutsideCatalogue
        && !declaration.is_selected
        && !declaration.has_result
        && declaration.withdrawal_requested_at.is_none()
        && declaration.holder_org == declaration.release_org
}
