//! Recognition of a class that another bureau gave its enterprise (诚信互认).
pub mod message;
mod status;

use chrono::{DateTime, NaiveDate, Utc};

pub use status::{Action, Status, mermaid};

use crate::{
    id,
    identity::{CreditClass, Privilege, StaffId},
};

id! {
    /// One enterprise of one partner, and what we make of its class.
    RecognitionId
}

/// What a partner says of its enterprise, and where that stands here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognition {
    pub id: RecognitionId,
    /// Whose word it is.
    pub partner: String,
    pub reg_no: String,
    pub version: i64,
    pub class: CreditClass,
    pub valid_from: NaiveDate,
    /// `None`: until the partner says otherwise.
    pub valid_to: Option<NaiveDate>,
    /// First digits of HS codes; empty: all goods.
    pub hs_scope: Vec<String>,
    pub privileges: Vec<Privilege>,
    /// The partner's file.
    pub evidence: String,
    pub status: Status,
    /// Why it is suspended, refused or revoked.
    pub reason: Option<String>,
    pub decided_by: Option<StaffId>,
    /// When this version came.
    pub told_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Recognition {
    /// Moves with every change: its `ETag`.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.updated_at.timestamp_micros()
    }
}
