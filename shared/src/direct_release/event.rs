//! What happened to grants of direct release. Numbers and days only.
use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

use super::{
    Direction, Enterprise, EnterpriseId, Ground,
    enterprise::{Action, Status},
};
use crate::ledger::Event;

/// An enterprise applied, or its grant took a step.
#[derive(Debug, Serialize)]
pub struct EnterpriseMoved {
    pub enterprise: EnterpriseId,
    pub reg_no: String,
    pub direction: Direction,
    pub version: i64,
    /// The first day on which it may apply again.
    pub suspended_until: Option<NaiveDate>,
    pub ground: Option<Ground>,
    #[serde(skip)]
    kind: &'static str,
    #[serde(skip)]
    from: Option<Status>,
    #[serde(skip)]
    to: Status,
    #[serde(skip)]
    reason: Option<String>,
}

impl EnterpriseMoved {
    /// `from` and `action`: `None` for the first application.
    #[must_use]
    pub fn of(enterprise: &Enterprise, step: Option<(Status, Action)>) -> Self {
        let kind = match step.map(|(_, action)| action) {
            None => "direct_enterprise.applied",
            Some(Action::Approve) => "direct_enterprise.approved",
            Some(Action::Refuse) => "direct_enterprise.refused",
            Some(Action::Suspend) => "direct_enterprise.suspended",
            Some(Action::Reapply) => "direct_enterprise.reapplied",
        };
        Self {
            enterprise: enterprise.id,
            reg_no: enterprise.reg_no.clone(),
            direction: enterprise.direction,
            version: enterprise.version,
            suspended_until: enterprise.suspended_until,
            ground: enterprise.ground,
            kind,
            from: step.map(|(from, _)| from),
            to: enterprise.status,
            reason: enterprise.reason.clone(),
        }
    }
}

impl Event for EnterpriseMoved {
    const KIND: &'static str = "direct_enterprise.applied";
    fn kind(&self) -> &'static str {
        self.kind
    }
    fn subject(&self) -> Uuid {
        self.enterprise.0
    }
    fn step(&self) -> Option<(&str, &str)> {
        self.from.map(|from| (from.name(), self.to.name()))
    }
    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

/// The first of two persons filled in a notice of suspension (停止直通放行通知单).
#[derive(Debug, Serialize)]
pub struct SuspensionNoticed<'a> {
    pub enterprise: EnterpriseId,
    pub ground: Ground,
    #[serde(skip)]
    pub reason: &'a str,
}

impl Event for SuspensionNoticed<'_> {
    const KIND: &'static str = "direct_enterprise.suspension_noticed";
    fn subject(&self) -> Uuid {
        self.enterprise.0
    }
    fn reason(&self) -> Option<&str> {
        Some(self.reason)
    }
}

/// The bureau that grants told us where an enterprise stands.
#[derive(Debug, Serialize)]
pub struct EnterpriseTold {
    pub enterprise: EnterpriseId,
    pub reg_no: String,
    pub direction: Direction,
    pub version: i64,
    pub state: Status,
}

impl Event for EnterpriseTold {
    const KIND: &'static str = "direct_enterprise.told";
    fn subject(&self) -> Uuid {
        self.enterprise.0
    }
}

/// Everything we granted or took back was told to a partner once more.
#[derive(Debug, Serialize)]
pub struct EnterprisesPushed<'a> {
    pub partner: &'a str,
    pub records: usize,
}

impl Event for EnterprisesPushed<'_> {
    const KIND: &'static str = "direct_enterprise.pushed";
    fn subject(&self) -> Uuid {
        crate::exchange::event::subject_of(self.partner)
    }
}
