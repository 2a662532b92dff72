//! What clearance promises.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{declaration::DeclarationId, ledger::Job};

/// Release goods of the automatic path, at the release office.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Release {
    pub declaration: DeclarationId,
}

impl Job for Release {
    const KIND: &'static str = "clearance.release";

    fn subject(&self) -> Uuid {
        self.declaration.0
    }
}
