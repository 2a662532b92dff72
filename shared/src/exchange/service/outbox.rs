//! What we say to partners: promised with the act that causes it, delivered in its order until a receipt is here.
use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Duration, DurationRound as _};
use serde_json::Value;

use crate::{
    exchange::{
        envelope::{Envelope, Header, PROTOCOL},
        event::{MessageRedriven, MessageStopped},
        job::Deliver,
        keys::{self, OwnKeys},
        model::{MessageId, OutboxState, Outgoing, Partner, PartnerState},
        receipt::{Outcome, Receipt},
        service::partner,
        store::{
            self,
            outbox::{Answered, Kept},
        },
    },
    kernel::{Actor, Failure},
    ledger::Tx,
};

/// How long a message is tried before an operator has to look at it.
const PATIENCE: Duration = Duration::days(7);
/// How much is put into one call.
const CALL_BYTES: i64 = 3 << 20;
/// How much of a partner's reasons an operator is shown.
const LONGEST: usize = 500;
/// How long one delivery may take before somebody else may try.
const DELIVERY: Duration = Duration::seconds(60);

/// Says something to a partner, once this transaction is kept. Nobody waits for its delivery.
pub async fn send(tx: &mut Tx, message: Outgoing) -> Result<MessageId, Failure> {
    let sequence = store::outbox::next_sequence(tx, &message.receiver, message.correlation).await?;
    keep(tx, message, sequence).await
}

/// Says something that stands outside the order of its conversation.
pub async fn send_aside(tx: &mut Tx, message: Outgoing) -> Result<MessageId, Failure> {
    keep(tx, message, 0).await
}

async fn keep(tx: &mut Tx, message: Outgoing, sequence: i32) -> Result<MessageId, Failure> {
    let partner = partner::get(tx, &message.receiver).await?;
    let now = tx.now;
    let kept = Kept {
        id: MessageId::mint(now),
        receiver: message.receiver,
        kind: message.kind.to_owned(),
        version: message.version,
        correlation_id: message.correlation,
        sequence,
        // As it is written on the wire, so that it is read back as it was signed.
        sent_at: now.duration_trunc(Duration::milliseconds(1)).unwrap_or(now),
        payload_hash: keys::digest(&message.payload)?,
        payload: message.payload,
        key_id: None,
        signature: None,
    };
    store::outbox::insert(tx, &kept, now + PATIENCE).await?;
    if partner.base_url.is_some() && partner.state == PartnerState::Active {
        tx.enqueue(&Deliver { partner: partner.code })?;
    }
    Ok(kept.id)
}

/// What is to be brought to a partner now, and where.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub url: String,
    pub messages: Vec<Envelope>,
}

/// Takes what waits for a partner; nothing when somebody else is at it, or when it is to be left alone for a while.
/// What is returned may leave the house once this is committed.
pub async fn begin_delivery(
    tx: &mut Tx,
    keys: &OwnKeys,
    partner: &str,
) -> Result<Option<Delivery>, Failure> {
    let now = tx.now;
    let url = store::outbox::begin_delivery(tx, partner, now, now + DELIVERY).await?;
    let Some(url) = url else { return Ok(None) };
    let messages = sealed(tx, keys, partner).await?;
    if messages.is_empty() {
        store::outbox::leave(tx, partner).await?;
        return Ok(None);
    }
    Ok(Some(Delivery { url, messages }))
}

/// A partner speaks, so the line is well again, or at least one way: what waits for it is tried at once.
pub(super) async fn heard(tx: &mut Tx, partner: &Partner) -> Result<(), Failure> {
    let now = tx.now;
    store::partner::heard(tx, &partner.code, now).await?;
    if partner.next_try_at.is_some_and(|at| at > now) {
        tx.enqueue(&Deliver { partner: partner.code.clone() })?;
    }
    Ok(())
}

/// What waits for a partner that comes for it. Handed out again until its receipts are here.
pub async fn fetch(tx: &mut Tx, keys: &OwnKeys, partner: &str) -> Result<Vec<Envelope>, Failure> {
    let now = tx.now;
    store::partner::heard(tx, partner, now).await?;
    sealed(tx, keys, partner).await
}

