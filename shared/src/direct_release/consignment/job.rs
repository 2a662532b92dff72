//! What is promised about consignments.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ConsignmentId;
use crate::ledger::Job;

/// Asks, when the last day to arrive is over, whether an import has arrived.
#[derive(Debug, Serialize, Deserialize)]
pub struct Chase {
    pub consignment: ConsignmentId,
}

impl Job for Chase {
    const KIND: &'static str = "direct_release.chase";
    fn subject(&self) -> Uuid {
        self.consignment.0
    }
}
