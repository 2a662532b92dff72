//! What partners may say, and what it brings about: one table of message types.
//!
//! A new type is one line in [`SUBJECTS`]: the memorandum without which nobody may say it, what is wrong with such a
//! message, and the act that it asks for.
mod ping;
mod receipts;

use std::pin::Pin;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    direct_release::hear as directly,
    nonconformity as notices,
    swap::{self, asked, hear},
};
use crate::{
    acts::between_bureaus,
    credit,
    direct_release::{self, consignment::wire as direct},
    exchange::{
        Envelope, Memorandum, MemorandumKind, Message, MessageId,
        service::{
            inbox::{self, Applied, RESEND, Review},
            outbox,
        },
    },
    kernel::{Failure, Violations},
    ledger::Tx,
    nonconformity::wire,
    reference::Books,
};

pub use ping::ping;
pub use receipts::{answered, keep_receipts};

/// An act that a message asks for, at work. What it returns is kept as the outcome.
type Act<'a> = Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + 'a>>;

/// One type of message.
struct Subject {
    kind: &'static str,
    /// The greatest version that is understood; greater ones are parked.
    version: i16,
    /// What must be agreed with whoever says it; `None`: every partner may.
    memorandum: Option<MemorandumKind>,
    review: fn(&Envelope) -> Review,
    apply: for<'a> fn(&'a mut Tx, &'a Books, &'a Message) -> Act<'a>,
}

