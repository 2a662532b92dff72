//! The acts of the room. Each leaves the declaration in its new state; who must act next is then decided by
//! `acts::advance`.
mod consignment;
mod dossier;
mod result;
mod selection;
mod treatment;
mod visit;

use uuid::Uuid;

pub use dossier::{judged_by, read};
pub use result::sign;
pub use selection::{
    compare_again, deselect, earlier_selected_without_result, order_check, select_many,
    selection_of,
};
pub use treatment::{close, order_treatment, rework, verify_treatment};
pub use visit::{appoint, report_sample, sample, start};

use crate::{
    declaration::{self, Action, Declaration, DeclarationId},
    kernel::{Actor, Failure},
    ledger::Tx,
};

/// A case in the hands of a person of its inspecting office.
struct Held {
    declaration: Declaration,
    office: String,
    person: Uuid,
}

/// Holds the case for somebody who may take `action` on it: of the inspecting office (domain R10), which is
/// the responsible one by now (domain R9: until a handoff is accepted, only the offering office may act).
async fn hold(
    tx: &mut Tx,
    actor: &Actor,
    id: DeclarationId,
    action: Action,
) -> Result<Held, Failure> {
    let held = hold_wherever(tx, actor, id, action).await?;
    must_be_responsible(&held.declaration, &held.office)?;
    Ok(held)
}

/// The same, whoever is responsible now.
async fn hold_wherever(
    tx: &mut Tx,
    actor: &Actor,
    id: DeclarationId,
    action: Action,
) -> Result<Held, Failure> {
    let declaration = declaration::service::lock(tx, actor, id).await?;
    let office = office_of(&declaration, action)?;
    actor.must_be_of(&office)?;
    let person = actor.person()?;
    declaration.status.take(action)?;
    Ok(Held { declaration, office, person })
}

/// The inspecting office; before one is assigned there is nothing to inspect.
fn office_of(declaration: &Declaration, action: Action) -> Result<String, Failure> {
    declaration.insp_org.clone().ok_or_else(|| {
        let detail = format!("cannot {} a declaration without an inspecting office", action.verb());
        Failure::refused("declaration/wrong-status", detail)
    })
}

fn must_be_responsible(declaration: &Declaration, office: &str) -> Result<(), Failure> {
    if declaration.holder_org == office {
        return Ok(());
    }
    Err(Failure::refused(
        "inspection/not-responsible",
        format!("{} is responsible until your office accepts the handoff", declaration.holder_org),
    ))
}