/// The oldest messages that wait, signed: once, when they leave for the first time.
async fn sealed(tx: &mut Tx, keys: &OwnKeys, partner: &str) -> Result<Vec<Envelope>, Failure> {
    let kept = store::outbox::waiting(tx, partner, CALL_BYTES).await?;
    let mut envelopes = Vec::with_capacity(kept.len());
    let (mut ids, mut signatures) = (Vec::new(), Vec::new());
    for one in kept {
        let is_signed = one.signature.is_some();
        let envelope = envelope_of(keys, one)?;
        if !is_signed {
            ids.push(envelope.header.id.0);
            signatures.push(envelope.signature.clone());
        }
        envelopes.push(envelope);
    }
    if !ids.is_empty() {
        store::outbox::sign(tx, &ids, keys.key_id(), &signatures).await?;
    }
    Ok(envelopes)
}

fn envelope_of(keys: &OwnKeys, kept: Kept) -> anyhow::Result<Envelope> {
    let header = Header {
        protocol: PROTOCOL.to_owned(),
        id: kept.id,
        sender: keys.bureau().to_owned(),
        receiver: kept.receiver,
        kind: kept.kind,
        version: kept.version,
        sent_at: kept.sent_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        correlation_id: kept.correlation_id,
        sequence: kept.sequence,
        payload_hash: kept.payload_hash,
        key_id: kept.key_id.unwrap_or_else(|| keys.key_id().to_owned()),
    };
    let signature = match kept.signature {
        Some(signature) => signature,
        None => keys.sign(&header)?,
    };
    Ok(Envelope { header, payload: kept.payload, signature })
}

/// The partner answered: keeps its receipts, and goes on with what still waits. A receipt that is not signed by the
/// partner, or speaks of something else, is worth nothing: its message waits on, and the delivery has
/// [`failed`] unless every message got a good one.
pub async fn answered(
    tx: &mut Tx,
    own: &str,
    partner: &str,
    sent: &[Envelope],
    receipts: Vec<Receipt>,
) -> Result<Believed, Failure> {
    let sent_to_it: HashSet<_> = sent.iter().map(|message| message.header.id).collect();
    let about_these = receipts.into_iter().filter(|one| sent_to_it.contains(&one.message_id));
    let believed = keep_receipts(tx, own, partner, about_these.collect()).await?;
    if believed.count < sent_to_it.len() {
        return Ok(believed);
    }
    let now = tx.now;
    store::outbox::end_delivery(tx, partner, now).await?;
    // More may have come to wait in the meantime; a delivery that finds nothing costs one statement.
    tx.enqueue(&Deliver { partner: partner.to_owned() })?;
    Ok(believed)
}

/// What came of receipts.
#[derive(Debug)]
pub struct Believed {
    /// About how many messages they can be trusted.
    pub count: usize,
    /// Messages that the partner has stored, and of which we did not know it before.
    pub delivered: Vec<MessageId>,
}

/// Keeps those receipts that the partner signed about messages of ours, as we said them.
pub async fn keep_receipts(
    tx: &mut Tx,
    own: &str,
    partner: &str,
    receipts: Vec<Receipt>,
) -> Result<Believed, Failure> {
    let now = tx.now;
    let keys = store::partner::keys_of(tx, partner).await?;
    let keys: HashMap<_, _> = keys.iter().map(|key| (key.key_id.as_str(), key)).collect();
    let mut believed: Vec<Receipt> = Vec::new();
    let mut about = HashSet::new();
    for receipt in receipts {
        let key = keys.get(receipt.key_id.as_str());
        let given_at = DateTime::parse_from_rfc3339(&receipt.received_at).ok();
        let is_good = receipt.is_between(own, partner)
            && key.zip(given_at).is_some_and(|(key, at)| {
                key.is_good(at.to_utc(), now) && receipt.is_signed_by(&key.public_key)
            });
        // Two words about one message: the first counts.
        if is_good && about.insert(receipt.message_id) {
            believed.push(receipt);
        }
    }
    let answers: Vec<_> = believed.iter().map(answer_of).collect::<serde_json::Result<_>>()?;
    let kept = store::outbox::answer(tx, partner, now, &answers).await?;
    let mut delivered = Vec::new();
    for answer in answers.iter().filter(|answer| kept.settled.contains(&answer.id)) {
        if let Some(why) = &answer.error {
            let (message, state) = (answer.id, OutboxState::Dead.name());
            tx.record(&Actor::system(), &MessageStopped { bureau: partner, message, state, why })?;
        } else {
            delivered.push(answer.id);
        }
    }
    Ok(Believed { count: kept.known, delivered })
}

