//! One office gives a case, another takes it (domain R9).
//!
//! *Dramatis personae*: the offerer holds the case and may only recall it; the other side accepts it (by policy
//! or by an officer), refuses it, or lets it expire. Responsibility moves at acceptance, never before, and each
//! side keeps a receipt. Where the two are offices of two bureaus, each with a ledger of its own, the other side's
//! acceptance is a wish, and the offerer decides: the [`protocol`].
pub mod event;
pub mod job;
mod model;
mod passage;
pub mod protocol;
pub mod rules;
pub mod service;
mod store;

pub use model::{Answer, Handoff, HandoffId, Offer, State, answer_receipt, mermaid};
pub use passage::Passage;
