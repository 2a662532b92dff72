//! What happened to the tables.
use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

use super::timeline::Counts;
use crate::ledger::Event;

/// A file was loaded into a book and changed it.
#[derive(Debug, Serialize)]
pub struct Imported {
    pub import: Uuid,
    pub book: &'static str,
    /// SHA-256 of the file, in hexadecimal.
    pub file_sha256: String,
    pub effective_from: Option<NaiveDate>,
    pub is_complete: bool,
    pub edition: i64,
    #[serde(flatten)]
    pub counts: Counts,
}

impl Event for Imported {
    const KIND: &'static str = "reference.imported";
    fn subject(&self) -> Uuid {
        self.import
    }
}

/// Tables we ship were loaded where the database had none.
#[derive(Debug, Serialize)]
pub struct Seeded {
    pub import: Uuid,
    pub edition: i64,
    pub rows: u64,
}

impl Event for Seeded {
    const KIND: &'static str = "reference.seeded";
    fn subject(&self) -> Uuid {
        self.import
    }
}
