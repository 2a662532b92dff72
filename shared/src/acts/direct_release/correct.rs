//! At the end that issued the form: it is withdrawn and another put in its place, or the findings are explained
//! (domain 4.5). Neither asks anything of the enterprise.
use super::{
    super::{clearance_forms::must_not_have_judged, reading},
    seals::must_be_the_declared,
};
use crate::{
    clearance::{self, NewForm, State as FormState},
    declaration::{self, Declaration},
    direct_release::{
        Consignment, ConsignmentId,
        consignment::{Action, SealedContainer, State, check_sealed, compare, wire},
        service::consignment,
    },
    kernel::{Actor, Failure, Violations},
    ledger::Tx,
};

/// Holds the declaration, then the consignment: parents before children, as everywhere.
async fn hold(
    tx: &mut Tx,
    actor: &Actor,
    id: ConsignmentId,
) -> Result<(Declaration, Consignment), Failure> {
    let seen = consignment::read(tx, actor, id).await?;
    seen.must_be_issued_by(actor)?;
    let declaration = seen
        .declaration_id
        .ok_or_else(|| anyhow::anyhow!("consignment {id} of ours has no declaration"))?;
    let declaration = declaration::service::lock_many(tx, &[declaration]).await?.remove(0);
    let held = consignment::lock(tx, actor, id).await?;
    Ok((declaration, held))
}

/// A release officer withdraws the form and issues another that names these seals: somebody mistyped. The new form ends
/// no later than the old one. Customs may not have used it yet.
pub async fn correct(
    tx: &mut Tx,
    actor: &Actor,
    id: ConsignmentId,
    containers: Vec<SealedContainer>,
    reason: &str,
) -> Result<Consignment, Failure> {
    let (declaration, mut lot) = hold(tx, actor, id).await?;
    must_not_have_judged(tx, actor, declaration.id).await?;
    if !lot.state.is_correctable() {
        let detail =
            format!("the form of a consignment that is {} stays as it is", lot.state.name());
        return Err(Failure::refused("direct-consignment/wrong-state", detail));
    }
    let content = reading::current_content(tx, &declaration).await?;
    let mut wrong = Violations::default();
    check_sealed(&containers, "/containers", &mut wrong);
    must_be_the_declared(&containers, &content, &mut wrong);
    wrong.finish(Some(()))?;
    let mut old = clearance::service::live_of(tx, declaration.id).await?.ok_or_else(|| {
        Failure::refused("direct-consignment/form-expired", "it has no live form")
    })?;
    clearance::service::step(tx, actor, &mut old, FormState::Void, Some(reason)).await?;
    let form = NewForm {
        declaration_id: declaration.id,
        decl_no: declaration.number()?.to_owned(),
        lines: old.lines,
        before_result: old.before_result,
        valid_until: old.valid_until,
        remark: Some(Consignment::form_remark(lot.direction, &lot.place, &containers)),
    };
    let form = clearance::service::issue(tx, actor, form).await?;
    let former = std::mem::replace(&mut lot.clearance_no, form.clearance_no);
    lot.former.push(former);
    lot.containers = containers;
    lot.version += 1;
    if let Some(reading) = &lot.reading {
        lot.findings = compare(&lot.containers, reading);
    }
    let kind = "direct_consignment.corrected";
    consignment::note(tx, actor, &lot, kind, Some(reason))?;
    lot.remark = Some(reason.to_owned());
    consignment::save(tx, &mut lot).await?;
    consignment::tell_record(tx, &lot, wire::CORRECTED).await?;
    Ok(lot)
}

/// Explains what the other end found where no other form can be issued, customs having used it: the electronic
/// confirmation on which the other end acts (domain 4.5).
pub async fn confirm(
    tx: &mut Tx,
    actor: &Actor,
    id: ConsignmentId,
    reason: &str,
) -> Result<Consignment, Failure> {
    let (_, mut lot) = hold(tx, actor, id).await?;
    lot.state.take(Action::Resolve)?;
    lot.version += 1;
    lot.confirmation = Some(reason.to_owned());
    let kind = "direct_consignment.confirmed";
    consignment::note(tx, actor, &lot, kind, Some(reason))?;
    consignment::save(tx, &mut lot).await?;
    consignment::tell(tx, &lot, wire::CONFIRMED, reason).await?;
    Ok(lot)
}

/// Takes a lot back that has not arrived, as far as this side knows: its form is voided, and the other end is told that
/// nothing leaves on it. Customs may not have used it.
pub async fn recall(
    tx: &mut Tx,
    actor: &Actor,
    id: ConsignmentId,
    reason: &str,
) -> Result<Consignment, Failure> {
    let (declaration, mut lot) = hold(tx, actor, id).await?;
    must_not_have_judged(tx, actor, declaration.id).await?;
    if lot.state != State::Issued {
        let detail = format!("a lot that is {} is sent back by the other end", lot.state.name());
        return Err(Failure::refused("direct-consignment/wrong-state", detail));
    }
    if let Some(mut form) = clearance::service::live_of(tx, declaration.id).await? {
        clearance::service::step(tx, actor, &mut form, FormState::Void, Some(reason)).await?;
    }
    lot.version += 1;
    lot.remark = Some(reason.to_owned());
    consignment::step(tx, actor, &mut lot, Action::Recall).await?;
    consignment::tell(tx, &lot, wire::RECALLED, reason).await?;
    Ok(lot)
}
