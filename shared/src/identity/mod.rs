//! Who is who, and who may act for whom.
//!
//! *Dramatis personae*: an `Organisation` (office, enterprise or declaring agent) employs `Staff` and runs
//! `Client`s; an agent declares for an enterprise under a `PowerOfAttorney`; an enterprise becomes eligible to
//! declare anywhere (通报通放).
pub mod permission;

pub use permission::Permission;
