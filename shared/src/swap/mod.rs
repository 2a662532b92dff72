//! Certificate swap (换证直通): goods inspected where they are made leave through another bureau's port, and the
//! electronic transfer (电子转单) is exchanged there for a clearance form.
//!
//! *Dramatis personae*: the origin makes a [`Transfer`] of a conforming declaration and shows its password once; the
//! enterprise carries a slip (换证凭条); at the port somebody [`Presented`]s number and password, is drawn or not, and
//! gets the form. Both bureaus keep the transfer and walk it through one [`State`] table; what they tell each other
//! is in `message`. Acts live in `acts::swap`, for they move declarations, forms and messages too.
mod amending;
mod asked;
pub mod event;
mod exclusion;
pub mod job;
pub mod message;
mod model;
pub mod rules;
pub mod service;
mod status;
mod store;
mod tries;

pub use amending::{Weighed, weigh};
pub use asked::{AskedAmendment, AskedAmendmentId, AskedState, AskedStep, Change, asked_mermaid};
pub use exclusion::{Handling, exclusions, is_live};
pub use model::{Filter, Presented, Side, Transfer, TransferId, TryId, transfer_no};
pub use status::{Action, State, mermaid};
pub use tries::{Failures, Limits, Standing};
