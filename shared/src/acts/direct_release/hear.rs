//! What the two sides of a consignment tell each other, as it takes effect. What is not newer than what is known is
//! acknowledged and ignored; nobody speaks of what stands on no end of theirs.
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::{
    direct_release::{
        Consignment, ConsignmentId, Direction,
        consignment::{
            Action, FurtherCheck, State, compare,
            wire::{self, Consigned, Reported, Said},
        },
        service::consignment,
    },
    exchange::Message,
    kernel::{Actor, Failure},
    ledger::Tx,
    reference::{Books, DirectList},
};

fn ignored() -> Value {
    json!({ "ignored": "the version is not newer" })
}

fn not_own(detail: &'static str) -> Failure {
    Failure::refused("direct-consignment/subject-not-own", detail)
}

/// `direct.consigned` and `direct.corrected`, at the end that checks.
pub(in crate::acts) async fn consigned(
    tx: &mut Tx,
    books: &Books,
    message: &Message,
) -> Result<Value, Failure> {
    let said = Consigned::deserialize(&message.payload)?;
    let today = tx.today();
    let bureau_of = |office| books.office(office, today).map(|one| one.direct_bureau.to_string());
    if bureau_of(&said.issuing_org).is_none_or(|bureau| bureau != message.sender) {
        return Err(not_own("the form is of no office of the bureau that says so"));
    }
    if bureau_of(&said.checking_org).is_none() {
        return Err(not_own("no such office of this bureau"));
    }
    must_be_listed(books, &said, today)?;
    let partner = Actor::partner(&message.sender);
    let Some(mut known) =
        consignment::lock_of_partner(tx, &message.sender, said.first_no()).await?
    else {
        if message.kind != wire::CONSIGNED {
            return Err(not_own("no consignment of that bureau"));
        }
        let arrives = new(tx, message, said);
        let id = arrives.id;
        consignment::insert(tx, &partner, &arrives, "direct_consignment.received").await?;
        consignment::promise_chase(tx, &arrives)?;
        return Ok(json!({ "consignment": id }));
    };
    if known.issuing_partner.as_deref() != Some(message.sender.as_str()) {
        return Err(not_own("this consignment was issued elsewhere"));
    }
    if said.version <= known.version {
        return Ok(ignored());
    }
    let reason = said.reason.clone();
    go_on_another_form(&mut known, said);
    if known.state.is_correctable() {
        let kind = "direct_consignment.corrected";
        consignment::note(tx, &partner, &known, kind, reason.as_deref())?;
        consignment::save(tx, &mut known).await?;
    } else {
        // Both keep the same record, and the other side learns what was read.
        let kind = "direct_consignment.corrected_late";
        come_too_late(tx, &partner, &mut known, kind, reason.as_deref()).await?;
    }
    Ok(json!({ "consignment": known.id, "version": known.version, "state": known.state }))
}

/// What the issuing side said crossed the last word of this one: it moves nothing, and the last word is said again.
async fn come_too_late(
    tx: &mut Tx,
    partner: &Actor,
    known: &mut Consignment,
    kind: &'static str,
    reason: Option<&str>,
) -> Result<(), Failure> {
    tracing::warn!(consignment.id = %known.id, state = known.state.name(), kind, "said too late");
    consignment::note(tx, partner, known, kind, reason)?;
    consignment::report(tx, known).await
}

fn go_on_another_form(known: &mut Consignment, said: Consigned) {
    known.version = said.version;
    known.clearance_no = said.clearance_no;
    known.former = said.former;
    known.goods = said.goods;
    known.containers = said.containers;
    known.valid_until = said.valid_until;
    if let Some(reading) = &known.reading {
        known.findings = compare(&known.containers, reading);
    }
}

/// The receiver looks into its own books, whatever the sender thinks (invariant 10).
fn must_be_listed(
    books: &Books,
    said: &Consigned,
    today: chrono::NaiveDate,
) -> Result<(), Failure> {
    let country = said.destination_country.as_deref().unwrap_or_default();
    let goes = |hs: &str| match said.direction {
        Direction::Export => {
            books.is_listed(DirectList::ExportAllowed, hs, today)
                && !books.wants_port_certificate(country, hs, today)
        }
        Direction::Import => !books.is_listed(DirectList::ImportExcluded, hs, today),
    };
    match said.goods.iter().find(|line| !goes(&line.hs_code)) {
        Some(line) => Err(Failure::refused(
            "direct-consignment/excluded",
            format!("goods of HS {} never go directly", line.hs_code),
        )),
        None => Ok(()),
    }
}

