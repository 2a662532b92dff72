//! The tables of this room: SQL and nothing else.
pub(super) mod change;
pub(super) mod evaluation;
pub(super) mod event;
pub(super) mod recognition;
