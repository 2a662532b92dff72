//! What happened to handoffs; they stand in the timeline of their declaration.
use serde::Serialize;
use uuid::Uuid;

use super::{Handoff, HandoffId, State};
use crate::ledger::Event;

/// A handoff was offered or answered.
#[derive(Debug, Serialize)]
pub struct Moved {
    pub handoff: HandoffId,
    #[serde(skip)]
    subject: Uuid,
    #[serde(skip)]
    was: State,
    #[serde(skip)]
    state: State,
    pub from_org: String,
    pub to_org: String,
    pub cause: String,
    /// The receipt of whoever spoke.
    pub receipt: String,
    #[serde(skip)]
    reason: Option<String>,
}

impl Moved {
    /// It was offered.
    #[must_use]
    pub fn offered(handoff: &Handoff) -> Self {
        Self::from(State::Offered, handoff)
    }

    /// It was answered, and stood there before.
    #[must_use]
    pub fn from(was: State, handoff: &Handoff) -> Self {
        let receipt = handoff.answer_receipt.as_ref().unwrap_or(&handoff.offer_receipt);
        Self {
            handoff: handoff.id,
            subject: handoff.declaration_id.0,
            was,
            state: handoff.state,
            from_org: handoff.from_org.clone(),
            to_org: handoff.to_org.clone(),
            cause: handoff.cause.clone(),
            receipt: receipt.clone(),
            reason: handoff.refusal_text.clone().or_else(|| handoff.refusal_code.clone()),
        }
    }
}

impl Event for Moved {
    const KIND: &'static str = "handoff.offered";

    fn kind(&self) -> &'static str {
        match self.state {
            State::Offered => "handoff.offered",
            State::Agreed => "handoff.agreed",
            State::Accepted => "handoff.accepted",
            State::Refused => "handoff.refused",
            State::Recalled => "handoff.recalled",
            State::Expired => "handoff.expired",
        }
    }

    fn subject(&self) -> Uuid {
        self.subject
    }

    fn step(&self) -> Option<(&str, &str)> {
        match self.state {
            State::Offered => None,
            answered => Some((self.was.name(), answered.name())),
        }
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}
