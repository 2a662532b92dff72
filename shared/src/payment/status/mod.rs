//! Three lifecycles, each one table: of a notice, of a payment, of an agreement (domain R6).
//! Anything a table does not list is refused.
pub mod agreement;
pub mod notice;
pub mod payment;
