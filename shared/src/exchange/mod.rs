//! What bureaus say to each other: signed messages over HTTP, stored first and applied after.
//!
//! *Dramatis personae*: a [`Partner`] is another bureau; a [`Memorandum`] says what it may do here. An [`Envelope`]
//! is one signed message; a [`Receipt`] says, signed, what became of it. The outbox promises delivery, the inbox
//! keeps what came; a conversation is all messages of one correlation, applied in their order.
//!
//! `docs/exchange-protocol.md` is the protocol for those who implement the other side.
pub mod envelope;
pub mod event;
pub mod job;
pub mod keys;
mod model;
mod receipt;
pub mod records;
pub mod rules;
pub mod service;
mod store;

pub use envelope::{Envelope, Header, PROTOCOL};
pub use keys::OwnKeys;
pub use model::{
    InboxState, Key, Memorandum, MemorandumId, MemorandumKind, Message, MessageId, MessageWay,
    OutboxState, Outgoing, Partner, PartnerState, Record,
};
pub use receipt::{Outcome, Receipt};
