//! The room's tables.
pub(super) mod agreement;
pub(super) mod book;
pub(super) mod day;
pub(super) mod monthly;
pub(super) mod notice;
pub(super) mod own;
pub(super) mod parity;
pub(super) mod payment;
pub(super) mod proof;
pub(super) mod receipt;
pub(super) mod refund;
pub(super) mod report;
pub(super) mod suspense;
pub(super) mod window;
