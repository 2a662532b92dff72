//! How what is said may go wrong, on request: from the messages to the calls that bring them.
use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    exchange::{Envelope, Header, keys},
    kernel::signature::Message,
};

use super::voice::Voice;

/// Where messages are brought.
pub(super) const MESSAGES: &str = "/v1/exchange/messages";
/// What Anyport takes in one call.
const FITS: usize = 8 << 20;
/// A bureau that has no part in this.
const ANOTHER: &str = "990000";

/// What is wrong with what is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    #[default]
    None,
    /// Somebody else signed the messages.
    WrongSignature,
    /// Somebody else signed the request.
    WrongSeal,
    /// The request is dated six minutes ago.
    OldClock,
    /// The request is dated six minutes ahead.
    FastClock,
    /// The messages are dated ten minutes ahead.
    FutureDate,
    /// The payloads were changed on the way.
    ChangedPayload,
    /// The messages are said, and then others under the same ids.
    IdReused,
    /// The last message comes first.
    OutOfOrder,
    /// The same call twice, byte by byte.
    Replayed,
    /// The messages are for another bureau.
    Misdirected,
    /// The messages claim to be another bureau's.
    Impersonating,
    /// The end of the body is missing.
    Truncated,
    /// More than fits into one call.
    Oversized,
}

/// A request, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub content_type: &'static str,
    pub headers: [(&'static str, String); 4],
    pub body: Vec<u8>,
}

impl Fault {
    /// The calls that bring these messages with this fault, one after the other.
    pub fn calls(
        self,
        voice: &Voice,
        mut messages: Vec<Envelope>,
        now: DateTime<Utc>,
        is_lines: bool,
    ) -> anyhow::Result<Vec<Call>> {
        if self == Self::OutOfOrder {
            messages.reverse();
        }
        let spoilt = messages.iter().map(|message| self.spoil(voice, message, now));
        let spoilt: Vec<_> = spoilt.collect::<anyhow::Result<_>>()?;
        let mut batches = vec![spoilt];
        if self == Self::IdReused {
            batches.insert(0, messages);
        }
        let mut calls = Vec::new();
        for batch in &batches {
            calls.push(self.call(voice, batch, now, is_lines)?);
        }
        if self == Self::Replayed {
            calls.push(calls[0].clone());
        }
        Ok(calls)
    }

    /// One message with this fault.
    fn spoil(
        self,
        voice: &Voice,
        message: &Envelope,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Envelope> {
        let signed = |change: &dyn Fn(&mut Header)| {
            let mut header = message.header.clone();
            change(&mut header);
            voice.signed(header, message.payload.clone())
        };
        match self {
            Self::WrongSignature => {
                voice.impostor().signed(message.header.clone(), message.payload.clone())
            }
            Self::FutureDate => {
                let ahead = now + Duration::minutes(10);
                signed(&|header| {
                    header.sent_at = ahead.to_rfc3339_opts(SecondsFormat::Millis, true);
                })
            }
            Self::Misdirected => signed(&|header| ANOTHER.clone_into(&mut header.receiver)),
            Self::Impersonating => signed(&|header| ANOTHER.clone_into(&mut header.sender)),
            Self::ChangedPayload => Ok(Envelope { payload: changed(message), ..message.clone() }),
            Self::IdReused => {
                let payload = changed(message);
                let payload_hash = keys::digest(&payload)?;
                voice.signed(Header { payload_hash, ..message.header.clone() }, payload)
            }
            _ => Ok(message.clone()),
        }
    }

    /// One request with this fault. It is signed as it is sent, however little of it there is.
    fn call(
        self,
        voice: &Voice,
        messages: &[Envelope],
        now: DateTime<Utc>,
        is_lines: bool,
    ) -> anyhow::Result<Call> {
        let mut body = if is_lines { lines(messages)? } else { object(messages)? };
        match self {
            Self::Truncated => body.truncate(body.len().saturating_sub(20)),
            Self::Oversized => body.resize(FITS + 1, b' '),
            _ => {}
        }
        let at = match self {
            Self::OldClock => now - Duration::minutes(6),
            Self::FastClock => now + Duration::minutes(6),
            _ => now,
        };
        let request = Message { method: "POST", path: MESSAGES, body: &body };
        let headers = match self {
            Self::WrongSeal => voice.impostor().seal(request, at),
            _ => voice.seal(request, at),
        };
        let content_type = if is_lines { "application/x-ndjson" } else { "application/json" };
        Ok(Call { content_type, headers, body })
    }
}

/// Says something else; where notes are allowed, nothing that is wrong in itself.
fn changed(message: &Envelope) -> Value {
    let mut payload = message.payload.clone();
    match payload.as_object_mut() {
        Some(members) => drop(members.insert("note".to_owned(), "changed on its way".into())),
        None => payload = Value::Null,
    }
    payload
}

fn object(messages: &[Envelope]) -> anyhow::Result<Vec<u8>> {
    Ok(serde_json::to_vec(&json!({ "messages": messages }))?)
}

/// One message a line.
fn lines(messages: &[Envelope]) -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::new();
    for message in messages {
        serde_json::to_writer(&mut body, message)?;
        body.push(b'\n');
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use shared::exchange::OwnKeys;
    use uuid::Uuid;

    use super::*;

    fn calls(fault: Fault) -> Vec<Call> {
        let now = "2014-05-12T02:20:00Z".parse().unwrap();
        let keys = OwnKeys::from_seed("330000", "2014-a", &[7; 32]);
        let voice = Voice { keys, receiver: "310000".to_owned() };
        let place = |sequence| (Uuid::from_u128(5), sequence);
        let said: Vec<_> = (1..=2)
            .map(|number| voice.says(now, "exchange.ping", place(number), json!({})).unwrap())
            .collect();
        fault.calls(&voice, said, now, false).unwrap()
    }

    fn first(call: &Call) -> Envelope {
        let body: Value = serde_json::from_slice(&call.body).unwrap();
        serde_json::from_value(body["messages"][0].clone()).unwrap()
    }

    #[test]
    fn what_is_said_well_is_whole_and_in_its_order() {
        let calls = calls(Fault::None);

        assert_eq!(calls.len(), 1);
        assert_eq!(first(&calls[0]).header.sequence, 1);
        assert!(first(&calls[0]).review().is_empty());
    }

    #[test]
    fn a_replayed_call_is_the_same_byte_by_byte() {
        let calls = calls(Fault::Replayed);

        assert_eq!(calls[0], calls[1]);
    }

    #[test]
    fn the_second_message_under_an_id_is_as_good_as_the_first() {
        let calls = calls(Fault::IdReused);
        let (one, other) = (first(&calls[0]), first(&calls[1]));

        assert_eq!(one.header.id, other.header.id);
        assert_ne!(one.header.payload_hash, other.header.payload_hash);
        assert!(other.review().is_empty());
    }
}
