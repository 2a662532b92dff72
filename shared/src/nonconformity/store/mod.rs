//! The tables of this room: SQL and nothing else.
pub(super) mod digest;
pub(super) mod notice;
pub(super) mod received;
