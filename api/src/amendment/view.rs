//! Amendments as the wire shows them.
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::json;
use shared::declaration::{Amendment, AmendmentId, AmendmentState, DeclarationId};
use utoipa::ToSchema;

/// A wish to change an accepted declaration (更改申请).
#[derive(Debug, Serialize, ToSchema)]
pub struct AmendmentOut {
    /// Ours.
    #[schema(value_type = uuid::Uuid)]
    pub id: AmendmentId,
    /// The declaration it is about.
    #[schema(value_type = uuid::Uuid)]
    pub declaration_id: DeclarationId,
    /// The version it was made for.
    #[schema(minimum = 1, maximum = 10000)]
    pub base_version: i32,
    /// The declaration as it shall be.
    #[schema(value_type = Object)]
    pub content: serde_json::Value,
    /// Why.
    #[schema(max_length = 1000)]
    pub reason: String,
    /// Where it stands.
    pub state: AmendmentState,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// The working day by whose end an officer decides.
    pub due_on: NaiveDate,
    /// When it was decided or taken back.
    pub decided_at: Option<DateTime<Utc>>,
    /// What the officer said to a refusal.
    #[schema(max_length = 1000)]
    pub decision: Option<String>,
    /// While nobody has decided: when that is to be expected, by what that office decided of late. Told where the
    /// amendments of one declaration are read.
    pub expected_at: Option<DateTime<Utc>>,
}

impl From<Amendment> for AmendmentOut {
    fn from(row: Amendment) -> Self {
        Self {
            id: row.id,
            declaration_id: row.declaration_id,
            base_version: row.base_version,
            content: row.content,
            reason: row.reason,
            state: row.state,
            requested_at: row.requested_at,
            due_on: row.due_on,
            decided_at: row.decided_at,
            decision: row.decision,
            expected_at: None,
        }
    }
}

/// All wishes of a declaration.
#[derive(Debug, Serialize, ToSchema)]
pub struct AmendmentList {
    /// Oldest first.
    #[schema(max_items = 10000)]
    pub data: Vec<AmendmentOut>,
}

/// One page of wishes to amend a declaration.
#[derive(Debug, Serialize, ToSchema)]
pub struct AmendmentPage {
    /// The wishes of this page.
    #[schema(max_items = 200)]
    pub data: Vec<AmendmentOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<uuid::Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// What the documentation shows.
#[must_use]
pub fn example() -> serde_json::Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c60",
        "declaration_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c4d", "base_version": 1,
        "content": { "goods_place": "外高桥港区五期堆场" }, "reason": "货物移场", "state": "REQUESTED",
        "requested_at": "2014-05-12T03:00:00Z", "due_on": "2014-05-13", "decided_at": null,
        "decision": null, "expected_at": "2014-05-12T03:40:00Z"
    })
}
