//! What partners say to us: stored first, answered with a receipt, applied after, each message once and in its order.
use std::collections::HashMap;

use chrono::Duration;
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::{outbox, partner, sender::Sender};
use crate::{
    exchange::{
        envelope::Envelope,
        event::{MessageRedriven, MessageStopped},
        job::{Apply, AskAgain},
        keys::OwnKeys,
        model::{InboxState, Memorandum, Message, MessageId, Outgoing, Record},
        receipt::{Outcome, Receipt},
        store::{self, inbox::Arrived},
    },
    kernel::{Actor, Failure, Page, PageRequest, Violation, Violations},
    ledger::Tx,
};

/// How long a gap may be due to the network before we ask.
const GAP: Duration = Duration::seconds(2);

/// What the business says about a message before it is stored.
#[derive(Clone, Debug, Default)]
pub struct Review {
    /// Wrong as a whole: it is refused.
    pub errors: Violations,
    /// Records left out, by their place, with what is wrong with each.
    pub refused_records: Vec<i32>,
    pub record_errors: Violations,
}

/// What became of the messages of one call.
#[derive(Debug)]
pub struct Taken {
    /// In the order of the messages; each is signed and can be kept.
    pub receipts: Vec<Receipt>,
    /// How many were new, and are stored now.
    pub stored: usize,
    /// How many were here before: they change nothing.
    pub repeated: usize,
}

impl Taken {
    /// How many were not taken in.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.receipts.len().saturating_sub(self.stored + self.repeated)
    }
}

/// Takes messages in.
///
/// `review` says what the business finds wrong with a message, given what is agreed with its sender today.
pub async fn take(
    tx: &mut Tx,
    keys: &OwnKeys,
    caller: &str,
    messages: &[Envelope],
    review: fn(&Envelope, &[Memorandum]) -> Review,
) -> Result<Taken, Failure> {
    let now = tx.now;
    let partner = partner::get(tx, caller).await?;
    let sender = Sender::of(tx, &partner).await?;
    let mut arrived = Vec::with_capacity(messages.len());
    let mut receipts: Vec<Option<Receipt>> = vec![None; messages.len()];
    for (place, envelope) in messages.iter().enumerate() {
        let seal = |outcome, errors| Receipt::seal(keys, &envelope.header, now, outcome, errors);
        let wrong = sender.find_faults(keys.bureau(), caller, envelope, now);
        let reviewed = if wrong.is_empty() {
            review(envelope, &sender.memoranda)
        } else {
            Review { errors: wrong, ..Review::default() }
        };
        if !reviewed.errors.is_empty() {
            receipts[place] = Some(seal(Outcome::Refused, reviewed.errors.into_vec())?);
            continue;
        }
        let receipt = seal(Outcome::Stored, reviewed.record_errors.into_vec())?;
        arrived.push(Arrived {
            envelope,
            sent_at: envelope.sent_at().unwrap_or(now),
            refused_records: reviewed.refused_records,
            receipt: Some(serde_json::to_value(&receipt)?),
            played_by: None,
        });
        receipts[place] = Some(receipt);
    }
    let stored = store_all(tx, keys, caller, messages, &arrived, &mut receipts).await?;
    outbox::heard(tx, &partner).await?;
    let receipts: Vec<_> = receipts.into_iter().flatten().collect();
    let good = receipts.iter().filter(|receipt| receipt.outcome == Outcome::Stored).count();
    Ok(Taken { receipts, stored, repeated: good.saturating_sub(stored) })
}

