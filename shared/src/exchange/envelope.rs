//! One signed message: how it is made, read, and found to be whole.
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{
    keys::{self, OwnKeys},
    model::{MessageId, Outgoing},
};
use crate::kernel::Violations;

/// What all messages of this protocol begin with.
pub const PROTOCOL: &str = "bureau-exchange/1";

/// The signed part of a message: everything but the payload, which stands in it by its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MessageHeader)]
pub struct Header {
    /// `bureau-exchange/1`.
    #[schema(max_length = 40, pattern = "^bureau-exchange/1$")]
    pub protocol: String,
    pub id: MessageId,
    /// Code of the bureau that says it.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub sender: String,
    /// Code of the bureau that it is said to.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub receiver: String,
    /// `transfer.created`.
    #[serde(rename = "type")]
    #[schema(max_length = 64, pattern = "^[a-z_]+[.][a-z_]+$")]
    pub kind: String,
    /// Of the type. A greater one may say more, never something else.
    #[schema(minimum = 1, maximum = 999)]
    pub version: i16,
    /// UTC with milliseconds, always `2014-05-12T02:20:00.000Z`.
    #[schema(max_length = 24, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[.]\d{3}Z$")]
    pub sent_at: String,
    /// What it is about.
    pub correlation_id: Uuid,
    /// From 1 within sender, receiver and correlation; 0 stands outside the order.
    #[schema(minimum = 0, maximum = 2_147_483_647)]
    pub sequence: i32,
    /// `sha-256:` and the digest of the payload's RFC 8785 spelling.
    #[schema(max_length = 72, pattern = "^sha-256:[0-9a-f]{64}$")]
    pub payload_hash: String,
    /// The sender's key.
    #[schema(max_length = 64, pattern = "^[0-9A-Za-z._-]{1,64}$")]
    pub key_id: String,
}

/// A message as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Message)]
pub struct Envelope {
    pub header: Header,
    /// What the type says; whole numbers and texts only.
    #[schema(value_type = Object)]
    pub payload: Value,
    /// Ed25519 over the header's RFC 8785 spelling, in base64.
    #[schema(max_length = 88, pattern = "^[0-9A-Za-z+/]{86}==$")]
    pub signature: String,
}

impl Envelope {
    /// Seals a message of ours.
    pub fn seal(
        keys: &OwnKeys,
        id: MessageId,
        sequence: i32,
        sent_at: DateTime<Utc>,
        message: Outgoing,
    ) -> anyhow::Result<Self> {
        let mut envelope = Self::unsigned(keys.bureau(), id, sequence, sent_at, message)?;
        keys.key_id().clone_into(&mut envelope.header.key_id);
        envelope.signature = keys.sign(&envelope.header)?;
        Ok(envelope)
    }

    /// What that bureau would say, with nobody's name under it.
    pub fn unsigned(
        sender: &str,
        id: MessageId,
        sequence: i32,
        sent_at: DateTime<Utc>,
        message: Outgoing,
    ) -> anyhow::Result<Self> {
        let header = Header {
            protocol: PROTOCOL.to_owned(),
            id,
            sender: sender.to_owned(),
            receiver: message.receiver,
            kind: message.kind.to_owned(),
            version: message.version,
            sent_at: sent_at.to_rfc3339_opts(SecondsFormat::Millis, true),
            correlation_id: message.correlation,
            sequence,
            payload_hash: keys::digest(&message.payload)?,
            key_id: String::new(),
        };
        Ok(Self { signature: String::new(), header, payload: message.payload })
    }

    /// The moment it names, once [`Envelope::review`] has found no fault.
    #[must_use]
    pub fn sent_at(&self) -> Option<DateTime<Utc>> {
        let at = DateTime::parse_from_rfc3339(&self.header.sent_at).ok()?.to_utc();
        (at.to_rfc3339_opts(SecondsFormat::Millis, true) == self.header.sent_at).then_some(at)
    }

    /// Is the payload the one that the header speaks of?
    #[must_use]
    pub fn is_whole(&self) -> bool {
        keys::digest(&self.payload).is_ok_and(|digest| digest == self.header.payload_hash)
    }

    /// Did the holder of that key sign it?
    #[must_use]
    pub fn is_signed_by(&self, public_key: &str) -> bool {
        keys::is_signed(public_key, &self.header, &self.signature)
    }

    /// Everything that is wrong with its form. Who sent it and whether it may is asked elsewhere.
    #[must_use]
    pub fn review(&self) -> Violations {
        let mut wrong = Violations::default();
        let header = &self.header;
        if header.protocol != PROTOCOL {
            let (zh, en) = ("不支持的协议", "this protocol is not spoken here");
            wrong.error("/header/protocol", "protocol-unknown", zh, en);
        }
        if !is_type(&header.kind) {
            let (zh, en) =
                ("消息类型格式有误", "a type is a room, a dot and a word: transfer.created");
            wrong.error("/header/type", "type-malformed", zh, en);
        }
        if self.sent_at().is_none() {
            let (zh, en) =
                ("时间格式应为 2014-05-12T02:20:00.000Z", "send 2014-05-12T02:20:00.000Z");
            wrong.error("/header/sent_at", "time-malformed", zh, en);
        }
        for (name, number, least) in
            [("version", i32::from(header.version), 1), ("sequence", header.sequence, 0)]
        {
            if number < least {
                let (zh, en) = ("数值过小", format!("at least {least}"));
                wrong.error(format!("/header/{name}"), "number-too-small", zh, en);
            }
        }
        review_values(&self.payload, "/payload", &mut wrong);
        if !self.payload.is_object() {
            let (zh, en) = ("内容应为对象", "the payload is an object");
            wrong.error("/payload", "payload-malformed", zh, en);
        } else if !self.is_whole() {
            let (zh, en) = ("内容与摘要不符", "the payload does not have this hash");
            wrong.error("/header/payload_hash", "payload-changed", zh, en);
        }
        wrong
    }
}

