//! What is done about goods that failed: treatment, rework, return or destruction (domain R1).
use super::{Held, hold, visit::open_round};
use crate::{
    declaration::{self, Action, Declaration, DeclarationId, Direction},
    identity::StaffId,
    inspection::{
        model::{self, Disposal, DisposalKind, Effect, Treatment, TreatmentId},
        store,
    },
    kernel::{Actor, Failure, Violations},
    ledger::Tx,
};

/// Orders a treatment (检验检疫处理通知书).
pub async fn order_treatment(
    tx: &mut Tx,
    actor: &Actor,
    id: DeclarationId,
    method: &str,
) -> Result<Declaration, Failure> {
    let mut held = hold(tx, actor, id, Action::OrderTreatment).await?;
    let treatment = Treatment {
        id: TreatmentId::mint(tx.now),
        method: method.to_owned(),
        ordered_by: held.person,
        ordered_at: tx.now,
        certificate_no: None,
        verified_by: None,
        verified_at: None,
        is_effective: None,
    };
    store::treatment::insert(tx, id, &treatment).await?;
    step(tx, actor, &mut held, Action::OrderTreatment, method).await?;
    Ok(held.declaration)
}

/// An inspector other than the one who ordered it sees what came of a treatment (domain R10).
pub async fn verify_treatment(
    tx: &mut Tx,
    actor: &Actor,
    id: DeclarationId,
    effect: Effect,
    certificate_no: &str,
) -> Result<Declaration, Failure> {
    let action = match effect {
        Effect::Effective => Action::TreatmentWorked,
        Effect::Ineffective => Action::TreatmentFailed,
    };
    let mut held = hold(tx, actor, id, action).await?;
    let open = store::treatment::all(tx, id).await?.pop().filter(|last| last.verified_at.is_none());
    let open = open.ok_or_else(|| anyhow::anyhow!("{id} has no open treatment"))?;
    if open.ordered_by == held.person {
        return Err(Failure::refused(
            "inspection/ordered-by-you",
            "who ordered a treatment cannot verify it",
        ));
    }

    let now = tx.now;
    let is_effective = effect == Effect::Effective;
    store::treatment::verify(tx, open.id, certificate_no, is_effective, held.person, now).await?;
    step(tx, actor, &mut held, action, certificate_no).await?;
    Ok(held.declaration)
}

/// Outbound goods were reworked and are inspected again, by two inspectors once more.
pub async fn rework(
    tx: &mut Tx,
    actor: &Actor,
    id: DeclarationId,
    second: StaffId,
    reason: &str,
) -> Result<Declaration, Failure> {
    let mut held = hold(tx, actor, id, Action::Rework).await?;
    if held.declaration.apl_kind != Direction::Outbound {
        return Err(Failure::refused(
            "inspection/not-outbound",
            "only outbound goods are reworked; treat, return or destroy what comes in",
        ));
    }
    open_round(tx, &held, second).await?;
    step(tx, actor, &mut held, Action::Rework, reason).await?;
    Ok(held.declaration)
}

/// The goods were sent back or destroyed, and that is proven.
pub async fn close(
    tx: &mut Tx,
    actor: &Actor,
    id: DeclarationId,
    kind: DisposalKind,
    evidence: &[String],
) -> Result<Declaration, Failure> {
    let mut held = hold(tx, actor, id, Action::ProveDisposal).await?;
    let mut violations = Violations::default();
    let evidence = model::evidence(&mut violations, "/evidence", evidence);
    let evidence = violations.finish(evidence)?;
    let disposal = Disposal { kind, evidence, proven_by: held.person, proven_at: tx.now };
    store::treatment::insert_disposal(tx, id, &disposal).await?;
    step(tx, actor, &mut held, Action::ProveDisposal, kind.name()).await?;
    Ok(held.declaration)
}

async fn step(
    tx: &mut Tx,
    actor: &Actor,
    held: &mut Held,
    action: Action,
    why: &str,
) -> Result<(), Failure> {
    declaration::service::step(tx, actor, &mut held.declaration, action, Some(why)).await
}
