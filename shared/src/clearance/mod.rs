//! Clearance: the form (通关单) for catalogue goods, and the release of goods at the release office.
//!
//! *Dramatis personae*: a [`Form`] is issued once, lives until customs wrote it off, it is voided, or its time
//! is over; at most one of a declaration is live. A [`Release`] is final.
pub mod event;
mod form;
pub mod job;
pub mod rules;
pub mod service;
mod store;

pub use form::{Form, FormId, Line, NewForm, Release, ReleaseKind, State, mermaid};
