//! What happened and what is still owed, written with the change itself.
pub mod event;
pub mod jobs;
pub mod once;
mod tx;

pub use event::{Event, Happening};
pub use jobs::{Job, JobId};
pub use tx::Tx;
