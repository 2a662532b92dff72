//! Seeing the goods: appointment, start, samples and what the laboratory says.
use super::{Held, consignment::Consignment, hold, office_of};
use crate::{
    declaration::{self, Action, Declaration, DeclarationId},
    identity::{self, staff::StaffState},
    inspection::{
        event,
        model::{
            Appointment, AppointmentDraft, AppointmentId, Conformity, InspectionId, Round, Sample,
            SampleDrafts, SampleId, SampleInput,
        },
        store,
    },
    kernel::{Actor, Failure, Role, Violations, calendar},
    ledger::Tx,
};

/// Fixes when and where the goods can be seen: the declarant for its own case, or an inspector once the
/// inspecting office is responsible. The last appointment made is the one that counts.
pub async fn appoint(
    tx: &mut Tx,
    actor: &Actor,
    id: DeclarationId,
    draft: AppointmentDraft,
) -> Result<Declaration, Failure> {
    let mut declaration = declaration::service::lock(tx, actor, id).await?;
    if actor.reg_no().is_none() {
        let office = office_of(&declaration, Action::StartInspection)?;
        actor.must_be_of(&office)?;
        super::must_be_responsible(&declaration, &office)?;
    }
    declaration.status.take(Action::StartInspection)?;

    let appointment = Appointment {
        id: AppointmentId::mint(tx.now),
        place: draft.place,
        slot_from: draft.slot_from,
        slot_to: draft.slot_to,
        made_by: actor.organisation().to_owned(),
        made_at: tx.now,
    };
    store::visit::insert_appointment(tx, id, &appointment).await?;
    declaration::service::save(tx, &mut declaration).await?;
    tx.record(actor, &event::Appointed { declaration: id, appointment: appointment.id })?;
    Ok(declaration)
}

/// Two inspectors go to see the goods: the one who asks, and a second of the same office.
pub async fn start(
    tx: &mut Tx,
    actor: &Actor,
    id: DeclarationId,
    second: identity::StaffId,
) -> Result<Declaration, Failure> {
    let mut held = hold(tx, actor, id, Action::StartInspection).await?;
    let consignment = Consignment::of(tx, &held.declaration).await?;
    if consignment.needs_appointment(held.declaration.apl_kind)
        && !store::visit::is_appointed(tx, id).await?
    {
        return Err(Failure::refused(
            "inspection/appointment-missing",
            "a container that comes in is seen by appointment: say where and when first",
        ));
    }
    open_round(tx, &held, second).await?;
    let why = Some("two inspectors see the goods");
    declaration::service::step(tx, actor, &mut held.declaration, Action::StartInspection, why)
        .await?;
    Ok(held.declaration)
}

/// Begins a round with both inspectors.
pub(super) async fn open_round(
    tx: &mut Tx,
    held: &Held,
    second: identity::StaffId,
) -> Result<(), Failure> {
    must_be_another_inspector(tx, held, second).await?;
    let round = Round {
        id: InspectionId::mint(tx.now),
        round: store::visit::next_round(tx, held.declaration.id).await?,
        insp_org: held.office.clone(),
        inspectors: vec![held.person, second.0],
        started_at: tx.now,
        verdict: None,
        decided_at: None,
    };
    store::visit::insert_round(tx, held.declaration.id, &round).await?;
    Ok(())
}

async fn must_be_another_inspector(
    tx: &mut Tx,
    held: &Held,
    second: identity::StaffId,
) -> Result<(), Failure> {
    let mut violations = Violations::default();
    let pointer = "/second_inspector";
    if second.0 == held.person {
        let message_en = "Two different inspectors see the goods";
        violations.error(pointer, "same-inspector", "应由两名不同的检验检疫人员施检", message_en);
    } else if !is_active_inspector(tx, second, &held.office).await? {
        let message_en = "No active inspector of your office";
        violations.error(pointer, "not-an-inspector", "不是本机构在职施检人员", message_en);
    }
    Ok(violations.finish(Some(()))?)
}

