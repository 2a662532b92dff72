//! Notices of non-conformity where they move other rooms: eligibilities that end with a critical one, and what partners
//! say about notices.
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::eligibility::recheck_eligibility;
use crate::{
    credit,
    direct_release::{Ground, service::enterprise},
    exchange::{Envelope, Message, service::inbox::Review},
    kernel::{Actor, Failure, Violations},
    ledger::Tx,
    nonconformity::{
        Category, NcNoticeId, NcSeverity, Notice, ReceivedNotice, ReceivedNoticeId, SubjectKind,
        Suspension,
        service::{issue, receive},
        wire::{
            NoticeAcknowledged, NoticeClosed, NoticeDigested, NoticeReplied, NoticeSent,
            SuspensionDecided,
        },
    },
    reference::Books,
};

/// A duty chief approves a notice; whoever may not declare anywhere any more is suspended at once (domain R14).
pub async fn approve_nc_notice(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: NcNoticeId,
) -> Result<Notice, Failure> {
    let notice = issue::approve(tx, books, actor, id).await?;
    let expected = tx.expected_revision.take();
    let against = (notice.reg_no.as_str(), item_of(notice.severity));
    credit::service::score::note(tx, books, actor, against, (notice.found_on, notice.id.0)).await?;
    recheck_eligibility(tx, books, &notice.reg_no).await?;
    tx.expected_revision = expected;
    Ok(notice)
}

/// How a notice counts against the enterprise's credit (domain 4.7: counts feed the score).
const fn item_of(severity: NcSeverity) -> &'static str {
    match severity {
        NcSeverity::Minor => "NC-MINOR",
        NcSeverity::Major => "NC-MAJOR",
        NcSeverity::Critical => "NC-CRITICAL",
    }
}

/// A duty chief asks again; the enterprise's eligibility is looked at again as well.
pub async fn reopen_nc_notice(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: NcNoticeId,
    reason: String,
) -> Result<Notice, Failure> {
    let notice = issue::reopen(tx, books, actor, id, reason).await?;
    let expected = tx.expected_revision.take();
    recheck_eligibility(tx, books, &notice.reg_no).await?;
    tx.expected_revision = expected;
    Ok(notice)
}

/// A duty chief of the origin decides what a port proposed; a suspension takes direct release back in the same breath
/// (domain R16).
pub async fn decide_nc_suspension(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: ReceivedNoticeId,
    (decision, reason): (Suspension, String),
) -> Result<ReceivedNotice, Failure> {
    let notice = receive::decide_suspension(tx, actor, id, decision, reason.clone()).await?;
    if decision == Suspension::Suspended {
        let why = (ground_of(&notice), reason.trim());
        enterprise::suspend_as_proposed(tx, books, actor, &notice.reg_no, why).await?;
    }
    Ok(notice)
}

/// On which of the five grounds (domain 4.5) a critical notice takes direct release back.
fn ground_of(notice: &ReceivedNotice) -> Ground {
    match (notice.content.category, notice.content.subject.kind) {
        (Category::Seal, _) => Ground::Tampering,
        (_, SubjectKind::DirectConsignment) => Ground::Penalised,
        (_, SubjectKind::Declaration | SubjectKind::Transfer) => Ground::MismatchAtPort,
    }
}

/// What is wrong with a payload of that type: its shape first, then everything in it.
fn review<T: DeserializeOwned>(envelope: &Envelope, check: fn(&T) -> Violations) -> Review {
    let errors = match T::deserialize(&envelope.payload) {
        Ok(told) => check(&told),
        Err(error) => {
            let mut errors = Violations::default();
            errors.error("/payload", "payload-malformed", "内容不符合该类型", error.to_string());
            errors
        }
    };
    Review { errors, ..Review::default() }
}

pub(super) fn review_sent(envelope: &Envelope) -> Review {
    review(envelope, NoticeSent::review)
}

pub(super) fn review_acknowledged(envelope: &Envelope) -> Review {
    review(envelope, NoticeAcknowledged::review)
}

pub(super) fn review_replied(envelope: &Envelope) -> Review {
    review(envelope, NoticeReplied::review)
}

pub(super) fn review_closed(envelope: &Envelope) -> Review {
    review(envelope, NoticeClosed::review)
}

pub(super) fn review_digested(envelope: &Envelope) -> Review {
    review(envelope, NoticeDigested::review)
}

pub(super) fn review_decided(envelope: &Envelope) -> Review {
    review(envelope, SuspensionDecided::review)
}

fn told<T: DeserializeOwned>(message: &Message) -> Result<T, Failure> {
    Ok(T::deserialize(&message.payload)?)
}

pub(super) async fn take_in(tx: &mut Tx, message: &Message) -> Result<Value, Failure> {
    let told: NoticeSent = told(message)?;
    let outcome = json!({ "notice_no": told.notice_no });
    receive::take_in(tx, &message.sender, message.correlation_id, told).await?;
    Ok(outcome)
}

pub(super) async fn hear_acknowledged(tx: &mut Tx, message: &Message) -> Result<Value, Failure> {
    let told: NoticeAcknowledged = told(message)?;
    issue::hear_acknowledged(tx, &message.sender, &told.notice_no).await?;
    Ok(json!({ "notice_no": told.notice_no }))
}

pub(super) async fn hear_replied(tx: &mut Tx, message: &Message) -> Result<Value, Failure> {
    let NoticeReplied { notice_no, reply } = told(message)?;
    issue::hear_replied(tx, &message.sender, &notice_no, reply).await?;
    Ok(json!({ "notice_no": notice_no }))
}

/// What another port found and is done with counts against our enterprise.
pub(super) async fn hear_closed(
    tx: &mut Tx,
    books: &Books,
    message: &Message,
) -> Result<Value, Failure> {
    let told: NoticeClosed = told(message)?;
    let outcome = json!({ "notice_no": told.notice_no });
    let notice = receive::hear_closed(tx, &message.sender, told).await?;
    let against = (notice.content.reg_no.as_str(), item_of(notice.content.severity));
    let found = (notice.content.found_on, notice.id.0);
    credit::service::score::note(tx, books, &Actor::system(), against, found).await?;
    Ok(outcome)
}

pub(super) async fn hear_digest(tx: &mut Tx, message: &Message) -> Result<Value, Failure> {
    let told: NoticeDigested = told(message)?;
    receive::hear_digest(tx, &message.sender, &told, message.received_at).await?;
    Ok(json!({ "month": told.month }))
}

pub(super) async fn hear_decision(tx: &mut Tx, message: &Message) -> Result<Value, Failure> {
    let SuspensionDecided { notice_no, decision, reason } = told(message)?;
    issue::hear_decision(tx, &message.sender, &notice_no, decision, &reason).await?;
    Ok(json!({ "notice_no": notice_no }))
}
