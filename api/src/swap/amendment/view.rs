//! Amendments that a port asks for, as the wire shows them.
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use shared::swap::{AskedAmendment, AskedAmendmentId, AskedState, Change, TransferId};
use utoipa::ToSchema;
use uuid::Uuid;

/// An amendment that the port may not make alone: the origin agrees to it, or not.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransferAmendmentOut {
    /// Ours.
    #[schema(value_type = Uuid)]
    pub id: AskedAmendmentId,
    /// The transfer it is about.
    #[schema(value_type = Uuid)]
    pub transfer_id: TransferId,
    /// The number of that transfer.
    #[schema(example = "330900214004567T", max_length = 16)]
    pub transfer_no: String,
    /// Why the claimant at the port wants it.
    #[schema(max_length = 1000)]
    pub reason: String,
    /// What would be different from what is declared at the port.
    #[schema(max_items = 1000)]
    pub changes: Vec<Change>,
    /// Where it stands.
    pub state: AskedState,
    /// When the port asked.
    pub asked_at: DateTime<Utc>,
    /// When an officer of this bureau answered.
    pub decided_at: Option<DateTime<Utc>>,
    /// What the officer said.
    #[schema(max_length = 1000)]
    pub decision: Option<String>,
    /// When the port made it, or dropped it.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why the port dropped it.
    #[schema(max_length = 1000)]
    pub outcome: Option<String>,
    /// While it waits, for an officer here or then for the port: when that is to be expected, by what they did of late.
    /// Told where the amendments of one transfer are read.
    pub expected_at: Option<DateTime<Utc>>,
}

impl From<AskedAmendment> for TransferAmendmentOut {
    fn from(row: AskedAmendment) -> Self {
        Self {
            id: row.id,
            transfer_id: row.transfer_id,
            transfer_no: row.transfer_no,
            reason: row.reason,
            changes: row.changes.0,
            state: row.state,
            asked_at: row.asked_at,
            decided_at: row.decided_at,
            decision: row.decision,
            ended_at: row.ended_at,
            outcome: row.outcome,
            expected_at: None,
        }
    }
}

/// All that a port asked about one transfer.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransferAmendmentList {
    /// Oldest first.
    #[schema(max_items = 10000)]
    pub data: Vec<TransferAmendmentOut>,
}

/// One page of what waits for an answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransferAmendmentPage {
    /// The amendments of this page.
    #[schema(max_items = 200)]
    pub data: Vec<TransferAmendmentOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// What the documentation shows.
#[must_use]
pub fn example() -> serde_json::Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c71",
        "transfer_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c60", "transfer_no": "330900214004567T",
        "reason": "单价调整",
        "changes": [{ "pointer": "/goods/0/goods_total_val", "transferred": "361250.00", "wanted": "317900.00" }],
        "state": "ASKED", "asked_at": "2014-07-16T03:00:00Z", "decided_at": null, "decision": null,
        "ended_at": null, "outcome": null, "expected_at": "2014-07-16T03:25:00Z"
    })
}
