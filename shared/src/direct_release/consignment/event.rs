//! What happened to consignments. Numbers, counts and reasons; never whole records.
use serde::Serialize;
use uuid::Uuid;

use super::{Action, Consignment, ConsignmentId, State};
use crate::ledger::Event;

/// A consignment came into being here, or took a step.
#[derive(Debug, Serialize)]
pub struct ConsignmentMoved {
    #[serde(skip)]
    consignment: ConsignmentId,
    pub clearance_no: String,
    pub reg_no: String,
    /// How many things do not agree.
    pub findings: usize,
    #[serde(skip)]
    kind: &'static str,
    #[serde(skip)]
    from: Option<State>,
    #[serde(skip)]
    to: State,
    #[serde(skip)]
    reason: Option<String>,
}

impl ConsignmentMoved {
    #[must_use]
    pub fn of(consignment: &Consignment, kind: &'static str, from: Option<State>) -> Self {
        Self {
            consignment: consignment.id,
            clearance_no: consignment.clearance_no.clone(),
            reg_no: consignment.reg_no.clone(),
            findings: consignment.findings.len(),
            kind,
            from,
            to: consignment.state,
            reason: consignment.remark.clone(),
        }
    }
}

impl Event for ConsignmentMoved {
    const KIND: &'static str = "direct_consignment.moved";
    fn kind(&self) -> &'static str {
        self.kind
    }
    fn subject(&self) -> Uuid {
        self.consignment.0
    }
    fn step(&self) -> Option<(&str, &str)> {
        self.from.map(|from| (from.name(), self.to.name()))
    }
    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

impl Action {
    /// The event that a step leaves in the ledger.
    #[must_use]
    pub const fn event(self) -> &'static str {
        match self {
            Self::Arrive | Self::ArriveInland => "direct_consignment.arrived",
            Self::Spare => "direct_consignment.not_drawn",
            Self::PassCheck => "direct_consignment.check_passed",
            Self::FindAnomaly => "direct_consignment.anomaly_found",
            Self::Resolve => "direct_consignment.resolved",
            Self::Stop => "direct_consignment.stopped",
            Self::Exit => "direct_consignment.exited",
            Self::Deliver => "direct_consignment.delivered",
            Self::Return => "direct_consignment.returned",
            Self::Recall => "direct_consignment.recalled",
        }
    }
}

/// Something was said or done about it that moves nothing.
#[derive(Debug, Serialize)]
pub struct ConsignmentNoted<'a> {
    #[serde(skip)]
    pub consignment: ConsignmentId,
    /// `direct_consignment.corrected`.
    #[serde(skip)]
    pub kind: &'static str,
    #[serde(skip)]
    pub reason: Option<&'a str>,
    pub clearance_no: &'a str,
    pub version: i64,
}

impl Event for ConsignmentNoted<'_> {
    const KIND: &'static str = "direct_consignment.noted";
    fn kind(&self) -> &'static str {
        self.kind
    }
    fn subject(&self) -> Uuid {
        self.consignment.0
    }
    fn reason(&self) -> Option<&str> {
        self.reason
    }
}

/// It arrived at the exit port, and the draw decided (domain R3).
#[derive(Debug, Serialize)]
pub struct ConsignmentDrawn<'a> {
    #[serde(skip)]
    pub consignment: ConsignmentId,
    pub subject: &'a str,
    pub rate_ppm: i32,
    pub draw: String,
    pub key_id: &'a str,
    pub is_drawn: bool,
}

impl Event for ConsignmentDrawn<'_> {
    const KIND: &'static str = "direct_consignment.drawn";
    fn subject(&self) -> Uuid {
        self.consignment.0
    }
}

/// Seals were put on containers of a declaration.
#[derive(Debug, Serialize)]
pub struct Sealed {
    #[serde(skip)]
    pub declaration: crate::declaration::DeclarationId,
    pub containers: usize,
    pub seals: usize,
}

impl Event for Sealed {
    const KIND: &'static str = "declaration.sealed";
    fn subject(&self) -> Uuid {
        self.declaration.0
    }
}