async fn is_active_inspector(
    tx: &mut Tx,
    who: identity::StaffId,
    office: &str,
) -> Result<bool, Failure> {
    match identity::service::staff::get(tx, who).await {
        Ok(staff) => Ok(staff.state == StaffState::Active
            && staff.organisation_code == office
            && staff.roles.as_slice().contains(&Role::Inspector)),
        Err(Failure::Missing(_)) => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// Takes samples (采样); each gets its receipt. The declaration waits for the laboratory.
pub async fn sample(
    tx: &mut Tx,
    actor: &Actor,
    id: DeclarationId,
    samples: Vec<SampleInput>,
) -> Result<Declaration, Failure> {
    let mut held = hold(tx, actor, id, Action::Sample).await?;
    let round = current_round(tx, &held).await?;
    let lines = Consignment::of(tx, &held.declaration).await?.lines();
    let SampleDrafts(drafts) = SampleDrafts::parse(samples, &lines)?;

    let receipts = receipt_numbers(tx, &held.office, drafts.len()).await?;
    for (draft, receipt_no) in drafts.into_iter().zip(receipts) {
        let sample = Sample {
            id: SampleId::mint(tx.now),
            inspection_id: round.id,
            receipt_no,
            goods_no: draft.goods_no,
            quantity: draft.quantity,
            laboratory: draft.laboratory,
            taken_by: held.person,
            taken_at: tx.now,
            result: None,
            result_detail: None,
            reported_by: None,
            reported_at: None,
        };
        store::visit::insert_sample(tx, &sample).await?;
    }
    let why = Some("samples went to the laboratory");
    declaration::service::step(tx, actor, &mut held.declaration, Action::Sample, why).await?;
    Ok(held.declaration)
}

/// Receipts (采样凭单) are numbered `SR` + office + day + a number of their own.
async fn receipt_numbers(tx: &mut Tx, office: &str, count: usize) -> Result<Vec<String>, Failure> {
    let count = i32::try_from(count).map_err(anyhow::Error::from)?;
    let day = calendar::day_of(tx.now).format("%Y%m%d");
    let numbers = store::visit::take_receipts(tx, count).await?;
    Ok(numbers.into_iter().map(|number| format!("SR{office}{day}{number:06}")).collect())
}

/// The laboratory's word on one sample. When it was the last one out, the inspection goes on.
pub async fn report_sample(
    tx: &mut Tx,
    actor: &Actor,
    id: DeclarationId,
    sample: SampleId,
    result: Conformity,
    detail: &str,
) -> Result<Declaration, Failure> {
    let mut held = hold(tx, actor, id, Action::ReportSample).await?;
    let round = current_round(tx, &held).await?;
    let samples = store::visit::samples(tx, &[round.id.0]).await?;
    let reported = samples.iter().find(|one| one.id == sample).ok_or(Failure::Missing("sample"))?;
    if reported.result.is_some() {
        return Err(Failure::refused(
            "inspection/sample-reported",
            format!("{} was reported on already", reported.receipt_no),
        ));
    }

    let now = tx.now;
    store::visit::report_sample(tx, sample, result, detail, held.person, now).await?;
    let still_out = samples.iter().any(|other| other.id != sample && other.result.is_none());
    if still_out {
        declaration::service::save(tx, &mut held.declaration).await?;
        tx.record(actor, &event::SampleReported { declaration: id, sample })?;
    } else {
        let why = Some("the laboratory reported on every sample");
        let action = Action::ReportSample;
        declaration::service::step(tx, actor, &mut held.declaration, action, why).await?;
    }
    Ok(held.declaration)
}

/// The round under way; the acting inspector takes part in it.
pub(super) async fn current_round(tx: &mut Tx, held: &Held) -> Result<Round, Failure> {
    let round = store::visit::open_round(tx, held.declaration.id).await?;
    let round =
        round.ok_or_else(|| anyhow::anyhow!("{} has no open round", held.declaration.id))?;
    if round.inspectors.contains(&held.person) {
        return Ok(round);
    }
    Err(Failure::Forbidden("only the inspectors of this round may do that"))
}
