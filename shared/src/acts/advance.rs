//! Who must act now (domain R9)? The one place where cases change hands or go on by themselves.
use std::{collections::HashMap, slice};

use chrono::Duration;

use super::{between_bureaus, release::release_settled, swap};
use crate::{
    clearance::job::Release,
    declaration::{self, Declaration, DeclarationId, Kind, Status, holder},
    handoff::{self, Answer, Handoff, Offer},
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
    between_bureaus::tell_home(tx, declaration).await?;
    let declarations = slice::from_ref(declaration);
    let open = handoff::service::open_of(tx, declarations).await?;
    hand_on(tx, books, actor, declarations, open).await?;
    swap::follow(tx, actor, declaration).await?;
    if goes_by_itself(declaration) {
        tx.enqueue(&Release { declaration: declaration.id })?;
    }
    Ok(())
}

/// Something these cases waited for has come: fees settled, a doubt lifted. Those that then go by themselves are
/// released at once.
pub async fn go_on(tx: &mut Tx, books: &Books, ids: &[DeclarationId]) -> Result<(), Failure> {
    let declarations = declaration::service::lock_many(tx, ids).await?;
    let open = handoff::service::open_of(tx, &declarations).await?;
    hand_on(tx, books, &Actor::system(), &declarations, open).await?;
    release_settled(tx, declarations).await?;
    Ok(())
}

/// Recalls the offers that are no longer right, and makes those that are needed. `open` are the open offers of these
/// declarations.
pub(super) async fn hand_on(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    declarations: &[Declaration],
    open: Vec<Handoff>,
) -> Result<(), Failure> {
    let mut open: HashMap<_, _> =
        open.into_iter().map(|offer| (offer.declaration_id, offer)).collect();
    let (mut wrong, mut offers) = (Vec::new(), Vec::new());
    for declaration in declarations.iter().filter(|declaration| declaration.lies_here()) {
        let rightful = holder::rightful(declaration);
        if let Some(offer) = open.remove(&declaration.id) {
            if offer.to_org == rightful && rightful != declaration.holder_org {
                continue;
            }
            wrong.push(offer);
        }
        offers.extend(self::offer(tx, books, actor, declaration));
    }
    handoff::service::answer_many(tx, actor, &mut wrong, &Answer::Recall).await?;
    handoff::service::offer_many(tx, &offers).await?;
    Ok(())
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
    (rightful != declaration.holder_org && declaration.lies_here()).then(|| Offer {
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