const SUBJECTS: &[Subject] = &[
    Subject {
        kind: RESEND,
        version: 1,
        memorandum: None,
        review: |envelope| shaped::<Resend>(&envelope.payload),
        apply: |tx, _, message| Box::pin(send_again(tx, message)),
    },
    Subject {
        kind: direct_release::message::ENTERPRISES,
        version: 1,
        memorandum: Some(MemorandumKind::DirectRelease),
        review: direct_release::message::review_enterprises,
        apply: |tx, _, message| {
            Box::pin(direct_release::service::push::hear_enterprises(tx, message))
        },
    },
    Subject {
        kind: credit::recognition::message::PUSHED,
        version: 1,
        memorandum: Some(MemorandumKind::Credit),
        review: credit::recognition::message::review,
        apply: |tx, _, message| Box::pin(credit::service::recognition::hear(tx, message)),
    },
    Subject {
        kind: direct::CONSIGNED,
        version: 1,
        memorandum: Some(MemorandumKind::DirectRelease),
        review: direct::review_consigned,
        apply: |tx, books, message| Box::pin(directly::consigned(tx, books, message)),
    },
    // Goods that set out under a memorandum are brought to their end after it.
    Subject {
        kind: direct::CORRECTED,
        version: 1,
        memorandum: None,
        review: direct::review_consigned,
        apply: |tx, books, message| Box::pin(directly::consigned(tx, books, message)),
    },
    Subject {
        kind: direct::CONFIRMED,
        version: 1,
        memorandum: None,
        review: direct::review_said,
        apply: |tx, _, message| Box::pin(directly::confirmed(tx, message)),
    },
    Subject {
        kind: direct::RECALLED,
        version: 1,
        memorandum: None,
        review: direct::review_said,
        apply: |tx, _, message| Box::pin(directly::recalled(tx, message)),
    },
    Subject {
        kind: direct::REPORTED,
        version: 1,
        memorandum: None,
        review: direct::review_reported,
        apply: |tx, _, message| Box::pin(directly::reported(tx, message)),
    },
    Subject {
        kind: ping::PING,
        version: 1,
        memorandum: None,
        review: ping::review,
        apply: |tx, _, message| Box::pin(ping::answer(tx, message)),
    },
    Subject {
        kind: ping::PONG,
        version: 1,
        memorandum: None,
        review: |envelope| shaped::<ping::Pong>(&envelope.payload),
        // It has said all when it has come.
        apply: |_, _, _| Box::pin(std::future::ready(Ok(json!({})))),
    },
    Subject {
        kind: "transfer.created",
        version: 1,
        memorandum: Some(MemorandumKind::Transfer),
        review: hear::review_created,
        apply: |tx, books, message| Box::pin(hear::created(tx, books, message)),
    },
    word("transfer.unlocked", |tx, _, message| Box::pin(hear::unlocked(tx, message))),
    word("transfer.revoked", |tx, _, message| Box::pin(hear::revoked(tx, message))),
    word("transfer.correction_agreed", |tx, _, message| Box::pin(hear::agreed(tx, message))),
    word("transfer.amendment_asked", |tx, _, message| Box::pin(asked::hear_asked(tx, message))),
    word("transfer.amendment_decided", |tx, books, message| {
        Box::pin(swap::hear_decided(tx, books, message))
    }),
    word("transfer.amendment_settled", |tx, _, message| Box::pin(asked::hear_settled(tx, message))),
    report("transfer.received"),
    report("transfer.claimed"),
    report("transfer.claim_withdrawn"),
    report("transfer.check_ordered"),
    report("transfer.check_passed"),
    report("transfer.check_waived"),
    report("transfer.check_failed"),
    report("transfer.swapped"),
    report("transfer.returned"),
    report("transfer.consumed"),
    report("transfer.expired"),
    report("transfer.revocation_applied"),
    report("transfer.revocation_refused"),
    report("transfer.locked"),
    // What was begun under a memorandum is brought to its end after it. Whether a case may set out is asked there.
    Subject {
        kind: between_bureaus::OFFERED,
        version: 1,
        memorandum: None,
        review: between_bureaus::review_offered,
        apply: |tx, books, message| Box::pin(between_bureaus::hear_offer(tx, books, message)),
    },
    Subject {
        kind: between_bureaus::ACCEPTED,
        version: 1,
        memorandum: None,
        review: between_bureaus::review_answered,
        apply: |tx, _, message| Box::pin(between_bureaus::hear_answer(tx, message)),
    },
    Subject {
        kind: between_bureaus::REFUSED,
        version: 1,
        memorandum: None,
        review: between_bureaus::review_answered,
        apply: |tx, _, message| Box::pin(between_bureaus::hear_answer(tx, message)),
    },
    Subject {
        kind: between_bureaus::CONFIRMED,
        version: 1,
        memorandum: None,
        review: between_bureaus::review_decided,
        apply: |tx, books, message| Box::pin(between_bureaus::hear_decision(tx, books, message)),
    },
    Subject {
        kind: between_bureaus::VOIDED,
        version: 1,
        memorandum: None,
        review: between_bureaus::review_decided,
        apply: |tx, books, message| Box::pin(between_bureaus::hear_decision(tx, books, message)),
    },
    Subject {
        kind: between_bureaus::PROGRESSED,
        version: 1,
        memorandum: None,
        review: between_bureaus::review_progressed,
        apply: |tx, _, message| Box::pin(between_bureaus::follow(tx, message)),
    },
    Subject {
        kind: wire::SENT,
        version: 1,
        memorandum: Some(MemorandumKind::NonConformity),
        review: notices::review_sent,
        apply: |tx, _, message| Box::pin(notices::take_in(tx, message)),
    },
    Subject {
        kind: wire::ACKNOWLEDGED,
        version: 1,
        memorandum: Some(MemorandumKind::NonConformity),
        review: notices::review_acknowledged,
        apply: |tx, _, message| Box::pin(notices::hear_acknowledged(tx, message)),
    },
    Subject {
        kind: wire::REPLIED,
        version: 1,
        memorandum: Some(MemorandumKind::NonConformity),
        review: notices::review_replied,
        apply: |tx, _, message| Box::pin(notices::hear_replied(tx, message)),
    },
    Subject {
        kind: wire::CLOSED,
        version: 1,
        memorandum: Some(MemorandumKind::NonConformity),
        review: notices::review_closed,
        apply: |tx, books, message| Box::pin(notices::hear_closed(tx, books, message)),
    },
    Subject {
        kind: wire::DIGESTED,
        version: 1,
        memorandum: Some(MemorandumKind::NonConformity),
        review: notices::review_digested,
        apply: |tx, _, message| Box::pin(notices::hear_digest(tx, message)),
    },
    Subject {
        kind: wire::SUSPENSION_DECIDED,
        version: 1,
        memorandum: Some(MemorandumKind::NonConformity),
        review: notices::review_decided,
        apply: |tx, _, message| Box::pin(notices::hear_decision(tx, message)),
    },
];

