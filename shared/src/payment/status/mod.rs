//! Four lifecycles, each one table: of a notice, of a payment, of an agreement, of a refund (domain R6 and R10).
//! Anything a table does not list is refused.
pub mod agreement;
pub mod notice;
pub mod payment;
pub mod refund;
