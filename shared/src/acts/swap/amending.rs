//! Amending goods that came with a transfer, at the port (domain 4.4 rule 3, R13): alone where the rule gives it to the
//! port, with the origin's agreement otherwise, never once customs has used the form.
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::{
    super::{
        Receipt, advance,
        amend::same_categories,
        exemption::{Consignment, Exemption},
        reading::{self, People},
        resubmit::{must_be_the_same_case, restate},
    },
    claim,
    follow::CLASS,
    hear::{ignored, spoken_of},
    hold, swapping, tell,
};
use crate::{
    clearance::{self, Form, State as FormState},
    declaration::{
        self, Action as CaseAction, Amendment, AmendmentId, AmendmentState, Cause, Content,
        Declaration, Direction, Status,
        event::{AmendmentApproved, AmendmentReferred, AmendmentRefused},
        parse::{self, Submission},
        rules::Review,
    },
    exchange::Message,
    inspection::{self, Comparison},
    kernel::{Actor, Failure, Refusal, Severity, Violation, Violations},
    ledger::Tx,
    reference::Books,
    swap::{
        self, Handling, Side, State, Transfer, Weighed, exclusions,
        message::{AmendmentAsked, AmendmentDecided, AmendmentSettled},
        weigh,
    },
};

/// The transfer that this held declaration claimed; held too.
pub(in crate::acts) async fn claimed_by(
    tx: &mut Tx,
    declaration: &Declaration,
) -> Result<Option<Transfer>, Failure> {
    if declaration.apl_kind != Direction::Outbound || declaration.decl_code != CLASS {
        return Ok(None);
    }
    match swap::service::of_declaration(tx, declaration.id).await? {
        Some(seen) if seen.side == Side::Port => Ok(Some(swap::service::lock(tx, seen.id).await?)),
        _ => Ok(None),
    }
}

/// A wish that may be granted, by the port or together with the origin.
pub(in crate::acts) struct Wish {
    weighed: Weighed,
    /// The live form, which granting it will void.
    form: Option<Form>,
    people: People,
    review: Review,
}

/// Nothing stands in the way that nobody could agree to.
pub(in crate::acts) async fn must_be_amendable(
    tx: &mut Tx,
    books: &Books,
    declaration: &Declaration,
    transfer: &Transfer,
    submission: &Submission,
) -> Result<Wish, Failure> {
    must_be_the_same_case(declaration, submission)?;
    let form = must_be_open(tx, declaration, transfer).await?;
    let today = tx.today();
    let before = reading::current_content(tx, declaration).await?;
    let weighed = weigh(
        &transfer.content,
        &serde_json::to_value(&before)?,
        &serde_json::to_value(&submission.content)?,
        |old, new| same_categories(books, old, new, today),
    );
    if !weighed.objections.is_empty() {
        return Err(weighed.objections.into());
    }
    let excluded = exclusions(&submission.content, Handling::default(), "");
    if !excluded.is_empty() {
        let refusal = Refusal::new("transfer/excluded", "goods like these are never swapped");
        return Err(Refusal { violations: excluded, ..refusal }.into());
    }
    let people = People::of(tx, &[&before, &submission.content], today).await?;
    let review = people.review(&submission.content, books, today);
    must_bring_no_errors(&people.review(&before, books, today), &review)?;
    Ok(Wish { weighed, form, people, review })
}

/// Claimed and not over, and customs has not used its form. Returns the live form.
async fn must_be_open(
    tx: &mut Tx,
    declaration: &Declaration,
    transfer: &Transfer,
) -> Result<Option<Form>, Failure> {
    if !transfer.state.is_claimed() || transfer.valid_until < tx.today() {
        let detail = format!(
            "a transfer that is {} and valid until {} is not amended",
            transfer.state.name(),
            transfer.valid_until
        );
        return Err(Failure::refused("transfer/wrong-state", detail));
    }
    let form = clearance::service::live_of(tx, declaration.id).await?;
    match &form {
        Some(form) if form.state.is_annotated() => Err(Failure::refused(
            "clearance-form/annotated",
            "customs has used its clearance form: nothing can be amended any more",
        )),
        None if transfer.state == State::Swapped => Err(Failure::refused(
            "declaration/no-clearance-form",
            "its clearance form is no longer live: there is nothing to issue anew",
        )),
        _ => Ok(form),
    }
}

/// What was claimed was never filed as a declaration: only errors that are new count.
fn must_bring_no_errors(before: &Review, after: &Review) -> Result<(), Refusal> {
    let is_known = |new: &Violation| {
        let mut known = before.findings.iter();
        known.any(|old| old.pointer == new.pointer && old.code == new.code)
    };
    let mut violations = Violations::default();
    for found in after.findings.iter().filter(|found| found.severity == Severity::Error) {
        if !is_known(found) {
            violations.push(found.clone());
        }
    }
    if violations.is_empty() {
        return Ok(());
    }
    let detail = "the amended declaration would not be accepted";
    Err(Refusal { violations, ..Refusal::new("amendment/defective", detail) })
}

