//! Release (放行): at the release office only, and never with anything outstanding.
use std::{
    collections::{HashMap, HashSet},
    slice,
};

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
    let declaration = declaration::service::lock(tx, actor, id).await?;
    let mut answers = release_held(tx, actor, vec![declaration]).await?;
    answers.remove(&id).ok_or(Failure::Missing("declaration"))?
}

/// The same for many cases of a work list: each goes or stays for itself. The answers come in the order of the ids.
pub async fn release_many(
    tx: &mut Tx,
    actor: &Actor,
    ids: &[DeclarationId],
) -> Result<Vec<Result<Declaration, Failure>>, Failure> {
    let declarations = declaration::service::lock_visible(tx, actor, ids).await?;
    let mut answers = release_held(tx, actor, declarations).await?;
    let missing = || Err(Failure::Missing("declaration"));
    Ok(ids.iter().map(|id| answers.remove(id).unwrap_or_else(missing)).collect())
}

async fn release_held(
    tx: &mut Tx,
    actor: &Actor,
    held: Vec<Declaration>,
) -> Result<HashMap<DeclarationId, Result<Declaration, Failure>>, Failure> {
    let known = Known::of(tx, actor, &held).await?;
    let mut answers = HashMap::with_capacity(held.len());
    let mut free = Vec::with_capacity(held.len());
    for declaration in held {
        match known.must_be_free(actor, &declaration) {
            Ok(()) => free.push(declaration),
            Err(failure) => {
                answers.insert(declaration.id, Err(failure));
            }
        }
    }
    let_go(tx, actor, &mut free, &known.forms).await?;
    answers.extend(free.into_iter().map(|declaration| (declaration.id, Ok(declaration))));
    Ok(answers)
}

/// What a release of held cases is decided by, asked for all of them together.
struct Known {
    judged: HashSet<DeclarationId>,
    settlements: HashMap<DeclarationId, Settlement>,
    forms: HashMap<DeclarationId, String>,
}

impl Known {
    async fn of(tx: &mut Tx, actor: &Actor, held: &[Declaration]) -> Result<Self, Failure> {
        let (today, person) = (tx.today(), actor.person()?);
        let ids: Vec<_> = held.iter().map(|declaration| declaration.id).collect();
        // Outside the catalogue goods go on their D/O: no form.
        let of_catalogue = held.iter().filter(|one| one.kind == Kind::Catalogue);
        let of_catalogue: Vec<_> = of_catalogue.map(|declaration| declaration.id).collect();
        Ok(Self {
            judged: inspection::service::judged_by(tx, &ids, person).await?,
            settlements: payment::settled_many(tx, &ids, today).await?,
            forms: clearance::service::live_numbers(tx, &of_catalogue).await?,
        })
    }

    fn must_be_free(&self, actor: &Actor, declaration: &Declaration) -> Result<(), Failure> {
        if declaration.status == Status::Conforming
            && actor.office() == Some(declaration.holder_org.as_str())
        {
            // The declarant has just chosen another office: the loser of that race is told so (domain R9).
            must_lie_here(declaration)?;
        }
        actor.must_be_of(&declaration.release_org)?;
        must_lie_here(declaration)?;
        if self.judged.contains(&declaration.id) {
            return Err(Failure::Forbidden("who signed the inspection result does not release"));
        }
        must_be_decided(declaration)?;
        Settlement::must_be_settled(self.settlements.get(&declaration.id))?;
        // Catalogue goods need a form in `ISSUED` to `WRITTEN_OFF` (domain R1).
        if declaration.kind == Kind::Catalogue && !self.forms.contains_key(&declaration.id) {
            return Err(Failure::refused(
                "declaration/no-clearance-form",
                "catalogue goods are released on a live clearance form: issue one first",
            ));
        }
        Ok(())
    }
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

/// Outbound goods are released with their form: what stands in the way of that stands in the way of the form.
pub(super) fn must_be_releasable(declaration: &Declaration) -> Result<(), Failure> {
    must_lie_here(declaration)?;
    must_be_decided(declaration)
}

/// Releases held outbound goods on the form that was just issued for them, in the same transaction (domain R1).
pub(super) async fn release_on_form(
    tx: &mut Tx,
    actor: &Actor,
    declaration: &mut Declaration,
    form: &Form,
) -> Result<(), Failure> {
    must_be_releasable(declaration)?;
    let forms = HashMap::from([(declaration.id, form.clearance_no.clone())]);
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
pub(super) async fn let_go(
    tx: &mut Tx,
    actor: &Actor,
    declarations: &mut [Declaration],
    forms: &HashMap<DeclarationId, String>,
) -> Result<(), Failure> {
    if declarations.is_empty() {
        return Ok(());
    }
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
