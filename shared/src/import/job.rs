//! What imports promise.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ImportId;
use crate::ledger::Job;

/// File the next declarations of an import.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct FileNext {
    pub import: ImportId,
}

impl Job for FileNext {
    const KIND: &'static str = "import.file";

    fn subject(&self) -> Uuid {
        self.import.0
    }
}
