//! Release (放行): at the release office only, and never with anything outstanding.
use std::{collections::HashMap, slice};

use crate::{
    clearance::{self, Form, Release, ReleaseKind},
    declaration::{self, Action, Declaration, DeclarationId, Kind, Status},
    inspection,
    kernel::{Actor, Failure},
    ledger::Tx,
    payment::{self, Settlement},
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
/// Safe to run twice: what is no longer in the automatic path is left alone. What still owes a fee goes on when it is
/// paid.
pub async fn release_by_itself(tx: &mut Tx, ids: &[DeclarationId]) -> Result<(), Failure> {
    let declarations = declaration::service::lock_many(tx, ids).await?;
    release_settled(tx, declarations).await?;
    Ok(())
}

/// Releases those held declarations that go by themselves and owe nothing; gives the others back as they were.
pub(super) async fn release_settled(
    tx: &mut Tx,
    declarations: Vec<Declaration>,
) -> Result<Vec<Declaration>, Failure> {
    let (candidates, mut others): (Vec<_>, Vec<_>) =
        declarations.into_iter().partition(goes_by_itself);
    if candidates.is_empty() {
        return Ok(others);
    }
    let (ids, today): (Vec<_>, _) =
        (candidates.iter().map(|candidate| candidate.id).collect(), tx.today());
    let settlements = payment::settled_many(tx, &ids, today).await?;
    let (mut free, owing): (Vec<_>, Vec<_>) = candidates
        .into_iter()
        .partition(|candidate| settlements.get(&candidate.id).is_some_and(Settlement::is_settled));
    others.extend(owing);
    // Outside the catalogue goods go on their D/O: no form.
    let_go(tx, &Actor::system(), &mut free, &HashMap::new()).await?;
    Ok(others)
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

/// Releases held outbound goods on the form that was just issued for them, in the same transaction (domain R1).
pub(super) async fn release_on_form(
    tx: &mut Tx,
    actor: &Actor,
    declaration: &mut Declaration,
    form: &Form,
) -> Result<(), Failure> {
    must_lie_here(declaration)?;
    must_be_decided(declaration)?;
    let forms = HashMap::from([(declaration.id, form.clearance_no.clone())]);
    let_go(tx, actor, slice::from_mut(declaration), &forms).await
}

async fn finish(tx: &mut Tx, actor: &Actor, declaration: &mut Declaration) -> Result<(), Failure> {
    must_be_decided(declaration)?;
    if !is_settled(tx, declaration).await? {
        return Err(Failure::refused("declaration/fee-outstanding", "its fees are not settled"));
    }
    let form = clearance_number(tx, declaration).await?;
    let forms = form.map(|clearance_no| (declaration.id, clearance_no)).into_iter().collect();
    let_go(tx, actor, slice::from_mut(declaration), &forms).await
}

/// Nobody asked for it back, and what was selected has its result.
fn must_be_decided(declaration: &Declaration) -> Result<(), Failure> {
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
    Ok(())
}

/// Releases held goods, catalogue goods each on its form: the step, the record, the row.
async fn let_go(
    tx: &mut Tx,
    actor: &Actor,
    declarations: &mut [Declaration],
    forms: &HashMap<DeclarationId, String>,
) -> Result<(), Failure> {
    let mut releases = Vec::with_capacity(declarations.len());
    for declaration in &mut *declarations {
        releases.push(Release {
            declaration_id: declaration.id,
            decl_no: declaration.number()?.to_owned(),
            release_org: declaration.release_org.clone(),
            kind: match declaration.kind {
                Kind::Catalogue => ReleaseKind::ClearanceForm,
                Kind::OutsideCatalogue => ReleaseKind::DeliveryOrder,
            },
            clearance_no: forms.get(&declaration.id).cloned(),
            do_key: declaration.do_key.clone(),
            released_by: actor.id,
            released_at: tx.now,
        });
        let step = declaration::service::take(declaration, Action::Release, None)?;
        tx.record(actor, &step)?;
    }
    clearance::service::record_releases(tx, &releases).await?;
    declaration::service::save_many(tx, declarations).await
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
