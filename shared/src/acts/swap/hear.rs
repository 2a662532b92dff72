//! What the two bureaus tell each other about transfers, checked at the door and applied in its order. What is not
//! newer than what is known is acknowledged and ignored.
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::{ending::end_case, hold, step_and_report, tell};
use crate::{
    clearance,
    declaration::parse,
    exchange::{Envelope, Message, service::inbox::Review},
    kernel::{Actor, Failure, Violations},
    ledger::Tx,
    reference::Books,
    swap::{
        self, Action, Side, State, Transfer, TransferId, exclusions,
        message::{
            AmendmentAsked, AmendmentDecided, AmendmentSettled, Created, Decided, Report, Unlocked,
            step_of,
        },
    },
};

/// The one form in which passwords are kept (domain R15): anything dearer would let a partner tire us out.
const PASSWORD_FORM: &str = "$argon2id$v=19$m=19456,t=2,p=1$";
const LONGEST_HASH: usize = 128;
const LONGEST_REASON: usize = 1_000;
const MOST_CHANGES: usize = 1_000;
const LONGEST_POINTER: usize = 200;

fn is_password_hash(text: &str) -> bool {
    text.starts_with(PASSWORD_FORM) && text.len() <= LONGEST_HASH
}

/// A transfer is of the sender's own office, whole, and of goods that may travel.
pub(in crate::acts) fn review_created(envelope: &Envelope) -> Review {
    let mut errors = Violations::default();
    match Created::deserialize(&envelope.payload) {
        Err(error) => {
            errors.error("/payload", "payload-malformed", "内容不符合该类型", error.to_string());
        }
        Ok(said) => check_created(&said, envelope, &mut errors),
    }
    Review { errors, ..Review::default() }
}

fn check_created(said: &Created, envelope: &Envelope, errors: &mut Violations) {
    let (sender, receiver) = (&envelope.header.sender, &envelope.header.receiver);
    let own = sender.get(..2);
    let is_own_office = own.is_some() && said.origin_org.get(..2) == own;
    let is_own_number = said.decl_no.len() == 15
        && said.decl_no.bytes().all(|byte| byte.is_ascii_digit())
        && said.decl_no.get(..6) == Some(said.origin_org.as_str())
        && said.decl_no.get(6..7) == Some("2");
    if !is_own_office || !is_own_number {
        let (zh, en) =
            ("该报检号不属于发送方", "this declaration is not one of the sender's offices");
        errors.error("/payload/decl_no", "subject-not-own", zh, en);
    }
    if said.transfer_no != swap::transfer_no(&said.decl_no) {
        let (zh, en) =
            ("转单号应为报检号加T", "a transfer number is the declaration number and a T");
        errors.error("/payload/transfer_no", "transfer-no-malformed", zh, en);
    }
    if said.port_bureau != *receiver {
        let (zh, en) = ("口岸局不是本局", "the port is another bureau");
        errors.error("/payload/port_bureau", "receiver-wrong", zh, en);
    }
    if !is_password_hash(&said.password_hash) {
        let (zh, en) = ("密码散列格式有误", "an argon2id PHC string of m=19456, t=2, p=1");
        errors.error("/payload/password_hash", "password-hash-malformed", zh, en);
    }
    match parse::from_value(&said.declaration) {
        Ok(read) => {
            errors.extend(exclusions(&read.content, said.handling, "/payload/declaration"));
            if read.content.declaring_office() != said.origin_org {
                let (zh, en) = ("报检机构与产地局不符", "it was declared at another office");
                errors.error("/payload/declaration/decl_org", "subject-not-own", zh, en);
            }
        }
        Err(wrong) => {
            for mut finding in wrong.into_vec() {
                finding.pointer = format!("/payload/declaration{}", finding.pointer);
                errors.push(finding);
            }
        }
    }
}

/// The other words of an origin, or of a port.
pub(in crate::acts) fn review_word(envelope: &Envelope) -> Review {
    let mut errors = Violations::default();
    match check_word(envelope) {
        Ok(found) => errors.extend(found),
        Err(error) => {
            errors.error("/payload", "payload-malformed", "内容不符合该类型", error.to_string());
        }
    }
    Review { errors, ..Review::default() }
}

