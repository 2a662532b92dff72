//! What the bureau counts (domain 4.1, 4.2, 4.8).
//!
//! A batch counts on the Shanghai day of its acceptance, at its declaring office; a payment on the day it was settled.
//! "Released" means RELEASED.
//!
//! Whatever changes what a record counts for leaves a *delta* in the same transaction (triggers in
//! `migrations/0013_statistics.sql`, so that nobody can forget); [`service::fold`] adds deltas to the sums of their
//! day, month and year. [`service::read`] makes a period of few such [`spans`], and adds what is not folded yet. So the
//! figures equal a recount of the records at every moment, and cost the same however many there are.
mod figures;
mod release_times;
pub mod service;
mod spans;
mod store;
mod waits;

pub use figures::{Figures, OfficeFigures, Period};
pub use waits::{Wait, Waits};
