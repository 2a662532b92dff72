//! The acts of this room, one module for each noun.
pub mod access;
pub mod attorney;
pub mod client;
pub mod eligibility;
pub mod facilitation;
pub mod organisation;
pub mod staff;

pub use attorney::powers_of_attorney_of;
pub use organisation::{facts_of, known_of};
pub use staff::{FirstAdministrator, create_first_administrator};
