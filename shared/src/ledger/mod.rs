//! What happened and what is still owed, written with the change itself.
pub mod desk;
pub mod event;
pub mod flow;
mod flush;
pub mod jobs;
pub mod once;
pub mod reap;
pub mod schedule;
mod tx;

pub use event::{Event, Happening};
pub use jobs::{Job, JobId, Lane};
pub use tx::Tx;