/// `transfer.created`, at most 64 letters long.
fn is_type(kind: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    kind.len() <= 64
        && kind.split_once('.').is_some_and(|(room, verb)| is_word(room) && is_word(verb))
}

/// Whole numbers that every language can hold, and texts that every database can: anything else would not survive
/// the way with its hash.
fn review_values(value: &Value, pointer: &str, wrong: &mut Violations) {
    const SAFE: i64 = (1 << 53) - 1;
    match value {
        Value::Number(number)
            if number.as_i64().is_none_or(|whole| !(-SAFE..=SAFE).contains(&whole)) =>
        {
            let (zh, en) =
                ("数字应为整数；小数请用文本", "whole numbers only: send decimals as text");
            wrong.error(pointer, "number-not-whole", zh, en);
        }
        Value::String(text) if text.contains('\0') => {
            let (zh, en) = ("文本不得含空字符", "a text may not hold U+0000");
            wrong.error(pointer, "text-malformed", zh, en);
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                review_values(item, &format!("{pointer}/{index}"), wrong);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                if name.contains('\0') {
                    let (zh, en) = ("名称不得含空字符", "a name may not hold U+0000");
                    wrong.error(pointer, "text-malformed", zh, en);
                }
                let name = name.replace('~', "~0").replace('/', "~1");
                review_values(member, &format!("{pointer}/{name}"), wrong);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn keys() -> OwnKeys {
        OwnKeys::from_seed("330000", "2014-a", &[7; 32])
    }

    fn message() -> Envelope {
        let at: DateTime<Utc> = "2014-05-12T02:20:00Z".parse().unwrap();
        let outgoing = Outgoing {
            receiver: "310000".into(),
            kind: "credit.pushed",
            version: 1,
            correlation: Uuid::from_u128(5),
            payload: json!({ "records": [{ "reg_no": "3301600001", "class": "A", "version": 1 }] }),
        };
        Envelope::seal(&keys(), MessageId(Uuid::from_u128(1)), 1, at, outgoing).unwrap()
    }

    fn public_key() -> String {
        keys().public().next().unwrap().1
    }

    #[test]
    fn a_sealed_message_is_whole_signed_and_without_fault() {
        let message = message();
        assert!(message.is_signed_by(&public_key()));
        assert_eq!(message.review(), Violations::default());
        assert_eq!(message.header.sent_at, "2014-05-12T02:20:00.000Z");
    }

    #[test]
    fn it_survives_the_way_as_json_with_members_in_any_order() {
        let text = serde_json::to_string(&message()).unwrap();
        let read: Envelope = serde_json::from_str(&text).unwrap();
        assert!(read.is_signed_by(&public_key()) && read.is_whole());
    }

    #[test]
    fn every_change_of_the_header_breaks_the_signature() {
        let members = serde_json::to_value(message().header).unwrap();
        for name in members.as_object().unwrap().keys() {
            let mut changed = serde_json::to_value(message()).unwrap();
            let member = &mut changed["header"][name];
            *member = match name.as_str() {
                "id" | "correlation_id" => json!(Uuid::from_u128(9)),
                "version" | "sequence" => json!(2),
                _ => json!(format!("{}x", member.as_str().unwrap())),
            };
            let changed: Envelope = serde_json::from_value(changed).unwrap();
            assert!(!changed.is_signed_by(&public_key()), "{name}");
        }
    }

    #[test]
    fn a_changed_payload_no_longer_fits_the_signed_hash() {
        let mut changed = message();
        changed.payload["records"][0]["class"] = json!("AA");
        let found: Vec<_> = changed.review().iter().map(|one| one.code.clone()).collect();
        assert!(changed.is_signed_by(&public_key()));
        assert_eq!(found, ["payload-changed"]);
    }

    #[test]
    fn all_faults_of_form_are_told_at_once() {
        let mut message = message();
        message.header.protocol = "post/1".into();
        message.header.kind = "Credit.\0".into();
        message.header.sent_at = "2014-05-12T02:20:00Z".into();
        message.header.sequence = -1;
        message.payload = json!({ "weight": 1.5, "a/b": ["x\0"], "c": { "\0": 1 } });
        let found = message.review();
        let found: Vec<_> =
            found.iter().map(|one| (one.pointer.as_str(), one.code.as_str())).collect();
        assert_eq!(
            found,
            [
                ("/header/protocol", "protocol-unknown"),
                ("/header/type", "type-malformed"),
                ("/header/sent_at", "time-malformed"),
                ("/header/sequence", "number-too-small"),
                ("/payload/a~1b/0", "text-malformed"),
                ("/payload/c", "text-malformed"),
                ("/payload/weight", "number-not-whole"),
                ("/header/payload_hash", "payload-changed"),
            ]
        );
    }

    #[test]
    fn somebody_elses_key_or_no_key_verifies_nothing() {
        let other = OwnKeys::from_seed("330000", "2014-b", &[8; 32]);
        assert!(!message().is_signed_by(&other.public().next().unwrap().1));
        assert!(!message().is_signed_by("no key"));
    }
}
