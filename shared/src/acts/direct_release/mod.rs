//! Direct release (直通放行): what moves more rooms than its own.
mod enterprises;

pub use enterprises::approve_direct_enterprise;
