//! What the two bureaus tell each other about a transfer. The shapes are those of `docs/exchange-protocol.md`.
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{Action, Change, Handling, Transfer};

/// `transfer.created`: the origin hands its result over.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Created {
    pub transfer_no: String,
    pub version: i32,
    pub decl_no: String,
    pub origin_org: String,
    pub port_bureau: String,
    pub port_org: Option<String>,
    pub password_hash: String,
    pub concluded_on: NaiveDate,
    pub valid_until: NaiveDate,
    pub handling: Handling,
    /// The declaration as it was inspected, in the members of `docs/fields.md`.
    pub declaration: Value,
}

/// `transfer.unlocked`: it may be tried again, with a new password.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unlocked {
    pub transfer_no: String,
    pub version: i32,
    pub password_hash: String,
}

/// `transfer.revoked` and `transfer.correction_agreed`: the origin decides, and says why.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    pub transfer_no: String,
    pub version: i32,
    pub reason: String,
}

/// Whatever the port reports: what happened is the message's type, and where the case stands then is told each time.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    pub transfer_no: String,
    pub version: i32,
    pub port_org: Option<String>,
    pub port_decl_no: Option<String>,
    pub clearance_no: Option<String>,
    pub valid_until: Option<NaiveDate>,
    pub reason: Option<String>,
}

impl Report {
    #[must_use]
    pub fn of(transfer: &Transfer) -> Self {
        Self {
            transfer_no: transfer.transfer_no.clone(),
            version: transfer.port_version,
            port_org: transfer.port_org.clone(),
            port_decl_no: transfer.port_decl_no.clone(),
            clearance_no: transfer.clearance_no.clone(),
            valid_until: transfer.form_valid_until,
            reason: transfer.reason.clone(),
        }
    }
}

/// `transfer.amendment_asked`: the port asks whether the origin agrees to what it may not change alone.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmendmentAsked {
    pub transfer_no: String,
    pub version: i32,
    /// The port's id of it.
    pub amendment: Uuid,
    pub reason: String,
    pub changes: Vec<Change>,
}

/// `transfer.amendment_decided`: what the origin says to it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmendmentDecided {
    pub transfer_no: String,
    pub version: i32,
    pub amendment: Uuid,
    pub is_agreed: bool,
    pub reason: String,
}

/// `transfer.amendment_settled`: the port tells that it amended its case, or that nothing came of what it asked for.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmendmentSettled {
    pub transfer_no: String,
    pub version: i32,
    pub amendment: Uuid,
    pub is_applied: bool,
    /// The form that holds now, and its last day.
    pub clearance_no: Option<String>,
    pub valid_until: Option<NaiveDate>,
    pub reason: Option<String>,
    pub changes: Vec<Change>,
}

/// The step that a report tells of; `None`: it moves nothing.
#[must_use]
pub fn step_of(kind: &str) -> Option<Action> {
    Action::ALL.iter().copied().find(|action| action.event() == kind)
}