/// The port's officer agrees: made at once where that is enough, else the origin is asked.
pub(in crate::acts) async fn approve(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    (declaration, amendment, mut transfer): (Declaration, Amendment, Transfer),
    submission: &Submission,
) -> Result<Declaration, Failure> {
    if amendment.state != AmendmentState::Requested {
        let detail = "the origin has been asked, or it is decided already: wait for its word";
        return Err(Failure::refused("amendment/already-decided", detail));
    }
    let wish = must_be_amendable(tx, books, &declaration, &transfer, submission).await?;
    if !wish.weighed.needs_origin {
        let case = (declaration, amendment, transfer);
        return apply(tx, books, actor, case, (submission, wish)).await;
    }
    let mut amendment = amendment;
    amendment.refer()?;
    declaration::service::settle_amendment(tx, &amendment).await?;
    let referred =
        AmendmentReferred { declaration: declaration.id, reason: None, amendment: amendment.id };
    tx.record(actor, &referred)?;
    transfer.port_version += 1;
    swap::service::save(tx, &mut transfer).await?;
    let why = Some(amendment.reason.as_str());
    swap::service::note(tx, actor, &transfer, "transfer.amendment_asked", why)?;
    let asked = AmendmentAsked {
        transfer_no: transfer.transfer_no.clone(),
        version: transfer.port_version,
        amendment: amendment.id.0,
        reason: amendment.reason,
        changes: wish.weighed.changes,
    };
    tell(tx, &transfer, "transfer.amendment_asked", serde_json::to_value(asked)?).await?;
    Ok(declaration)
}

/// Makes the wish the next version. A form that was issued is void and issued anew, within the same days.
async fn apply(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    (mut declaration, mut amendment, mut transfer): (Declaration, Amendment, Transfer),
    (submission, wish): (&Submission, Wish),
) -> Result<Declaration, Failure> {
    let Wish { weighed, form, people, review } = wish;
    amendment.decide(AmendmentState::Approved, actor, tx.now, None)?;
    declaration.version += 1;
    restate(&mut declaration, &review);
    if let Some(mut form) = form {
        clearance::service::step(tx, actor, &mut form, FormState::Void, Some("amended")).await?;
    }
    if transfer.state == State::Swapped {
        let case = (&declaration, &transfer);
        let anew = swapping::form(books, tx.today(), case, &submission.content)?;
        let form = clearance::service::issue(tx, &Actor::system(), anew).await?;
        transfer.clearance_no = Some(form.clearance_no);
        transfer.form_valid_until = Some(form.valid_until);
    } else {
        let case = (&mut declaration, &transfer);
        draw_again(tx, books, actor, case, (&submission.content, &people, &review)).await?;
    }
    declaration::service::save(tx, &mut declaration).await?;
    let receipt = Receipt::of(&declaration, tx.now, None, Violations::default());
    declaration::service::keep_versions(tx, &[receipt.kept(submission, Cause::Amended)?]).await?;
    declaration::service::settle_amendment(tx, &amendment).await?;
    let approved = AmendmentApproved {
        declaration: declaration.id,
        reason: None,
        amendment: amendment.id,
        version: declaration.version,
    };
    tx.record(actor, &approved)?;
    settle(tx, actor, &mut transfer, &amendment, Outcome::Applied(weighed.changes)).await?;
    advance(tx, books, actor, &declaration).await?;
    Ok(declaration)
}

/// A raised rate is compared with the same draw, as long as there is no form (domain R3).
async fn draw_again(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    (declaration, transfer): (&mut Declaration, &Transfer),
    (content, people, review): (&Content, &People, &Review),
) -> Result<(), Failure> {
    let today = tx.today();
    let consignment = Consignment {
        people,
        content,
        facts: &review.facts,
        bureau: &transfer.origin_bureau,
        reg_no: &transfer.reg_no,
    };
    let exemption = Exemption::of(tx, books, &consignment).await?;
    let inputs = claim::inputs(books, &review.facts, &exemption, today);
    let compared = inspection::service::compare_again(tx, actor, declaration, &inputs).await?;
    let Comparison::Raised { selects, is_mandatory } = compared else { return Ok(()) };
    declaration.is_mandatory |= is_mandatory;
    if selects && declaration.status == Status::Conforming {
        let why = Some("the amendment raised the rate above the draw");
        let event = declaration::service::take(declaration, CaseAction::OrderCheck, why)?;
        tx.record(&Actor::system(), &event)?;
    }
    Ok(())
}

