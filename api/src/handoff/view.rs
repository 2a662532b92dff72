//! Handoffs as the wire shows them.
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use shared::{
    declaration::DeclarationId,
    handoff::{Handoff, HandoffId, State},
};
use utoipa::ToSchema;
use uuid::Uuid;

/// A case on its way from one office to another.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandoffOut {
    /// Ours.
    #[schema(value_type = Uuid)]
    pub id: HandoffId,
    /// The case.
    #[schema(value_type = Uuid)]
    pub declaration_id: DeclarationId,
    /// The office that holds the case until this is accepted.
    #[schema(example = "310900", max_length = 6)]
    pub from_org: String,
    /// The office it is offered to.
    #[schema(example = "310700", max_length = 6)]
    pub to_org: String,
    /// The status of the declaration that asked for it.
    #[schema(example = "CONFORMING", max_length = 40)]
    pub cause: String,
    /// Where the handoff stands.
    pub state: State,
    /// When it was offered.
    pub offered_at: DateTime<Utc>,
    /// When the offer lapses.
    pub expires_at: DateTime<Utc>,
    /// When it was answered, recalled or lapsed.
    pub answered_at: Option<DateTime<Utc>>,
    /// While nobody has answered: when that is to be expected, by what that office answered of late. Read one handoff
    /// to be told.
    pub expected_at: Option<DateTime<Utc>>,
    /// When responsibility passed over.
    pub receipt_at: Option<DateTime<Utc>>,
    /// The offerer's receipt: SHA-256 over what was offered.
    #[schema(max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub offer_receipt: String,
    /// The other side's receipt: SHA-256 over the offer and its answer.
    #[schema(max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub answer_receipt: Option<String>,
    /// Why it was refused.
    #[schema(max_length = 40)]
    pub refusal_code: Option<String>,
    /// The same in words.
    #[schema(max_length = 1000)]
    pub refusal_text: Option<String>,
    /// When the holder's duty chief was alerted.
    pub escalated_at: Option<DateTime<Utc>>,
}

impl From<Handoff> for HandoffOut {
    fn from(row: Handoff) -> Self {
        Self {
            id: row.id,
            declaration_id: row.declaration_id,
            from_org: row.from_org,
            to_org: row.to_org,
            cause: row.cause,
            state: row.state,
            offered_at: row.offered_at,
            expires_at: row.expires_at,
            answered_at: row.answered_at,
            expected_at: None,
            receipt_at: row.receipt_at,
            offer_receipt: row.offer_receipt,
            answer_receipt: row.answer_receipt,
            refusal_code: row.refusal_code,
            refusal_text: row.refusal_text,
            escalated_at: row.escalated_at,
        }
    }
}

/// A page of handoffs, with its cursor.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandoffPage {
    /// The handoffs of this page.
    #[schema(max_items = 200)]
    pub data: Vec<HandoffOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// What the documentation shows.
#[must_use]
pub fn example() -> serde_json::Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c50",
        "declaration_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c4d", "from_org": "310900",
        "to_org": "310700", "cause": "CONFORMING", "state": "ACCEPTED",
        "offered_at": "2014-05-12T02:20:00Z", "expires_at": "2014-05-12T02:50:00Z",
        "answered_at": "2014-05-12T02:20:00.04Z", "expected_at": null, "receipt_at": "2014-05-12T02:20:00.04Z",
        "offer_receipt": "7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730",
        "answer_receipt": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
        "refusal_code": null, "refusal_text": null, "escalated_at": null
    })
}

/// The same, in a page.
#[must_use]
pub fn example_page() -> serde_json::Value {
    json!({ "data": [example()], "next_cursor": null, "has_more": false })
}
