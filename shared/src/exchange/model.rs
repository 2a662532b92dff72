//! Partners, their keys, what was agreed with them, and messages as they are kept.
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::receipt::Receipt;
use crate::{id, words};

id! {
    /// One message between bureaus, named by its sender.
    MessageId
}

id! {
    /// One memorandum with one partner.
    MemorandumId
}

words! {
    /// Whether a partner is spoken with.
    PartnerState {
        /// Its messages are taken, ours go out.
        Active "ACTIVE",
        /// Nothing is taken; what we have for it waits.
        Suspended "SUSPENDED",
    }
}

words! {
    /// What a memorandum is about (domain 1.2: memoranda of different kinds coexist).
    MemorandumKind {
        /// Certificate swap: electronic transfers (电子转单).
        Transfer "TRANSFER",
        /// Direct release (直通放行).
        DirectRelease "DIRECT_RELEASE",
        /// Recognition of credit classes (诚信互认).
        Credit "CREDIT",
        /// Recommended enterprises are spared the check at the port.
        Exemption "EXEMPTION",
        /// Non-conformity notices (不合格信息通报).
        NonConformity "NON_CONFORMITY",
        /// Cases may change hands between the two bureaus.
        Handoff "HANDOFF",
    }
}

words! {
    /// What became of a message of ours.
    OutboxState {
        /// To be delivered, or fetched.
        Waiting "WAITING",
        /// The other side gave its receipt.
        Delivered "DELIVERED",
        /// Given up or refused: waits for an operator.
        Dead "DEAD",
    }
}

words! {
    /// What became of a message of theirs.
    InboxState {
        /// Kept, and to be applied in its order.
        Stored "STORED",
        /// It took effect.
        Applied "APPLIED",
        /// The rules forbid it; the reason says why.
        Refused "REFUSED",
        /// Of a type or version that this release does not know: kept for one that does.
        Parked "PARKED",
    }
}

/// Another bureau.
#[derive(Clone, Debug)]
pub struct Partner {
    pub code: String,
    pub name_zh: String,
    pub name_en: Option<String>,
    /// `None`: it cannot be called and comes for its messages.
    pub base_url: Option<String>,
    pub state: PartnerState,
    /// Deliveries that failed in a row.
    pub failures: i32,
    pub next_try_at: Option<DateTime<Utc>>,
    pub last_error: Option<String>,
    /// When it last took messages of ours.
    pub reached_at: Option<DateTime<Utc>>,
    /// When it last sent or fetched something.
    pub heard_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Partner {
    /// Moves with every change of what an administrator set: its `ETag`.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.updated_at.timestamp_micros()
    }
}

/// A bureau's public key, ours among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = BureauKey)]
pub struct Key {
    /// Whose it is.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub bureau: String,
    /// Its name in messages.
    #[schema(max_length = 64, pattern = "^[0-9A-Za-z._-]{1,64}$")]
    pub key_id: String,
    /// Ed25519, 32 bytes in base64.
    #[schema(max_length = 44, pattern = "^[0-9A-Za-z+/]{43}=$")]
    pub public_key: String,
    /// Messages sent from then on may be signed with it.
    pub valid_from: DateTime<Utc>,
    /// Messages sent before then may be signed with it; null: until it is replaced.
    pub valid_to: Option<DateTime<Utc>>,
    /// Nothing that arrives from then on is believed.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Key {
    /// May a message sent then and received then be signed with it?
    #[must_use]
    pub fn is_good(&self, sent_at: DateTime<Utc>, received_at: DateTime<Utc>) -> bool {
        sent_at >= self.valid_from
            && self.valid_to.is_none_or(|end| sent_at < end)
            && self.revoked_at.is_none_or(|revoked| received_at < revoked)
    }
}

/// What was agreed with one partner.
#[derive(Clone, Debug)]
pub struct Memorandum {
    pub id: MemorandumId,
    pub partner: String,
    pub kind: MemorandumKind,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    /// Numbers that both sides agreed on, such as a lower checking rate in parts per million.
    pub terms: Value,
    pub ended_at: Option<DateTime<Utc>>,
}

/// A message on its way out, as a room asks for it.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub receiver: String,
    /// `transfer.created`: the room, then the verb in the past tense.
    pub kind: &'static str,
    pub version: i16,
    /// What it is about: all messages of one correlation are applied in their order.
    pub correlation: Uuid,
    pub payload: Value,
}

/// A message of theirs, as it is kept.
#[derive(Clone, Debug)]
pub struct Message {
    pub sender: String,
    pub id: MessageId,
    pub kind: String,
    pub version: i16,
    pub correlation_id: Uuid,
    pub sequence: i32,
    pub sent_at: DateTime<Utc>,
    pub received_at: DateTime<Utc>,
    pub payload: Value,
    /// Records that the receipt refused, by their place in `payload.records`.
    pub refused_records: Vec<i32>,
    pub state: InboxState,
}

words! {
    /// Which way a message went.
    MessageWay {
        /// We sent it.
        Out "OUT",
        /// They sent it.
        In "IN",
    }
}

/// A message as an operator sees it, either way.
#[derive(Clone, Debug)]
pub struct Record {
    pub direction: MessageWay,
    pub bureau: String,
    pub id: MessageId,
    pub kind: String,
    pub version: i16,
    pub correlation_id: Uuid,
    pub sequence: i32,
    pub sent_at: DateTime<Utc>,
    /// An [`OutboxState`] or an [`InboxState`].
    pub state: String,
    pub attempts: i32,
    /// Why it is dead, refused or parked.
    pub reason: Option<String>,
    /// What its application brought about, item by item where it had items.
    pub outcome: Option<Value>,
    pub receipt: Option<Receipt>,
    /// Nobody signed it: a client played the partner.
    pub is_played: bool,
}
