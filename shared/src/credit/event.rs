//! What happened to credit. Numbers, classes and days only.
use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

use super::{
    ChangeStatus, CreditChange, CreditChangeId, CreditEvent, CreditEventId, Recognition,
    RecognitionId,
    exemption::Hindrance,
    recognition::{Action, Status},
};
use crate::{declaration::DeclarationId, identity::CreditClass, ledger::Event};

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

/// A partner told us of the class of its enterprise.
#[derive(Debug, Serialize)]
pub struct RecognitionTold<'a> {
    #[serde(skip)]
    pub id: RecognitionId,
    pub partner: &'a str,
    pub reg_no: &'a str,
    pub class: CreditClass,
    pub version: i64,
    /// Where it stood, if it was there before, and where it stands now.
    #[serde(skip)]
    pub step: Option<(Status, Status)>,
}

impl Event for RecognitionTold<'_> {
    const KIND: &'static str = "credit_recognition.told";
    fn subject(&self) -> Uuid {
        self.id.0
    }
    fn step(&self) -> Option<(&str, &str)> {
        self.step.filter(|(from, to)| from != to).map(|(from, to)| (from.name(), to.name()))
    }
}

/// A recognition took a step here.
#[derive(Debug, Serialize)]
pub struct RecognitionMoved<'a> {
    #[serde(skip)]
    id: RecognitionId,
    partner: &'a str,
    reg_no: &'a str,
    class: CreditClass,
    version: i64,
    #[serde(skip)]
    from: Status,
    #[serde(skip)]
    to: Status,
    #[serde(skip)]
    action: Action,
    #[serde(skip)]
    reason: Option<&'a str>,
}

impl<'a> RecognitionMoved<'a> {
    /// Told of the recognition as it stands now.
    #[must_use]
    pub fn of(recognition: &'a Recognition, from: Status, action: Action) -> Self {
        Self {
            id: recognition.id,
            partner: &recognition.partner,
            reg_no: &recognition.reg_no,
            class: recognition.class,
            version: recognition.version,
            from,
            to: recognition.status,
            action,
            reason: recognition.reason.as_deref(),
        }
    }
}

impl Event for RecognitionMoved<'_> {
    const KIND: &'static str = "credit_recognition.acknowledged";
    fn kind(&self) -> &'static str {
        match self.action {
            Action::Acknowledge => Self::KIND,
            Action::Refuse => "credit_recognition.refused",
            Action::Activate => "credit_recognition.activated",
            Action::Suspend => "credit_recognition.suspended",
            Action::Resume => "credit_recognition.resumed",
            Action::Revoke => "credit_recognition.revoked",
            Action::Expire => "credit_recognition.expired",
            Action::Repropose => "credit_recognition.told",
        }
    }
    fn subject(&self) -> Uuid {
        self.id.0
    }
    fn step(&self) -> Option<(&str, &str)> {
        Some((self.from.name(), self.to.name()))
    }
    fn reason(&self) -> Option<&str> {
        self.reason
    }
}

/// The classes of all our enterprises were told to a partner.
#[derive(Debug, Serialize)]
pub struct ClassesPushed<'a> {
    pub partner: &'a str,
    pub records: usize,
}

impl Event for ClassesPushed<'_> {
    const KIND: &'static str = "credit.classes_pushed";
    fn subject(&self) -> Uuid {
        crate::exchange::event::subject_of(self.partner)
    }
}

/// Goods of an enterprise that its bureau recommended are checked at the port all the same.
#[derive(Debug, Serialize)]
pub struct ExemptionWithheld<'a> {
    #[serde(skip)]
    pub declaration: DeclarationId,
    pub hindrances: &'a [Hindrance],
}

impl Event for ExemptionWithheld<'_> {
    const KIND: &'static str = "declaration.exemption_withheld";
    fn subject(&self) -> Uuid {
        self.declaration.0
    }
}
