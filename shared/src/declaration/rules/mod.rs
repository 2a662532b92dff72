//! What may stand: the review of a declaration.
//!
//! Every check notes what it finds on the [`Desk`] and carries on, so that one notice tells it all (一次性告知).
//! All is pure: content, reference books, what is known of the parties, and today.
pub mod catalogue;
mod desk;

pub use catalogue::{RULES, Rule, Stage};
pub use desk::{Desk, shown};
