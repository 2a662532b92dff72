//! Credit of enterprises (信用管理): what is scored against them, the class that a year comes to, and who may change it
//! (domain 4.6, R10, R14).
//!
//! *Dramatis personae*: a [`CreditEvent`] takes points off the hundred of its [`Period`]; an [`Evaluation`] reckons a
//! period once; a [`CreditChange`] is proposed by one and confirmed by another, and only then does the class of the
//! enterprise change. A [`Recognition`] is the class that another bureau gave its enterprise, as far as we let it count
//! (诚信互认).
pub mod change;
pub mod event;
pub mod exemption;
pub mod recognition;
pub mod rules;
pub mod score;
pub mod service;
mod store;

pub use change::{ChangeStatus, CreditChange, CreditChangeId};
pub use recognition::{Recognition, RecognitionId};
pub use score::{CreditEvent, CreditEventId, Evaluation, Period, Score, Weight};
