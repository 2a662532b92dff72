//! Is anybody there? A ping goes the whole way of a message: kept, signed, delivered, stored, applied in its turn; the
//! pong comes back in the same way. An operator who sees it knows that the line, the keys and both workers are well.
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    exchange::{
        Envelope, Message, MessageId, Outgoing,
        event::{Pinged, subject_of},
        service::{inbox::Review, outbox},
    },
    kernel::{Actor, Failure, Violations},
    ledger::Tx,
};

/// Asks for a pong.
pub const PING: &str = "exchange.ping";
/// The answer to a ping.
pub const PONG: &str = "exchange.pong";
/// The longest note, in characters.
const NOTE: usize = 200;

/// The payload of `exchange.ping`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ping {
    note: Option<String>,
}

/// The payload of `exchange.pong`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pong {
    #[serde(rename = "message_id")]
    _message: Uuid,
}

/// Pings a partner. All pings to one partner are one conversation, so they arrive in their order.
pub async fn ping(
    tx: &mut Tx,
    actor: &Actor,
    partner: &str,
    note: Option<&str>,
) -> Result<MessageId, Failure> {
    let mut wrong = Violations::default();
    check_note(note, "/note", &mut wrong);
    wrong.finish(Some(()))?;
    let payload = note.map_or_else(|| json!({}), |note| json!({ "note": note }));
    let (receiver, correlation) = (partner.to_owned(), subject_of(partner));
    let message = Outgoing { receiver, kind: PING, version: 1, correlation, payload };
    let message = outbox::send(tx, message).await?;
    tx.record(actor, &Pinged { partner, message })?;
    Ok(message)
}

fn check_note(note: Option<&str>, pointer: &str, wrong: &mut Violations) {
    if note.is_some_and(|note| note.chars().count() > NOTE || note.contains('\0')) {
        let (zh, en) = ("附言不超过200字", "a note has 200 characters at most");
        wrong.error(pointer, "text-malformed", zh, en);
    }
}

/// What is wrong with a ping.
pub(super) fn review(envelope: &Envelope) -> Review {
    let mut review = super::shaped::<Ping>(&envelope.payload);
    if let Ok(Ping { note }) = Ping::deserialize(&envelope.payload) {
        check_note(note.as_deref(), "/payload/note", &mut review.errors);
    }
    review
}

/// Answers a ping, in its own conversation.
pub(super) async fn answer(tx: &mut Tx, message: &Message) -> Result<Value, Failure> {
    let pong = Outgoing {
        receiver: message.sender.clone(),
        kind: PONG,
        version: 1,
        correlation: message.correlation_id,
        payload: json!({ "message_id": message.id }),
    };
    let pong = outbox::send(tx, pong).await?;
    Ok(json!({ "pong": pong }))
}