fn answer_of(receipt: &Receipt) -> serde_json::Result<Answered> {
    let (state, error) = match receipt.outcome {
        Outcome::Stored => (OutboxState::Delivered, None),
        Outcome::Refused => {
            let codes: Vec<_> = receipt
                .errors
                .iter()
                .map(|error| format!("{} {}", error.pointer, error.code))
                .collect();
            let why: String = codes.join(", ").chars().take(LONGEST).collect();
            (OutboxState::Dead, Some(format!("refused: {why}")))
        }
    };
    Ok(Answered {
        id: receipt.message_id,
        payload_hash: receipt.payload_hash.clone(),
        state: state.name(),
        error,
        receipt: serde_json::to_value(receipt)?,
    })
}

/// The partner could not be reached, or said nothing that can be trusted: it is left alone for a while, longer each
/// time, but never longer than `longest`.
pub async fn failed(
    tx: &mut Tx,
    partner: &str,
    error: &str,
    longest: Duration,
) -> Result<(), Failure> {
    let now = tx.now;
    let error: String = error.chars().take(LONGEST).collect();
    let next = |failures| now + pause(failures).min(longest);
    let at = store::outbox::fail_delivery(tx, partner, &error, next).await?;
    tx.enqueue_at(&Deliver { partner: partner.to_owned() }, at)?;
    Ok(())
}

/// One second, two, four …
fn pause(failures: i32) -> Duration {
    Duration::seconds(1 << (failures - 1).clamp(0, 16))
}

/// Promises deliveries that nobody is about to make, and gives up what has waited for a week. Says how many
/// messages were given up.
pub async fn sweep(tx: &mut Tx) -> Result<usize, Failure> {
    let now = tx.now;
    let given_up = store::outbox::give_up(tx, now).await?;
    for (bureau, message) in &given_up {
        let (message, state) = (*message, OutboxState::Dead.name());
        let why = "no receipt within seven days";
        tx.record(&Actor::system(), &MessageStopped { bureau, message, state, why })?;
    }
    for partner in store::outbox::forgotten(tx, now).await? {
        tx.enqueue(&Deliver { partner })?;
    }
    Ok(given_up.len())
}

/// Says again what the partner misses in a conversation.
pub async fn send_again(
    tx: &mut Tx,
    partner: &str,
    correlation: uuid::Uuid,
    (first, last): (i32, i32),
) -> Result<Value, Failure> {
    let count = store::outbox::send_again(tx, partner, correlation, first, last).await?;
    tx.enqueue(&Deliver { partner: partner.to_owned() })?;
    Ok(serde_json::json!({ "sent_again": count }))
}

/// Gives a dead message another week.
pub async fn redrive(tx: &mut Tx, actor: &Actor, id: MessageId) -> Result<(), Failure> {
    let until = tx.now + PATIENCE;
    let partner = store::outbox::redrive(tx, id, until).await?;
    let partner = partner.ok_or(Failure::Missing("message"))?;
    tx.record(actor, &MessageRedriven { bureau: &partner, message: id })?;
    tx.enqueue(&Deliver { partner })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partner_that_is_down_is_asked_less_and_less_often() {
        let pauses: Vec<_> = (1..=6).map(|failures| pause(failures).num_seconds()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32]);
        assert_eq!(pause(i32::MAX), pause(17), "and never overflows");
    }
}
