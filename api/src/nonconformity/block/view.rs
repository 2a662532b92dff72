//! Blocks of facilitations as the wire shows them.
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use shared::identity::{FacilitationBlock, FacilitationBlockId, StaffId};
use utoipa::ToSchema;
use uuid::Uuid;

/// Facilitations withheld from an enterprise.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FacilitationBlockOut {
    /// Ours.
    pub id: FacilitationBlockId,
    /// The enterprise's registration number; it may be unknown to us.
    #[schema(max_length = 10, pattern = r"^\d{10}$")]
    pub reg_no: String,
    /// The notice of non-conformity that caused it.
    pub notice_id: Uuid,
    /// Its number and category.
    #[schema(max_length = 100)]
    pub reason: String,
    /// The bureau that is asked to suspend the enterprise.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub proposed_to: String,
    /// By then it should have decided.
    pub decide_due_on: NaiveDate,
    /// Since when.
    pub imposed_at: DateTime<Utc>,
    /// Until when; null: it is in force.
    pub lifted_at: Option<DateTime<Utc>>,
    /// The duty chief who lifted it; null where the other bureau's decision did.
    pub lifted_by: Option<StaffId>,
    /// Why it ended.
    #[schema(max_length = 600)]
    pub lifted_because: Option<String>,
}

impl From<FacilitationBlock> for FacilitationBlockOut {
    fn from(block: FacilitationBlock) -> Self {
        Self {
            id: block.id,
            reg_no: block.reg_no,
            notice_id: block.source,
            reason: block.reason,
            proposed_to: block.proposed_to,
            decide_due_on: block.decide_due_on,
            imposed_at: block.imposed_at,
            lifted_at: block.lifted_at,
            lifted_by: block.lifted_by,
            lifted_because: block.lifted_because,
        }
    }
}

/// A page of blocks, with its cursor.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FacilitationBlockPage {
    /// The blocks of this page, newest first.
    #[schema(max_items = 200)]
    pub data: Vec<FacilitationBlockOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// What the documentation shows.
pub(super) fn example() -> Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c80", "reg_no": "3205601234",
        "notice_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c60", "reason": "NC311000201400003 SEAL",
        "proposed_to": "320000", "decide_due_on": "2014-07-21",
        "imposed_at": "2014-07-14T07:00:00Z", "lifted_at": null, "lifted_by": null,
        "lifted_because": null,
    })
}
