//! What happened between bureaus.
use serde::Serialize;
use uuid::Uuid;

use super::model::{MemorandumId, MessageId};
use crate::ledger::Event;

/// A partner was registered, changed, suspended or resumed.
#[derive(Debug, Serialize)]
pub struct PartnerChanged<'a> {
    pub partner: &'a str,
    pub what: &'static str,
}

impl Event for PartnerChanged<'_> {
    const KIND: &'static str = "exchange.partner_changed";
    fn subject(&self) -> Uuid {
        subject_of(self.partner)
    }
}

/// An operator asked whether a partner is there.
#[derive(Debug, Serialize)]
pub struct Pinged<'a> {
    pub partner: &'a str,
    pub message: MessageId,
}

impl Event for Pinged<'_> {
    const KIND: &'static str = "exchange.pinged";
    fn subject(&self) -> Uuid {
        subject_of(self.partner)
    }
}

/// A key of a bureau was published or revoked.
#[derive(Debug, Serialize)]
pub struct KeyChanged<'a> {
    pub bureau: &'a str,
    pub key_id: &'a str,
    pub what: &'static str,
}

impl Event for KeyChanged<'_> {
    const KIND: &'static str = "exchange.key_changed";
    fn subject(&self) -> Uuid {
        subject_of(self.bureau)
    }
}

/// A memorandum was agreed or ended.
#[derive(Debug, Serialize)]
pub struct MemorandumChanged<'a> {
    pub partner: &'a str,
    pub memorandum: MemorandumId,
    pub what: &'static str,
}

impl Event for MemorandumChanged<'_> {
    const KIND: &'static str = "exchange.memorandum_changed";
    fn subject(&self) -> Uuid {
        subject_of(self.partner)
    }
}

/// An operator gave a message another chance.
#[derive(Debug, Serialize)]
pub struct MessageRedriven<'a> {
    pub bureau: &'a str,
    pub message: MessageId,
}

impl Event for MessageRedriven<'_> {
    const KIND: &'static str = "exchange.message_redriven";
    fn subject(&self) -> Uuid {
        self.message.0
    }
}

/// A message will not go further by itself: refused, given up, or of a type we do not know.
#[derive(Debug, Serialize)]
pub struct MessageStopped<'a> {
    pub bureau: &'a str,
    pub message: MessageId,
    pub state: &'static str,
    #[serde(skip)]
    pub why: &'a str,
}

impl Event for MessageStopped<'_> {
    const KIND: &'static str = "exchange.message_stopped";
    fn subject(&self) -> Uuid {
        self.message.0
    }
    fn reason(&self) -> Option<&str> {
        Some(self.why)
    }
}

/// Whose timeline a partner's events stand in: an id made of its code, for partners have no other.
#[must_use]
pub fn subject_of(bureau: &str) -> Uuid {
    bureau.parse().map_or(Uuid::nil(), Uuid::from_u128)
}