fn check_word(envelope: &Envelope) -> serde_json::Result<Violations> {
    let payload = &envelope.payload;
    let mut errors = Violations::default();
    let mut check_reason = |reason: &str| {
        errors.text("/payload/reason", reason, LONGEST_REASON);
    };
    match envelope.header.kind.as_str() {
        "transfer.unlocked" => {
            if !is_password_hash(&Unlocked::deserialize(payload)?.password_hash) {
                let (zh, en) = ("密码散列格式有误", "an argon2id PHC string of m=19456, t=2, p=1");
                errors.error("/payload/password_hash", "password-hash-malformed", zh, en);
            }
        }
        "transfer.revoked" | "transfer.correction_agreed" => {
            check_reason(&Decided::deserialize(payload)?.reason);
        }
        "transfer.amendment_asked" => {
            let said = AmendmentAsked::deserialize(payload)?;
            check_reason(&said.reason);
            let is_fair = (1..=MOST_CHANGES).contains(&said.changes.len());
            if !is_fair || said.changes.iter().any(|change| change.pointer.len() > LONGEST_POINTER)
            {
                let (zh, en) =
                    ("更改项过多或过长", "1 to 1,000 changes, pointers of 200 characters");
                errors.error("/payload/changes", "changes-malformed", zh, en);
            }
        }
        "transfer.amendment_decided" => {
            check_reason(&AmendmentDecided::deserialize(payload)?.reason);
        }
        "transfer.amendment_settled" => {
            AmendmentSettled::deserialize(payload)?;
        }
        _ => {
            Report::deserialize(payload)?;
        }
    }
    Ok(errors)
}

/// `transfer.created` at the port.
pub(in crate::acts) async fn created(
    tx: &mut Tx,
    books: &Books,
    message: &Message,
) -> Result<Value, Failure> {
    let said = Created::deserialize(&message.payload)?;
    let office = books.office(&said.origin_org, tx.today());
    if office.is_none_or(|office| office.direct_bureau.to_string() != message.sender) {
        let detail = "the origin is no office of the bureau that says so";
        return Err(Failure::refused("transfer/subject-not-own", detail));
    }
    if swap::service::of_number(tx, Side::Port, &said.transfer_no).await?.is_some() {
        return Ok(ignored("it is known"));
    }
    let content = parse::from_value(&said.declaration)?.content;
    let partner = Actor::partner(&message.sender);
    let mut transfer = Transfer {
        id: TransferId::mint(tx.now),
        side: Side::Port,
        transfer_no: said.transfer_no,
        decl_no: said.decl_no,
        origin_bureau: message.sender.clone(),
        origin_org: said.origin_org,
        port_bureau: said.port_bureau,
        port_org: said.port_org,
        reg_no: content.reg_no().to_owned(),
        password_hash: said.password_hash,
        state: State::Created,
        origin_version: said.version,
        port_version: 0,
        content: serde_json::to_value(&content)?,
        concluded_on: said.concluded_on,
        valid_until: said.valid_until,
        correlation_id: message.correlation_id,
        declaration_id: None,
        claimant: None,
        claimed_at: None,
        swap_due_at: None,
        port_decl_no: None,
        clearance_no: None,
        form_valid_until: None,
        swapped_at: None,
        is_correction_agreed: false,
        locked_at: None,
        revocation_asked_at: None,
        revocation_refused: None,
        reason: None,
        created_at: tx.now,
        updated_at: tx.now,
        revision: 1,
    };
    swap::service::insert(tx, &partner, &transfer).await?;
    step_and_report(tx, &Actor::system(), &mut transfer, Action::Receive).await?;
    Ok(json!({ "transfer": transfer.id }))
}

pub(super) fn ignored(why: &str) -> Value {
    json!({ "ignored": why })
}

/// The transfer that a partner speaks of, if it stands on its other end.
pub(super) async fn spoken_of(
    tx: &mut Tx,
    message: &Message,
    side: Side,
    transfer_no: &str,
) -> Result<Transfer, Failure> {
    let known = swap::service::of_number(tx, side, transfer_no).await?;
    known.filter(|known| known.partner() == message.sender).ok_or_else(|| {
        Failure::refused("transfer/subject-not-own", "no transfer of that number with that bureau")
    })
}

/// `transfer.unlocked` at the port: failures are forgiven, and the password is another.
pub(in crate::acts) async fn unlocked(tx: &mut Tx, message: &Message) -> Result<Value, Failure> {
    let said = Unlocked::deserialize(&message.payload)?;
    let seen = spoken_of(tx, message, Side::Port, &said.transfer_no).await?;
    let (_, mut transfer) = hold(tx, seen.id).await?;
    if said.version <= transfer.origin_version {
        return Ok(ignored("the version is not newer"));
    }
    transfer.origin_version = said.version;
    transfer.password_hash = said.password_hash;
    transfer.locked_at = None;
    swap::service::unlock_number(tx, &said.transfer_no).await?;
    swap::service::save(tx, &mut transfer).await?;
    swap::service::note(
        tx,
        &Actor::partner(&message.sender),
        &transfer,
        "transfer.unlocked",
        None,
    )?;
    Ok(json!({ "unlocked": true }))
}

