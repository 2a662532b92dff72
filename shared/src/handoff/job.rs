//! What handoffs promise.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::HandoffId;
use crate::ledger::Job;

/// Carry the offer to the other office: it accepts by policy, or finds it in its work list.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct AnswerHandoff {
    pub handoff: HandoffId,
}

impl Job for AnswerHandoff {
    const KIND: &'static str = "handoff.answer";

    fn subject(&self) -> Uuid {
        self.handoff.0
    }
}

/// Tell the other bureau where a handoff between the two stands.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct TellPartner {
    pub handoff: HandoffId,
}

impl Job for TellPartner {
    const KIND: &'static str = "handoff.tell";

    fn subject(&self) -> Uuid {
        self.handoff.0
    }
}
