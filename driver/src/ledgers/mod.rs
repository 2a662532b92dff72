//! The ledgers of bureaus that speak with each other, looked into from outside and held against each other: what was
//! said and heard, and whose each case is.
pub(crate) mod account;
mod look;

pub(crate) use look::Ledger;
