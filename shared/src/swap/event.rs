//! What happened to transfers. Numbers are told, passwords and their hashes never are.
use serde::Serialize;
use uuid::Uuid;

use super::{Action, State, Transfer, TransferId};
use crate::ledger::Event;

/// A transfer came into being here: made at the origin, or received by the port.
#[derive(Debug, Serialize)]
pub struct Created<'a> {
    #[serde(skip)]
    pub transfer: TransferId,
    pub transfer_no: &'a str,
    pub port_bureau: &'a str,
    pub valid_until: chrono::NaiveDate,
}

impl Event for Created<'_> {
    const KIND: &'static str = "transfer.created";
    fn subject(&self) -> Uuid {
        self.transfer.0
    }
}

/// A step of its life.
#[derive(Debug, Serialize)]
pub struct Moved {
    #[serde(skip)]
    transfer: TransferId,
    #[serde(skip)]
    action: Action,
    #[serde(skip)]
    from: State,
    #[serde(skip)]
    to: State,
    #[serde(skip)]
    reason: Option<String>,
    pub transfer_no: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port_decl_no: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clearance_no: Option<String>,
}

impl Moved {
    #[must_use]
    pub fn of(transfer: &Transfer, action: Action, from: State) -> Self {
        Self {
            transfer: transfer.id,
            action,
            from,
            to: transfer.state,
            reason: transfer.reason.clone(),
            transfer_no: transfer.transfer_no.clone(),
            port_decl_no: transfer.port_decl_no.clone(),
            clearance_no: transfer.clearance_no.clone(),
        }
    }
}

impl Event for Moved {
    const KIND: &'static str = "transfer.moved";
    fn kind(&self) -> &'static str {
        self.action.event()
    }
    fn subject(&self) -> Uuid {
        self.transfer.0
    }
    fn step(&self) -> Option<(&str, &str)> {
        Some((self.from.name(), self.to.name()))
    }
    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

/// Something was said or done about it that moves nothing.
#[derive(Debug, Serialize)]
pub struct Noted<'a> {
    #[serde(skip)]
    pub transfer: TransferId,
    /// `transfer.unlocked`, `transfer.amended` …
    #[serde(skip)]
    pub kind: &'static str,
    #[serde(skip)]
    pub reason: Option<&'a str>,
    pub transfer_no: &'a str,
}

impl Event for Noted<'_> {
    const KIND: &'static str = "transfer.noted";
    fn kind(&self) -> &'static str {
        self.kind
    }
    fn subject(&self) -> Uuid {
        self.transfer.0
    }
    fn reason(&self) -> Option<&str> {
        self.reason
    }
}

/// Somebody guesses: an alarm. It stands in the timeline of the transfer, and of nothing where there is none of that
/// number.
#[derive(Debug, Serialize)]
pub struct Guessed<'a> {
    #[serde(skip)]
    pub transfer: Option<TransferId>,
    pub transfer_no: &'a str,
    /// Who guessed last.
    pub caller: &'a str,
    pub failures_of_caller: i64,
    pub failures_of_transfer: i64,
    pub failures_of_numbers: i64,
}

impl Event for Guessed<'_> {
    const KIND: &'static str = "transfer.guessed";
    fn subject(&self) -> Uuid {
        self.transfer.map_or(Uuid::nil(), |id| id.0)
    }
}
