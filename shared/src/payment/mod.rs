//! Fees (收费) and their payment (网上电子支付).
//!
//! *Dramatis personae*: a `Tariff` and a declaration's goods make an `Assessment`; a [`FeeNotice`] asks for it;
//! a [`Payment`] is one attempt to pay it, by an [`Agreement`] that lets the bank debit the payer's account. The
//! bank's `Word` (answer, query or callback, in any order and any number) moves payment and notice; every
//! movement of money is a `Posting`. With a [`MonthlySettlement`] release does not wait for fees: they are told of in
//! a [`MonthlyStatement`] once a month.
//!
//! Three rules hold it together. A debit is marked sent, and that is committed, before it leaves: it leaves at
//! most once. What the bank did not say, we do not know: only its word ends an unknown payment. And no
//! success of the bank is lost: it becomes a paid notice, or money in suspense, or a payment on hold.
pub mod audit;
pub mod bank;
pub mod event;
pub mod evidence;
pub mod fee;
pub mod job;
mod model;
pub mod monthly;
pub mod posting;
pub mod recon;
pub mod report;
pub mod rules;
mod service;
pub mod status;
mod store;
pub mod tariff;

pub use crate::kernel::signature;
pub use model::*;
pub use monthly::{
    Credit, Dunned, MonthlySettlement, MonthlySettlementId, MonthlySheet, MonthlyStatement,
    MonthlyStatementId, StatedNotice,
};
pub use service::*;
pub use status::{
    agreement::{AgreementAction, AgreementState},
    monthly_settlement::{MonthlySettlementAction, MonthlySettlementState},
    monthly_statement::{MonthlyStatementAction, MonthlyStatementState},
    notice::{NoticeAction, NoticeState},
    payment::{PaymentAction, PaymentState},
    refund::{RefundAction, RefundState},
};
