//! Release (放行): at the release office only, and never with anything outstanding.
use crate::{
    clearance::{self, Release, ReleaseKind},
    declaration::{self, Action, Declaration, DeclarationId, Kind, Status},
    inspection,
    kernel::{Actor, Failure},
    ledger::Tx,
    payment,
};

use super::advance::goes_by_itself;

/// A release officer of the release office lets the goods go.
pub async fn release(
    tx: &mut Tx,
    actor: &Actor,
    id: DeclarationId,
) -> Result<Declaration, Failure> {
    let mut declaration = declaration::service::lock(tx, actor, id).await?;
    if declaration.status == Status::Conforming
        && actor.office() == Some(declaration.holder_org.as_str())
    {
        // The declarant has just chosen another office: the loser of that race is told so (domain R9).
        must_lie_here(&declaration)?;
    }
    actor.must_be_of(&declaration.release_org)?;
    must_lie_here(&declaration)?;
    let person = actor.person()?;
    if inspection::service::has_judged(tx, declaration.id, person).await? {
        return Err(Failure::Forbidden("who signed the inspection result does not release"));
    }
    finish(tx, actor, &mut declaration).await?;
    Ok(declaration)
}

/// The system releases goods of the automatic path.
///
/// Safe to run twice: what is no longer in the automatic path is left alone. What still owes a fee is promised
/// again when it is paid.
pub async fn release_by_itself(tx: &mut Tx, id: DeclarationId) -> Result<(), Failure> {
    let system = Actor::system();
    let mut declaration = declaration::service::lock(tx, &system, id).await?;
    if goes_by_itself(&declaration) && is_settled(tx, &declaration).await? {
        finish(tx, &system, &mut declaration).await?;
    }
    Ok(())
}

fn must_lie_here(declaration: &Declaration) -> Result<(), Failure> {
    declaration.status.take(Action::Release)?;
    if declaration.holder_org == declaration.release_org {
        return Ok(());
    }
    Err(Failure::refused(
        "declaration/not-releasable",
        "the case has not been handed over to the release office yet",
    ))
}

async fn finish(tx: &mut Tx, actor: &Actor, declaration: &mut Declaration) -> Result<(), Failure> {
    if declaration.withdrawal_requested_at.is_some() {
        return Err(Failure::refused(
            "declaration/withdrawal-pending",
            "the declarant asked for it back: decide that first",
        ));
    }
    if declaration.is_selected && !declaration.has_result {
        return Err(Failure::refused(
            "declaration/not-releasable",
            "it was selected and has no inspection result",
        ));
    }
    if !is_settled(tx, declaration).await? {
        return Err(Failure::refused("declaration/fee-outstanding", "its fees are not settled"));
    }
    let clearance_no = clearance_number(tx, declaration).await?;
    let record = Release {
        declaration_id: declaration.id,
        decl_no: declaration.number()?.to_owned(),
        release_org: declaration.release_org.clone(),
        kind: match declaration.kind {
            Kind::Catalogue => ReleaseKind::ClearanceForm,
            Kind::OutsideCatalogue => ReleaseKind::DeliveryOrder,
        },
        clearance_no,
        do_key: declaration.do_key.clone(),
        released_by: actor.id,
        released_at: tx.now,
    };
    clearance::service::record_releases(tx, &[record]).await?;
    declaration::service::step(tx, actor, declaration, Action::Release, None).await?;
    debug_assert_eq!(declaration.status, Status::Released);
    Ok(())
}

async fn is_settled(tx: &mut Tx, declaration: &Declaration) -> Result<bool, Failure> {
    let today = tx.today();
    Ok(payment::settled(tx, declaration.id, today).await?.is_settled())
}

/// Catalogue goods need a form in `ISSUED` to `WRITTEN_OFF` (domain R1); others go on their D/O.
async fn clearance_number(
    tx: &mut Tx,
    declaration: &Declaration,
) -> Result<Option<String>, Failure> {
    if declaration.kind == Kind::OutsideCatalogue {
        return Ok(None);
    }
    match clearance::service::live_of(tx, declaration.id).await? {
        Some(form) => Ok(Some(form.clearance_no)),
        None => Err(Failure::refused(
            "declaration/no-clearance-form",
            "catalogue goods are released on a live clearance form: issue one first",
        )),
    }
}
