//! Officers and inspectors who stand in (联调替身): in test mode, for a declarant who wants to see what a result does.
mod bureau;

pub use bureau::{
    CaseWord, ConsignmentWord, Found, Stage, TransferWord, play_bureau, play_bureau_of_case,
    play_bureau_of_consignment, play_finding,
};

use chrono::Duration;

use super::{Desk, WantedForm, accept, advance, issue_clearance_form, release, sign_result};
use crate::{
    declaration::{self, Action, Declaration, DeclarationId, Status},
    identity::{self, StaffId},
    inspection::{self, AppointmentDraft, Fault, Finding, Judgement, Verdict},
    kernel::{Actor, Failure},
    ledger::Tx,
    reference::Books,
    rehearsal::{self, Scenario},
};

/// Two who stand in at the inspecting office see a case of the caller's own and sign. Without a verdict they find what
/// the caller asked for with the filing. They act under the rules of real inspectors.
pub async fn play_inspectors(
    tx: &mut Tx,
    books: &Books,
    caller: &Actor,
    id: DeclarationId,
    verdict: Option<Verdict>,
) -> Result<(), Failure> {
    let declaration = declaration::service::read(tx, caller, id).await?;
    declaration.status.take(Action::StartInspection)?;
    let office = declaration.insp_org.clone().ok_or(Failure::Missing("inspecting office"))?;
    let one = identity::service::staff::stand_in(tx, &office, 1).await?;
    let other = identity::service::staff::stand_in(tx, &office, 2).await?;
    let verdict = match verdict {
        Some(verdict) => verdict,
        None => asked(tx, id).await?,
    };
    let version = declaration::service::version(tx, id, declaration.version).await?;
    let judgement = judgement(&version.content, verdict);

    let (from, to) = (tx.now + Duration::hours(1), tx.now + Duration::hours(2));
    let slot = AppointmentDraft::parse("联调场地", from, to, tx.now)?;
    inspection::service::appoint(tx, &one, id, slot).await?;
    let started = inspection::service::start(tx, &one, id, StaffId(other.person()?)).await?;
    advance(tx, books, &one, &started).await?;
    sign_result(tx, books, &one, id, judgement.clone()).await?;
    sign_result(tx, books, &other, id, judgement).await?;
    Ok(())
}

async fn asked(tx: &mut Tx, id: DeclarationId) -> Result<Verdict, Failure> {
    let asked = rehearsal::service::about(tx, &id.to_string()).await?;
    Ok(if asked == Some(Scenario::InspectionFailed) { Verdict::Fail } else { Verdict::Pass })
}

fn judgement(content: &serde_json::Value, verdict: Verdict) -> Judgement {
    let lines = content["goods"].as_array().map(Vec::as_slice).unwrap_or_default();
    let numbers = lines.iter().filter_map(|line| i32::try_from(line["goods_no"].as_i64()?).ok());
    let has_failed = verdict == Verdict::Fail;
    Judgement {
        verdict,
        findings: numbers.map(|goods_no| Finding { goods_no, verdict, remark: None }).collect(),
        code: has_failed.then_some(Fault::Pest),
        evidence: has_failed.then(|| "联调照片 1".to_owned()).into_iter().collect(),
    }
}

/// Whoever has a case of the caller's own does what is theirs to do, as officers would whom all is well with: accept,
/// inspect, issue the form, release. What waits for the declarant, the bank or another office stays where it is, so this is
/// asked again until the case is where it should be.
pub async fn play_officers(
    tx: &mut Tx,
    desk: &Desk,
    caller: &Actor,
    id: DeclarationId,
) -> Result<Declaration, Failure> {
    let mut declaration = declaration::service::read(tx, caller, id).await?;
    while step(tx, desk, caller, &declaration).await? {
        declaration = declaration::service::read(tx, caller, id).await?;
    }
    Ok(declaration)
}

/// One act of whoever has the case; false where there is none.
async fn step(
    tx: &mut Tx,
    desk: &Desk,
    caller: &Actor,
    declaration: &Declaration,
) -> Result<bool, Failure> {
    let id = declaration.id;
    // The first two may have signed its result; who has does not release.
    let holder = identity::service::staff::stand_in(tx, &declaration.holder_org, 3).await?;
    match declaration.status {
        Status::ManualReview => is_done(accept(tx, desk, &holder, id).await),
        Status::Selected => is_done(play_inspectors(tx, &desk.books, caller, id, None).await),
        Status::Conforming => {
            let wanted = WantedForm { declaration: id, lines: Vec::new() };
            // Goods outside the catalogue need none, and one that is there is enough.
            is_done(issue_clearance_form(tx, &desk.books, &holder, wanted).await)?;
            is_done(release(tx, &holder, id).await)
        }
        _ => Ok(false),
    }
}

/// Whether it was done. What the state of things forbids is not done now.
fn is_done<T>(act: Result<T, Failure>) -> Result<bool, Failure> {
    match act {
        Ok(_) => Ok(true),
        Err(Failure::Refused(_) | Failure::Forbidden(_)) => Ok(false),
        Err(failure) => Err(failure),
    }
}