/// `transfer.correction_agreed` at the port.
pub(in crate::acts) async fn agreed(tx: &mut Tx, message: &Message) -> Result<Value, Failure> {
    let said = Decided::deserialize(&message.payload)?;
    let seen = spoken_of(tx, message, Side::Port, &said.transfer_no).await?;
    let (_, mut transfer) = hold(tx, seen.id).await?;
    if said.version <= transfer.origin_version {
        return Ok(ignored("the version is not newer"));
    }
    transfer.origin_version = said.version;
    transfer.is_correction_agreed = true;
    swap::service::save(tx, &mut transfer).await?;
    let partner = Actor::partner(&message.sender);
    let (kind, reason) = ("transfer.correction_agreed", Some(said.reason.as_str()));
    swap::service::note(tx, &partner, &transfer, kind, reason)?;
    Ok(json!({ "agreed": true }))
}

/// `transfer.revoked` at the port: before the swap nothing is left of it, after it the form is void, unless customs
/// has used it.
pub(in crate::acts) async fn revoked(tx: &mut Tx, message: &Message) -> Result<Value, Failure> {
    let said = Decided::deserialize(&message.payload)?;
    let seen = spoken_of(tx, message, Side::Port, &said.transfer_no).await?;
    let (declaration, mut transfer) = hold(tx, seen.id).await?;
    if said.version <= transfer.origin_version {
        return Ok(ignored("the version is not newer"));
    }
    transfer.origin_version = said.version;
    let form = match &declaration {
        Some(case) => clearance::service::live_of(tx, case.id).await?,
        None => None,
    };
    let is_used = form.is_some_and(|form| form.state.is_annotated());
    if is_used || transfer.state.after(Action::Revoke).is_none() {
        let why = if is_used { "customs has used the form" } else { "it has ended already" };
        transfer.revocation_refused = Some(why.to_owned());
        transfer.port_version += 1;
        swap::service::save(tx, &mut transfer).await?;
        tracing::warn!(transfer.no = transfer.transfer_no, "a revocation came too late: {why}");
        let (partner, kind) = (Actor::partner(&message.sender), "transfer.revocation_refused");
        swap::service::note(tx, &partner, &transfer, kind, Some(why))?;
        let report = Report { reason: Some(why.to_owned()), ..Report::of(&transfer) };
        let payload = serde_json::to_value(report)?;
        tell(tx, &transfer, "transfer.revocation_refused", payload).await?;
        return Ok(json!({ "refused": why }));
    }
    transfer.reason = Some(said.reason.clone());
    let partner = Actor::partner(&message.sender);
    step_and_report(tx, &partner, &mut transfer, Action::Revoke).await?;
    if let Some(declaration) = declaration {
        end_case(tx, &Actor::system(), declaration, &said.reason).await?;
    }
    Ok(json!({ "revoked": true }))
}

/// A report of the port, at the origin: its copy of the transfer goes along.
pub(in crate::acts) async fn reported(tx: &mut Tx, message: &Message) -> Result<Value, Failure> {
    let said = Report::deserialize(&message.payload)?;
    let seen = spoken_of(tx, message, Side::Origin, &said.transfer_no).await?;
    let (_, mut transfer) = hold(tx, seen.id).await?;
    if said.version <= transfer.port_version {
        return Ok(ignored("the version is not newer"));
    }
    transfer.port_version = said.version;
    transfer.port_org = said.port_org.or(transfer.port_org);
    transfer.port_decl_no = said.port_decl_no;
    if said.clearance_no.is_some() && transfer.clearance_no != said.clearance_no {
        transfer.swapped_at = Some(message.sent_at);
    }
    transfer.clearance_no = said.clearance_no;
    transfer.form_valid_until = said.valid_until;
    let partner = Actor::partner(&message.sender);
    match message.kind.as_str() {
        "transfer.locked" => transfer.locked_at = Some(message.sent_at),
        "transfer.revocation_refused" => transfer.revocation_refused.clone_from(&said.reason),
        _ => transfer.reason.clone_from(&said.reason),
    }
    let step = step_of(&message.kind).filter(|action| transfer.state.after(*action).is_some());
    if let Some(action) = step {
        swap::service::step(tx, &partner, &mut transfer, action).await?;
    } else {
        swap::service::save(tx, &mut transfer).await?;
        let kind = noted(&message.kind);
        swap::service::note(tx, &partner, &transfer, kind, said.reason.as_deref())?;
    }
    Ok(json!({ "state": transfer.state }))
}

fn noted(kind: &str) -> &'static str {
    match kind {
        "transfer.locked" => "transfer.locked",
        "transfer.revocation_refused" => "transfer.revocation_refused",
        _ => "transfer.reported",
    }
}
