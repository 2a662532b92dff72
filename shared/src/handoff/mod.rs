//! One office gives a case, another takes it (domain R9).
//!
//! *Dramatis personae*: the offerer holds the case and may only recall it; the other side accepts it (by policy
//! or by an officer), refuses it, or lets it expire. Responsibility moves at acceptance, never before, and each
//! side keeps a receipt.
pub mod event;
pub mod job;
mod model;
pub mod service;
mod store;

pub use model::{Answer, Handoff, HandoffId, Offer, State, mermaid};
