//! Losing direct release (停止直通放行): the grounds, who asks for it, and what holds until it is decided.
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::model::words;

crate::id!(
    /// A proposal to suspend an enterprise, and what became of it.
    SuspensionId
);

crate::id!(
    /// One enterprise whose goods do not go directly here.
    BlockId
);

words! {
    /// Why an enterprise loses direct release (domain 4.5, five grounds).
    Ground as DirectReleaseGround {
        /// A condition does not hold any more.
        ConditionsUnmet "CONDITIONS_UNMET",
        /// Goods that went directly came back or were claimed, with bad effect.
        ReturnedOrClaimed "RETURNED_OR_CLAIMED",
        /// It broke a seal, swapped goods, changed lots or packaging.
        Tampering "TAMPERING",
        /// Other goods of it did not agree with their papers at the port: critical or major notices only.
        MismatchAtPort "MISMATCH_AT_PORT",
        /// Another violation for which it was penalised.
        Penalised "PENALISED",
    }
}

words! {
    /// Where a proposal stands. It is decided once.
    State as DirectSuspensionState {
        Proposed "PROPOSED",
        Suspended "SUSPENDED",
        Declined "DECLINED",
    }
}

/// What the port saw and the granting bureau decides on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspension {
    pub id: SuspensionId,
    pub reg_no: String,
    pub ground: Ground,
    pub evidence: String,
    pub clearance_no: Option<String>,
    /// The partner that asked us; `None`: we asked.
    pub proposer: Option<String>,
    /// The partner that we asked; `None`: we decide.
    pub granter: Option<String>,
    pub state: State,
    pub proposed_at: DateTime<Utc>,
    /// The last day for a decision (domain R16: five working days).
    pub due_on: NaiveDate,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_by: Option<Uuid>,
    pub decision: Option<String>,
}

/// No direct release here, until the granting bureau has decided or our duty chief lifts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub id: BlockId,
    pub reg_no: String,
    pub reason: String,
    pub suspension_id: Option<SuspensionId>,
    pub blocked_at: DateTime<Utc>,
    pub lifted_at: Option<DateTime<Utc>>,
    pub lifted_by: Option<Uuid>,
    pub lift_reason: Option<String>,
}
