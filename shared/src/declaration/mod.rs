//! Declarations (报检): what an enterprise says about its goods, and where that stands.
//!
//! *Dramatis personae*: the declaring unit files a `Content`; the `rules` review it; a [`Declaration`] is the
//! row that lives through the [`Status`] table; each filed version is kept whole. Filing and accepting move
//! several rooms at once and live in `acts`.
pub mod amending;
pub mod canonical;
pub mod check_digit;
pub mod content;
pub mod do_key;
pub mod event;
pub mod examples;
pub mod facts;
pub mod holder;
pub mod iso6346;
mod model;
pub mod numbers;
pub mod parse;
pub mod rules;
pub mod service;
pub mod status;
mod store;

pub use content::Content;
pub use facts::Facts;
pub use model::{
    Amendment, AmendmentId, AmendmentState, Cause, Declaration, DeclarationId, Direction, Filter,
    Kind, NewVersion, Version,
};
pub use parse::{Submission, parse};
pub use rules::{Parties, Review, Verdict, review};
pub use status::{Action, Status};
