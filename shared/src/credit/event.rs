//! What happened to credit. Numbers, classes and days only.
use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

use super::{ChangeStatus, CreditChange, CreditChangeId, CreditEvent, CreditEventId};
use crate::{identity::CreditClass, ledger::Event};

/// Points were taken off an enterprise.
#[derive(Debug, Serialize)]
pub struct EventRecorded<'a> {
    #[serde(skip)]
    pub id: CreditEventId,
    pub reg_no: &'a str,
    pub item: &'a str,
    pub points: i32,
    pub occurred_on: NaiveDate,
}

impl<'a> EventRecorded<'a> {
    #[must_use]
    pub fn of(event: &'a CreditEvent) -> Self {
        Self {
            id: event.id,
            reg_no: &event.reg_no,
            item: &event.item,
            points: event.weight.points,
            occurred_on: event.occurred_on,
        }
    }
}

impl Event for EventRecorded<'_> {
    const KIND: &'static str = "credit_event.recorded";
    fn subject(&self) -> Uuid {
        self.id.0
    }
}

/// A score item was entered by mistake, and counts no more.
#[derive(Debug, Serialize)]
pub struct EventStruck<'a> {
    #[serde(skip)]
    pub id: CreditEventId,
    pub reg_no: &'a str,
    #[serde(skip)]
    pub because: &'a str,
}

impl Event for EventStruck<'_> {
    const KIND: &'static str = "credit_event.struck";
    fn subject(&self) -> Uuid {
        self.id.0
    }
    fn reason(&self) -> Option<&str> {
        Some(self.because)
    }
}

/// A change of class was proposed, or took its step.
#[derive(Debug, Serialize)]
pub struct ChangeMoved<'a> {
    #[serde(skip)]
    id: CreditChangeId,
    reg_no: &'a str,
    from_class: CreditClass,
    to_class: CreditClass,
    /// The evaluation that proposes it.
    year: Option<i32>,
    #[serde(skip)]
    from: Option<ChangeStatus>,
    #[serde(skip)]
    to: ChangeStatus,
    #[serde(skip)]
    reason: Option<&'a str>,
}

impl<'a> ChangeMoved<'a> {
    /// Told of the change as it stands now. `from`: nothing, when it is new.
    #[must_use]
    pub fn of(change: &'a CreditChange, from: Option<ChangeStatus>) -> Self {
        let said = if from.is_none() { Some(&change.reason) } else { change.decision.as_ref() };
        Self {
            id: change.id,
            reg_no: &change.reg_no,
            from_class: change.from,
            to_class: change.to,
            year: change.period.map(|period| period.0),
            from,
            to: change.status,
            reason: said.map(String::as_str),
        }
    }
}

impl Event for ChangeMoved<'_> {
    const KIND: &'static str = "credit_change.proposed";
    fn kind(&self) -> &'static str {
        match self.to {
            ChangeStatus::Proposed => Self::KIND,
            ChangeStatus::Confirmed => "credit_change.confirmed",
            ChangeStatus::Refused => "credit_change.refused",
        }
    }
    fn subject(&self) -> Uuid {
        self.id.0
    }
    fn step(&self) -> Option<(&str, &str)> {
        self.from.map(|from| (from.name(), self.to.name()))
    }
    fn reason(&self) -> Option<&str> {
        self.reason
    }
}