fn new(tx: &Tx, message: &Message, said: Consigned) -> Consignment {
    Consignment {
        id: ConsignmentId::mint(tx.now),
        direction: said.direction,
        clearance_no: said.clearance_no,
        former: said.former,
        declaration_id: None,
        declarant: None,
        reg_no: said.reg_no,
        issuing_org: said.issuing_org,
        issuing_partner: Some(message.sender.clone()),
        checking_org: said.checking_org,
        checking_partner: None,
        place: said.place,
        destination_country: said.destination_country,
        goods: said.goods,
        containers: said.containers,
        valid_until: said.valid_until,
        issued_at: said.issued_at,
        due_on: said.due_on,
        arrival_decl_no: None,
        state: State::Issued,
        version: said.version,
        report_version: 0,
        first: None,
        reading: None,
        checked_at: None,
        findings: Vec::new(),
        further: None,
        confirmation: None,
        notice_id: None,
        remark: None,
        chased_at: None,
        updated_at: tx.now,
    }
}

/// `direct.confirmed`, at the end that checks.
pub(in crate::acts) async fn confirmed(tx: &mut Tx, message: &Message) -> Result<Value, Failure> {
    let said = Said::deserialize(&message.payload)?;
    let mut known = spoken_of(tx, message, &said).await?;
    if said.version <= known.version {
        return Ok(ignored());
    }
    known.version = said.version;
    known.confirmation = Some(said.reason.clone());
    let partner = Actor::partner(&message.sender);
    let kind = "direct_consignment.confirmed";
    consignment::note(tx, &partner, &known, kind, Some(&said.reason))?;
    consignment::save(tx, &mut known).await?;
    Ok(json!({ "consignment": known.id, "version": known.version }))
}

/// `direct.recalled`, at the end that checks: its form is void, so the lot leaves no more; if it has not left.
pub(in crate::acts) async fn recalled(tx: &mut Tx, message: &Message) -> Result<Value, Failure> {
    let said = Said::deserialize(&message.payload)?;
    let mut known = spoken_of(tx, message, &said).await?;
    if said.version <= known.version {
        return Ok(ignored());
    }
    known.version = said.version;
    let partner = Actor::partner(&message.sender);
    if known.state.after(Action::Recall).is_some() {
        known.remark = Some(said.reason);
        consignment::step(tx, &partner, &mut known, Action::Recall).await?;
    } else {
        let kind = "direct_consignment.recalled_late";
        come_too_late(tx, &partner, &mut known, kind, Some(&said.reason)).await?;
    }
    Ok(json!({ "consignment": known.id, "state": known.state }))
}

/// The lot that the bureau which issued its form speaks of.
async fn spoken_of(tx: &mut Tx, message: &Message, said: &Said) -> Result<Consignment, Failure> {
    let known = consignment::lock_of_partner(tx, &message.sender, &said.consignment).await?;
    let is_its_own = |one: &Consignment| one.issuing_partner.as_deref() == Some(&*message.sender);
    known.filter(is_its_own).ok_or_else(|| not_own("no consignment of that bureau"))
}

/// `direct.reported`, at the end that issued the form: its copy goes along.
pub(in crate::acts) async fn reported(tx: &mut Tx, message: &Message) -> Result<Value, Failure> {
    let said = Reported::deserialize(&message.payload)?;
    let known = consignment::lock_of_partner(tx, &message.sender, &said.consignment).await?;
    let is_checked = |one: &Consignment| one.checking_partner.as_deref() == Some(&*message.sender);
    let mut known =
        known.filter(is_checked).ok_or_else(|| not_own("no consignment goes to that bureau"))?;
    if said.version <= known.report_version {
        return Ok(ignored());
    }
    if known.state == State::Returned && said.state != State::Returned {
        if said.state.is_under_way() {
            let why = "it was taken back, which the other side is about to hear";
            return Ok(json!({ "ignored": why }));
        }
        must_be_alone(tx, &known).await?;
    }
    if !known.state.may_be_told(said.state) {
        let detail =
            format!("a consignment that is {} cannot be {}", known.state.name(), said.state.name());
        return Err(Failure::refused("direct-consignment/wrong-state", detail));
    }
    known.report_version = said.version;
    known.reading = said.reading;
    known.findings = said.findings;
    known.further = said.goods_agree.map(|goods_agree| FurtherCheck {
        goods_agree,
        remark: said.remark.clone().unwrap_or_default(),
        by: None,
        at: said.at,
    });
    known.remark = said.remark;
    let partner = Actor::partner(&message.sender);
    consignment::follow(tx, &partner, &mut known, said.state).await?;
    Ok(json!({ "consignment": known.id, "state": known.state }))
}

/// A lot that was taken back too late counts again, unless its goods were let go a second time: that is for people.
async fn must_be_alone(tx: &mut Tx, lot: &Consignment) -> Result<(), Failure> {
    tracing::warn!(consignment.id = %lot.id, "taken back too late");
    let Some(declaration) = lot.declaration_id else { return Ok(()) };
    match consignment::of_declaration(tx, declaration).await? {
        Some((id, _)) => Err(Failure::refused(
            "direct-consignment/exists",
            format!("it was taken back, and its goods set out again as {id}"),
        )),
        None => Ok(()),
    }
}
