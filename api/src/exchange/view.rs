//! Partners, keys, memoranda and messages as the wire shows them.
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::exchange::{
    Envelope, Key, Memorandum, MemorandumId, MemorandumKind, MessageId, MessageWay, OwnKeys,
    Partner, PartnerState, Receipt, Record,
};
use utoipa::ToSchema;
use uuid::Uuid;

/// Another bureau that messages are exchanged with.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PartnerOut {
    /// Its organisation code.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub code: String,
    /// Its name.
    #[schema(max_length = 100)]
    pub name_zh: String,
    /// Its name in English.
    #[schema(max_length = 100)]
    pub name_en: Option<String>,
    /// Where it is called; null: it comes for its messages.
    #[schema(max_length = 300)]
    pub base_url: Option<String>,
    /// Whether it is spoken with.
    pub state: PartnerState,
    /// Deliveries that failed in a row.
    #[schema(minimum = 0)]
    pub failures: i32,
    /// It is left alone until then.
    pub next_try_at: Option<DateTime<Utc>>,
    /// How the last delivery failed.
    #[schema(max_length = 500)]
    pub last_error: Option<String>,
    /// When it last took messages of ours.
    pub reached_at: Option<DateTime<Utc>>,
    /// When it last sent or fetched something.
    pub heard_at: Option<DateTime<Utc>>,
}

impl From<Partner> for PartnerOut {
    fn from(partner: Partner) -> Self {
        Self {
            code: partner.code,
            name_zh: partner.name_zh,
            name_en: partner.name_en,
            base_url: partner.base_url,
            state: partner.state,
            failures: partner.failures,
            next_try_at: partner.next_try_at,
            last_error: partner.last_error,
            reached_at: partner.reached_at,
            heard_at: partner.heard_at,
        }
    }
}

pub(super) fn partner_example() -> Value {
    json!({
        "code": "330000", "name_zh": "浙江出入境检验检疫局", "name_en": "Zhejiang CIQ",
        "base_url": "https://exchange.zhejiang.example", "state": "ACTIVE", "failures": 0,
        "next_try_at": null, "last_error": null, "reached_at": "2014-05-12T02:20:01Z",
        "heard_at": "2014-05-12T02:19:44Z",
    })
}

/// All partners, by their codes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PartnersOut {
    #[schema(max_items = 1000)]
    pub data: Vec<PartnerOut>,
}

/// A bureau's keys, oldest first, also those that are over.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KeysOut {
    /// Whose they are.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub bureau: String,
    #[schema(max_items = 1000)]
    pub keys: Vec<Key>,
}

pub(super) fn key_example() -> Value {
    json!({
        "bureau": "330000", "key_id": "2014-a",
        "public_key": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        "valid_from": "2014-01-01T00:00:00Z", "valid_to": null, "revoked_at": null,
    })
}

/// What was agreed with a partner (合作备忘录).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MemorandumOut {
    #[schema(value_type = Uuid)]
    pub id: MemorandumId,
    /// With whom.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub partner: String,
    /// About what.
    pub kind: MemorandumKind,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day; null: until it is ended.
    pub valid_to: Option<NaiveDate>,
    /// Numbers that both sides agreed on.
    #[schema(value_type = Object)]
    pub terms: Value,
    /// When it was ended before its time.
    pub ended_at: Option<DateTime<Utc>>,
}

impl From<Memorandum> for MemorandumOut {
    fn from(memorandum: Memorandum) -> Self {
        Self {
            id: memorandum.id,
            partner: memorandum.partner,
            kind: memorandum.kind,
            valid_from: memorandum.valid_from,
            valid_to: memorandum.valid_to,
            terms: memorandum.terms,
            ended_at: memorandum.ended_at,
        }
    }
}

pub(super) fn memorandum_example() -> Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3d01", "partner": "330000", "kind": "TRANSFER",
        "valid_from": "2013-01-01", "valid_to": null, "terms": {}, "ended_at": null,
    })
}

/// All that was ever agreed with a partner, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MemorandaOut {
    #[schema(max_items = 1000)]
    pub data: Vec<MemorandumOut>,
}

/// Messages in one call.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Messages {
    #[schema(max_items = 1000)]
    pub messages: Vec<Envelope>,
}

/// What became of them, in the same order.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Receipts {
    #[schema(max_items = 1000)]
    pub receipts: Vec<Receipt>,
}

