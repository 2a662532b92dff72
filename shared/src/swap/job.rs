//! What the room promises.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::TransferId;
use crate::ledger::Job;

/// Swap a claimed transfer into a clearance form.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Swap {
    pub transfer: TransferId,
}

impl Job for Swap {
    const KIND: &'static str = "transfer.swap";
    fn subject(&self) -> Uuid {
        self.transfer.0
    }
}
