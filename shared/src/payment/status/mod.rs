//! Six lifecycles, each one table: of a notice, of a payment, of an agreement, of a refund (domain R6 and R10), of a
//! monthly settlement and of its statements. Anything a table does not list is refused.
pub mod agreement;
pub mod monthly_settlement;
pub mod monthly_statement;
pub mod notice;
pub mod payment;
pub mod refund;