/// A later word of an origin about its transfer: it may be said although the memorandum is over by then.
const fn word(
    kind: &'static str,
    apply: for<'a> fn(&'a mut Tx, &'a Books, &'a Message) -> Act<'a>,
) -> Subject {
    Subject { kind, version: 1, memorandum: None, review: hear::review_word, apply }
}

/// What a port reports about a transfer of ours.
const fn report(kind: &'static str) -> Subject {
    word(kind, |tx, _, message| Box::pin(hear::reported(tx, message)))
}

/// What the business finds wrong with a message before it is stored. A type that we do not know is none of our
/// business yet: it is kept, and parked when its turn comes.
#[must_use]
pub fn review(envelope: &Envelope, memoranda: &[Memorandum]) -> Review {
    let header = &envelope.header;
    let known = SUBJECTS.iter().find(|subject| subject.kind == header.kind);
    let Some(subject) = known.filter(|subject| header.version <= subject.version) else {
        return Review::default();
    };
    let is_agreed = |kind| memoranda.iter().any(|memorandum| memorandum.kind == kind);
    if subject.memorandum.is_some_and(|kind| !is_agreed(kind)) {
        let mut errors = Violations::default();
        let (zh, en) = ("双方无此项合作备忘录", "no memorandum in force lets this partner say so");
        errors.error("/header/type", "not-agreed", zh, en);
        return Review { errors, ..Review::default() };
    }
    (subject.review)(envelope)
}

/// Lets a stored message take effect, if its turn has come.
///
/// Safe to run twice: a message that was dealt with is left alone.
pub async fn apply(tx: &mut Tx, books: &Books, sender: &str, id: MessageId) -> Result<(), Failure> {
    let Some(message) = inbox::next(tx, sender, id).await? else { return Ok(()) };
    let known = SUBJECTS.iter().find(|subject| subject.kind == message.kind);
    let Some(subject) = known.filter(|subject| message.version <= subject.version) else {
        return inbox::settle(tx, &message, Applied::Parked).await;
    };
    let point = tx.savepoint().await?;
    let applied = match (subject.apply)(tx, books, &message).await {
        Ok(outcome) => Applied::Done(outcome),
        Err(failure) => {
            tx.undo_to(point).await?;
            match failure {
                Failure::Fault(error) => {
                    tx.release().await?;
                    return Err(Failure::Fault(error));
                }
                refused => Applied::Refused(refused.to_string()),
            }
        }
    };
    tx.release().await?;
    inbox::settle(tx, &message, applied).await
}

/// Is the payload of that shape? The first place where it is not.
pub(super) fn shaped<T: serde::de::DeserializeOwned>(payload: &Value) -> Review {
    let mut errors = Violations::default();
    if let Err(error) = T::deserialize(payload) {
        errors.error("/payload", "payload-malformed", "内容不符合该类型", error.to_string());
    }
    Review { errors, ..Review::default() }
}

/// `exchange.resend`: the other side misses messages of ours.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resend {
    correlation_id: Uuid,
    first: i32,
    last: i32,
}

async fn send_again(tx: &mut Tx, message: &Message) -> Result<Value, Failure> {
    let asked = Resend::deserialize(&message.payload)?;
    let range = (asked.first, asked.last);
    outbox::send_again(tx, &message.sender, asked.correlation_id, range).await
}
