//! What happened to forms; they stand in the timeline of their declaration.
use serde::Serialize;
use uuid::Uuid;

use super::{Form, State};
use crate::ledger::Event;

/// A form was issued or changed its state.
#[derive(Debug, Serialize)]
pub struct FormMoved {
    #[serde(skip)]
    subject: Uuid,
    #[serde(skip)]
    from: Option<State>,
    #[serde(skip)]
    to: State,
    #[serde(skip)]
    reason: Option<String>,
    pub clearance_no: String,
    pub valid_until: chrono::NaiveDate,
    pub before_result: bool,
}

impl FormMoved {
    #[must_use]
    pub fn of(form: &Form, from: Option<State>) -> Self {
        Self {
            subject: form.declaration_id.0,
            from,
            to: form.state,
            reason: form.void_reason.clone(),
            clearance_no: form.clearance_no.clone(),
            valid_until: form.valid_until,
            before_result: form.before_result,
        }
    }
}

impl Event for FormMoved {
    const KIND: &'static str = "clearance_form.issued";

    fn kind(&self) -> &'static str {
        match self.to {
            State::Issued => "clearance_form.issued",
            State::Sent => "clearance_form.sent",
            State::StoredAtCustoms => "clearance_form.stored_at_customs",
            State::Annotated => "clearance_form.annotated",
            State::WrittenOff => "clearance_form.written_off",
            State::Void => "clearance_form.voided",
            State::Expired => "clearance_form.expired",
        }
    }

    fn subject(&self) -> Uuid {
        self.subject
    }

    fn step(&self) -> Option<(&str, &str)> {
        self.from.map(|from| (from.name(), self.to.name()))
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}
