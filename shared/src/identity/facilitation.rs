//! Facilitations withheld from an enterprise, at once and here (domain R16): declaring anywhere, direct release,
//! exemption from checks.
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::StaffId;
use crate::id;

id! {
    /// One block of facilitations.
    FacilitationBlockId
}

/// A block of facilitations. It ends by the decision of the enterprise's bureau, or by a duty chief here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacilitationBlock {
    pub id: FacilitationBlockId,
    /// Of the enterprise; it may be unknown to us.
    pub reg_no: String,
    /// What caused it: the notice of non-conformity.
    pub source: Uuid,
    pub reason: String,
    /// The bureau that is asked to suspend the enterprise.
    pub proposed_to: String,
    /// By then it should have decided.
    pub decide_due_on: NaiveDate,
    pub imposed_at: DateTime<Utc>,
    pub lifted_at: Option<DateTime<Utc>>,
    /// `None` where the other bureau's decision lifted it.
    pub lifted_by: Option<StaffId>,
    pub lifted_because: Option<String>,
    pub updated_at: DateTime<Utc>,
}

impl FacilitationBlock {
    /// Moves with every change: its `ETag`.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.updated_at.timestamp_micros()
    }
}
