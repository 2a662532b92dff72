//! What is promised about webhooks. Deliveries are no jobs: their rows are the promise, and the courier reads them.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::EndpointId;
use crate::ledger::{Job, Lane};

/// Asks an address to prove that it wants to be told.
#[derive(Debug, Serialize, Deserialize)]
pub struct Challenge {
    pub endpoint: EndpointId,
}

impl Job for Challenge {
    const KIND: &'static str = "webhook.challenge";
    const LANE: Lane = Lane::Outward;
    fn subject(&self) -> Uuid {
        self.endpoint.0
    }
}
