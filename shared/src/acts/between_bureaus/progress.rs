//! What is done with a case that visits, told to its own bureau, and followed there step by step.
//!
//! Only the inspecting office writes results (invariant 13): what its bureau tells is taken over as it is, once, in its
//! order, and only while the case lies with that bureau.
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Known,
    payload::{self, PROGRESSED, Progressed},
    tell::say,
};
use crate::{
    acts::judge::void_unused_form,
    declaration::{
        self, Action, Declaration, DeclarationId, Status,
        holder::{are_of_one_bureau, bureau_of},
    },
    exchange::Message,
    inspection,
    kernel::{Actor, Failure},
    ledger::{Event, Tx},
};

/// What an inspecting office does with a case that visits it.
const FOLLOWED: [Action; 11] = [
    Action::OrderCheck,
    Action::Deselect,
    Action::StartInspection,
    Action::Sample,
    Action::ReportSample,
    Action::Pass,
    Action::Fail,
    Action::OrderTreatment,
    Action::TreatmentWorked,
    Action::TreatmentFailed,
    Action::ProveDisposal,
];

/// Tells its own bureau what this act did with a case that visits. The case is held, and lies here.
pub(in crate::acts) async fn tell_home(
    tx: &mut Tx,
    declaration: &Declaration,
) -> Result<(), Failure> {
    if !declaration.is_visiting() {
        return Ok(());
    }
    let followed: Vec<_> = FOLLOWED.iter().map(|action| action.event()).collect();
    let taken: Vec<_> = tx
        .steps_of(declaration.id.0)
        .filter(|step| followed.contains(&step.kind))
        .map(|step| (step.kind, step.previous.to_owned(), step.reason.map(str::to_owned)))
        .collect();
    if taken.is_empty() {
        return Ok(());
    }
    let generation = Known::of(tx, declaration).await?.side.generation();
    for (act, previous, reason) in taken {
        let decides = [Action::Pass.event(), Action::Fail.event()].contains(&act);
        let progressed = Progressed {
            generation,
            act: act.to_owned(),
            from: serde_json::from_value(Value::String(previous))?,
            to: declaration.status,
            at: tx.now,
            office: declaration.holder_org.clone(),
            reason,
            result: if decides { Some(result_of(tx, declaration.id).await?) } else { None },
        };
        let home = bureau_of(&declaration.decl_org);
        say(tx, home, PROGRESSED, declaration.id, &progressed).await?;
    }
    Ok(())
}

/// What the two signatures of the last round say.
async fn result_of(tx: &mut Tx, id: DeclarationId) -> Result<payload::Result, Failure> {
    let (_, dossier) = inspection::service::read(tx, &Actor::system(), id).await?;
    let round = dossier.rounds.iter().rev().find(|round| round.verdict.is_some());
    let round = round.ok_or_else(|| anyhow::anyhow!("{id} has no result"))?;
    let signed: Vec<_> = dossier
        .signatures
        .iter()
        .filter(|one| one.inspection_id == round.id && Some(one.judgement.verdict) == round.verdict)
        .collect();
    let last = signed.last().ok_or_else(|| anyhow::anyhow!("{id} has an unsigned result"))?;
    Ok(payload::Result {
        round: round.round,
        signatures: i32::try_from(signed.len()).unwrap_or(i32::MAX),
        verdict: last.judgement.verdict,
        code: last.judgement.code,
        findings: last.judgement.findings.clone(),
    })
}

/// `handoff.progressed`: follows a step that was taken with a case of ours.
pub(in crate::acts) async fn follow(tx: &mut Tx, message: &Message) -> Result<Value, Failure> {
    let told = Progressed::deserialize(&message.payload)?;
    let id = DeclarationId(message.correlation_id);
    let known = declaration::service::lock_if_known(tx, id).await?;
    let mut declaration = known
        .filter(|case| !case.is_visiting() && are_of_one_bureau(&case.holder_org, &message.sender))
        .filter(|case| !case.lies_here())
        .ok_or(Failure::Missing("case"))?;
    let generation = Known::of(tx, &declaration).await?.side.generation();
    let action = FOLLOWED.iter().find(|action| {
        action.event() == told.act && declaration.status.after(**action) == Some(told.to)
    });
    let is_next = generation == told.generation && declaration.status == told.from;
    let Some(&action) = action.filter(|_| is_next) else {
        return Err(Failure::refused(
            "handoff/out-of-step",
            format!("{} does not follow on {}", told.act, declaration.status.name()),
        ));
    };
    declaration::service::follow(&mut declaration, action, told.reason.as_deref())?;
    declaration::service::save(tx, &mut declaration).await?;
    let actor = Actor::partner(&message.sender);
    tx.record(&actor, &Followed { declaration: id, action, told: &told })?;
    if declaration.status == Status::NonConforming {
        void_unused_form(tx, &actor, &declaration).await?;
    }
    Ok(json!({ "outcome": declaration.status.name() }))
}

/// A step that another bureau took with a case of ours, in the timeline of both.
#[derive(Serialize)]
struct Followed<'a> {
    #[serde(skip)]
    declaration: DeclarationId,
    #[serde(skip)]
    action: Action,
    #[serde(flatten)]
    told: &'a Progressed,
}

impl Event for Followed<'_> {
    const KIND: &'static str = "handoff.progressed";

    fn kind(&self) -> &'static str {
        self.action.event()
    }

    fn subject(&self) -> Uuid {
        self.declaration.0
    }

    fn step(&self) -> Option<(&str, &str)> {
        Some((self.told.from.name(), self.told.to.name()))
    }

    fn reason(&self) -> Option<&str> {
        self.told.reason.as_deref()
    }
}