/// What the origin is told in the end.
enum Outcome {
    Applied(Vec<swap::Change>),
    Dropped(String),
}

async fn settle(
    tx: &mut Tx,
    actor: &Actor,
    transfer: &mut Transfer,
    amendment: &Amendment,
    outcome: Outcome,
) -> Result<(), Failure> {
    transfer.port_version += 1;
    swap::service::save(tx, transfer).await?;
    let (is_applied, kind, reason, changes) = match outcome {
        Outcome::Applied(changes) => (true, "transfer.amended", None, changes),
        Outcome::Dropped(why) => (false, "transfer.amendment_dropped", Some(why), Vec::new()),
    };
    swap::service::note(tx, actor, transfer, kind, reason.as_deref())?;
    let settled = AmendmentSettled {
        transfer_no: transfer.transfer_no.clone(),
        version: transfer.port_version,
        amendment: amendment.id.0,
        is_applied,
        clearance_no: transfer.clearance_no.clone(),
        valid_until: transfer.form_valid_until,
        reason,
        changes,
    };
    tell(tx, transfer, "transfer.amendment_settled", serde_json::to_value(settled)?).await?;
    Ok(())
}

/// A wish that lay with the origin is over: declarant or officer gave it up here.
pub(in crate::acts) async fn drop_asked(
    tx: &mut Tx,
    actor: &Actor,
    declaration: &Declaration,
    amendment: &Amendment,
    reason: &str,
) -> Result<(), Failure> {
    let Some(mut transfer) = claimed_by(tx, declaration).await? else { return Ok(()) };
    settle(tx, actor, &mut transfer, amendment, Outcome::Dropped(reason.to_owned())).await
}

/// `transfer.amendment_decided` at the port: what the origin agreed to is made, if it still can be.
pub(in crate::acts) async fn hear_decided(
    tx: &mut Tx,
    books: &Books,
    message: &Message,
) -> Result<Value, Failure> {
    let said = AmendmentDecided::deserialize(&message.payload)?;
    let seen = spoken_of(tx, message, Side::Port, &said.transfer_no).await?;
    let (declaration, mut transfer) = hold(tx, seen.id).await?;
    if said.version <= transfer.origin_version {
        return Ok(ignored("the version is not newer"));
    }
    transfer.origin_version = said.version;
    swap::service::save(tx, &mut transfer).await?;
    let Some(declaration) = declaration else { return Ok(ignored("not claimed")) };
    let amendment = declaration::service::lock_amendment(tx, AmendmentId(said.amendment)).await?;
    let is_asked =
        amendment.declaration_id == declaration.id && amendment.state == AmendmentState::WithOrigin;
    if !is_asked {
        return Ok(ignored("nothing is asked"));
    }
    let partner = Actor::partner(&message.sender);
    let kind =
        if said.is_agreed { "transfer.amendment_agreed" } else { "transfer.amendment_refused" };
    swap::service::note(tx, &partner, &transfer, kind, Some(&said.reason))?;
    if !said.is_agreed {
        refuse(tx, &partner, &declaration, amendment, &said.reason).await?;
        return Ok(json!({ "refused": true }));
    }
    let submission = parse::from_value(&amendment.content)
        .map_err(|wrong| anyhow::anyhow!("a stored wish cannot be read: {wrong:?}"))?;
    if amendment.base_version != declaration.version {
        return Err(anyhow::anyhow!("{} was amended while it was asked", declaration.id).into());
    }
    match must_be_amendable(tx, books, &declaration, &transfer, &submission).await {
        Ok(wish) => {
            let case = (declaration, amendment, transfer);
            apply(tx, books, &partner, case, (&submission, wish)).await?;
            Ok(json!({ "applied": true }))
        }
        Err(Failure::Fault(error)) => Err(Failure::Fault(error)),
        Err(late) => {
            let why = late.to_string();
            let system = Actor::system();
            refuse(tx, &system, &declaration, amendment.clone(), &why).await?;
            let dropped = Outcome::Dropped(why.clone());
            settle(tx, &system, &mut transfer, &amendment, dropped).await?;
            Ok(json!({ "not_applied": why }))
        }
    }
}

async fn refuse(
    tx: &mut Tx,
    actor: &Actor,
    declaration: &Declaration,
    mut amendment: Amendment,
    reason: &str,
) -> Result<(), Failure> {
    amendment.decide(AmendmentState::Refused, actor, tx.now, Some(reason))?;
    declaration::service::settle_amendment(tx, &amendment).await?;
    let (declaration, reason) = (declaration.id, Some(reason.to_owned()));
    tx.record(actor, &AmendmentRefused { declaration, reason, amendment: amendment.id })?;
    Ok(())
}