/// How many receipts were believed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AcknowledgedOut {
    #[schema(minimum = 0, maximum = 1000)]
    pub believed: usize,
}

/// A message as whoever watches over it sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessageOut {
    #[schema(value_type = Uuid)]
    pub id: MessageId,
    /// `OUT`: ours; `IN`: theirs.
    pub direction: MessageWay,
    /// The other bureau.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub bureau: String,
    /// Its type.
    #[serde(rename = "type")]
    #[schema(max_length = 64)]
    pub kind: String,
    /// The version of its type.
    #[schema(minimum = 1)]
    pub version: i16,
    /// What it is about.
    pub correlation_id: Uuid,
    /// Its place in the conversation; 0 stands outside the order.
    #[schema(minimum = 0)]
    pub sequence: i32,
    /// When it was said.
    pub sent_at: DateTime<Utc>,
    /// `WAITING`, `DELIVERED` or `DEAD` of ours; `STORED`, `APPLIED`, `REFUSED` or `PARKED` of theirs.
    #[schema(max_length = 10)]
    pub state: String,
    /// How often it was tried.
    #[schema(minimum = 0)]
    pub attempts: i32,
    /// Why it stopped.
    #[schema(max_length = 2000)]
    pub reason: Option<String>,
    /// What it brought about.
    #[schema(value_type = Option<Object>)]
    pub outcome: Option<Value>,
    /// The receipt that was given for it.
    pub receipt: Option<Receipt>,
    /// Nobody signed it: in test mode somebody played the partner. Never in production.
    pub is_played: bool,
}

impl From<Record> for MessageOut {
    fn from(record: Record) -> Self {
        Self {
            id: record.id,
            direction: record.direction,
            bureau: record.bureau,
            kind: record.kind,
            version: record.version,
            correlation_id: record.correlation_id,
            sequence: record.sequence,
            sent_at: record.sent_at,
            state: record.state,
            attempts: record.attempts,
            reason: record.reason,
            outcome: record.outcome,
            receipt: record.receipt,
            is_played: record.is_played,
        }
    }
}

/// One page of stopped messages.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessagePage {
    #[schema(max_items = 200)]
    pub data: Vec<MessageOut>,
    /// Ask for the next page with it.
    pub next_cursor: Option<Uuid>,
    /// Whether there is one.
    pub has_more: bool,
}

/// A message that both sides of the examples speak of, signed with the key of RFC 8032, test 1.
fn example() -> anyhow::Result<(Envelope, Receipt)> {
    const SEED: [u8; 32] = [
        0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c,
        0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae,
        0x7f, 0x60,
    ];
    let at = DateTime::parse_from_rfc3339("2014-05-12T02:20:00Z")?.to_utc();
    let keys = OwnKeys::from_seed("330000", "2014-a", &SEED);
    let id = MessageId(Uuid::from_u128(0x0191_0a5e_7c1e_7b3a_9c55_0d6d_1a2b_3d02));
    let message = shared::exchange::Outgoing {
        receiver: "310000".into(),
        kind: "exchange.resend",
        version: 1,
        correlation: Uuid::from_u128(0x0191_0a5e_7c1e_7b3a_9c55_0d6d_1a2b_3d03),
        payload: json!({
            "correlation_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3d04", "first": 2, "last": 3,
        }),
    };
    let envelope = Envelope::seal(&keys, id, 0, at, message)?;
    let ours = OwnKeys::from_seed("310000", "2014-a", &SEED);
    let outcome = shared::exchange::Outcome::Stored;
    let receipt = Receipt::seal(&ours, &envelope.header, at, outcome, Vec::new())?;
    Ok((envelope, receipt))
}

pub(super) fn messages_example() -> Value {
    example().map_or(Value::Null, |(envelope, _)| json!({ "messages": [envelope] }))
}

pub(super) fn receipts_example() -> Value {
    example().map_or(Value::Null, |(_, receipt)| json!({ "receipts": [receipt] }))
}

pub(super) fn message_example() -> Value {
    example().map_or(Value::Null, |(envelope, receipt)| {
        json!({
            "id": envelope.header.id, "direction": "IN", "bureau": "330000", "type": envelope.header.kind,
            "version": 1, "correlation_id": envelope.header.correlation_id, "sequence": 0,
            "sent_at": "2014-05-12T02:20:00Z", "state": "APPLIED", "attempts": 0, "reason": null,
            "outcome": { "sent_again": 2 }, "receipt": receipt, "is_played": false,
        })
    })
}