/// Stores what arrived, promises its application, and answers repetitions with the first receipt. Says how many were
/// new.
async fn store_all(
    tx: &mut Tx,
    keys: &OwnKeys,
    caller: &str,
    messages: &[Envelope],
    arrived: &[Arrived<'_>],
    receipts: &mut [Option<Receipt>],
) -> Result<usize, Failure> {
    if arrived.is_empty() {
        return Ok(0);
    }
    let now = tx.now;
    let new = store::inbox::insert(tx, caller, now, arrived).await?;
    for message in &new {
        tx.enqueue(&Apply { sender: caller.to_owned(), message: *message })?;
    }
    let others: Vec<_> =
        arrived.iter().map(|one| one.envelope.header.id).filter(|id| !new.contains(id)).collect();
    let ids: Vec<_> = others.iter().map(|id| id.0).collect();
    let firsts =
        if ids.is_empty() { Vec::new() } else { store::inbox::firsts(tx, caller, &ids).await? };
    let firsts: HashMap<_, _> = firsts.into_iter().map(|first| (first.id, first)).collect();
    for (place, envelope) in messages.iter().enumerate() {
        let is_kept_out = others.contains(&envelope.header.id)
            && receipts[place].as_ref().is_some_and(|receipt| receipt.outcome == Outcome::Stored);
        if !is_kept_out {
            continue;
        }
        let refuse = |code: &str, zh: &str, en: &str, pointer: &str| {
            let errors = vec![Violation::error(pointer, code, zh, en)];
            Receipt::seal(keys, &envelope.header, now, Outcome::Refused, errors)
        };
        receipts[place] = Some(match firsts.get(&envelope.header.id) {
            Some(first) if first.signature == envelope.signature => {
                serde_json::from_value(first.receipt.clone())?
            }
            Some(_) => refuse(
                "message-id-reused",
                "消息编号已用于其他内容",
                "this id was given to another message",
                "/header/id",
            )?,
            None => refuse(
                "sequence-taken",
                "该序号已被占用",
                "another message has this place in the conversation",
                "/header/sequence",
            )?,
        });
    }
    Ok(new.len())
}

/// What became of a message when its turn came.
#[derive(Clone, Debug)]
pub enum Applied {
    /// It took effect; item by item where it had items.
    Done(Value),
    /// The rules forbid it.
    Refused(String),
    /// This release does not know its type or version.
    Parked,
}

/// A message whose turn has come; `None` when it was dealt with before, or others must come first. Then whoever is
/// missing is asked for, after a moment.
pub async fn next(tx: &mut Tx, sender: &str, id: MessageId) -> Result<Option<Message>, Failure> {
    let message = store::inbox::lock(tx, sender, id).await?.ok_or(Failure::Missing("message"))?;
    if message.state != InboxState::Stored {
        return Ok(None);
    }
    if message.sequence == 0 {
        return Ok(Some(message));
    }
    let applied = store::inbox::hold_conversation(tx, sender, message.correlation_id).await?;
    if message.sequence > applied + 1 {
        let (partner, correlation) = (sender.to_owned(), message.correlation_id);
        let at = tx.now + GAP;
        tx.enqueue_at(&AskAgain { partner, correlation }, at)?;
        return Ok(None);
    }
    Ok(Some(message))
}

/// Keeps what became of a message, and lets the next one of its conversation come.
pub async fn settle(tx: &mut Tx, message: &Message, applied: Applied) -> Result<(), Failure> {
    let (state, reason, outcome) = match applied {
        Applied::Done(outcome) => (InboxState::Applied, None, Some(outcome)),
        Applied::Refused(why) => (InboxState::Refused, Some(why), None),
        Applied::Parked => (
            InboxState::Parked,
            Some("this release does not know the type or version".into()),
            None,
        ),
    };
    let now = tx.now;
    store::inbox::settle(tx, message, state, reason.as_deref(), outcome.as_ref(), now).await?;
    if let Some(why) = &reason {
        let stopped = MessageStopped {
            bureau: &message.sender,
            message: message.id,
            state: state.name(),
            why,
        };
        tx.record(&Actor::system(), &stopped)?;
    }
    if message.sequence == 0 {
        return Ok(());
    }
    let (sender, correlation) = (&message.sender, message.correlation_id);
    let reached = store::inbox::hold_conversation(tx, sender, correlation).await?;
    if message.sequence != reached + 1 {
        // Redriven by an operator, long after its turn: the conversation has gone on without it.
        return Ok(());
    }
    if let Some(next) = store::inbox::advance(tx, sender, correlation, message.sequence).await? {
        tx.enqueue(&Apply { sender: sender.clone(), message: next })?;
    }
    Ok(())
}

/// Asks a partner for what is missing in a conversation, if it is missing still; and again a minute later.
pub async fn ask_again(tx: &mut Tx, job: &AskAgain) -> Result<(), Failure> {
    let (partner, correlation) = (job.partner.clone(), job.correlation);
    let gap = store::inbox::gap(tx, &partner, correlation).await?;
    let Some((first, last)) = gap else { return Ok(()) };
    let payload = json!({ "correlation_id": correlation, "first": first, "last": last });
    let asked =
        Outgoing { receiver: partner.clone(), kind: RESEND, version: 1, correlation, payload };
    outbox::send_aside(tx, asked).await?;
    let at = tx.now + Duration::minutes(1);
    tx.enqueue_at(&AskAgain { partner, correlation }, at)?;
    Ok(())
}

/// The type of the message that asks for messages again.
pub const RESEND: &str = "exchange.resend";

/// Messages that will not go further by themselves, either way, newest first.
pub async fn stopped(conn: &mut PgConnection, page: PageRequest) -> Result<Page<Record>, Failure> {
    Ok(Page::cut(store::record::stopped(conn, page).await?, page))
}

/// What became of a message that this bureau sent us.
pub async fn received(
    conn: &mut PgConnection,
    sender: &str,
    id: MessageId,
) -> Result<Record, Failure> {
    store::record::received(conn, sender, id).await?.ok_or(Failure::Missing("message"))
}

/// Gives a parked or refused message of theirs another chance.
pub async fn redrive(
    tx: &mut Tx,
    actor: &Actor,
    sender: &str,
    id: MessageId,
) -> Result<(), Failure> {
    if !store::inbox::redrive(tx, sender, id).await? {
        return Err(Failure::Missing("message"));
    }
    tx.record(actor, &MessageRedriven { bureau: sender, message: id })?;
    tx.enqueue(&Apply { sender: sender.to_owned(), message: id })?;
    Ok(())
}
