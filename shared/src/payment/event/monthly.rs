//! Monthly settlements and their statements. The subject is the settlement, or the statement.
use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    kernel::Fen,
    ledger::Event,
    payment::{
        monthly::{MonthlySettlementId, MonthlyStatementId},
        status::{
            monthly_settlement::MonthlySettlementState, monthly_statement::MonthlyStatementState,
        },
    },
};

/// Fees of a payer need not be paid before release any more, up to a limit.
#[derive(Debug, Serialize)]
pub struct MonthlySettlementGranted<'a> {
    pub settlement: MonthlySettlementId,
    pub reg_no: &'a str,
    pub credit_limit_fen: Fen,
    pub due_day: i16,
    pub valid_from: NaiveDate,
    pub valid_until: Option<NaiveDate>,
}

impl Event for MonthlySettlementGranted<'_> {
    const KIND: &'static str = "payment.monthly_settlement_granted";
    fn subject(&self) -> Uuid {
        self.settlement.0
    }
}

macro_rules! settlement_events {
    ($($(#[$doc:meta])* $name:ident $kind:literal),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Serialize)]
        pub struct $name<'a> {
            pub settlement: MonthlySettlementId,
            pub reg_no: &'a str,
            #[serde(skip)]
            pub from: MonthlySettlementState,
            #[serde(skip)]
            pub to: MonthlySettlementState,
            #[serde(skip)]
            pub reason: &'a str,
        }

        impl Event for $name<'_> {
            const KIND: &'static str = $kind;
            fn subject(&self) -> Uuid {
                self.settlement.0
            }
            fn step(&self) -> Option<(&str, &str)> {
                Some((self.from.name(), self.to.name()))
            }
            fn reason(&self) -> Option<&str> {
                Some(self.reason)
            }
        }
    )*};
}

settlement_events! {
    /// Fees gate release again: an officer said so, or nobody paid after the last reminder.
    MonthlySettlementSuspended "payment.monthly_settlement_suspended",
    /// Everything was paid, and an officer let it go on.
    MonthlySettlementResumed "payment.monthly_settlement_resumed",
    /// It is over.
    MonthlySettlementEnded "payment.monthly_settlement_ended",
}

/// A month is over, and this is what is unpaid of it.
#[derive(Debug, Serialize)]
pub struct MonthlyStatementIssued<'a> {
    pub statement: MonthlyStatementId,
    pub reg_no: &'a str,
    /// The first day of the month.
    pub month: NaiveDate,
    pub notices: usize,
    pub total_fen: Fen,
    pub due_on: NaiveDate,
}

impl Event for MonthlyStatementIssued<'_> {
    const KIND: &'static str = "payment.monthly_statement_issued";
    fn subject(&self) -> Uuid {
        self.statement.0
    }
}

/// A reminder (催缴).
#[derive(Debug, Serialize)]
pub struct MonthlyStatementDunned<'a> {
    pub statement: MonthlyStatementId,
    pub reg_no: &'a str,
    /// The first is 1.
    pub level: i32,
    /// What is still unpaid, without late fees.
    pub unpaid_fen: Fen,
}

impl Event for MonthlyStatementDunned<'_> {
    const KIND: &'static str = "payment.monthly_statement_dunned";
    fn subject(&self) -> Uuid {
        self.statement.0
    }
}

macro_rules! statement_events {
    ($($(#[$doc:meta])* $name:ident $kind:literal),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Serialize)]
        pub struct $name<'a> {
            pub statement: MonthlyStatementId,
            pub reg_no: &'a str,
            #[serde(skip)]
            pub from: MonthlyStatementState,
            #[serde(skip)]
            pub to: MonthlyStatementState,
        }

        impl Event for $name<'_> {
            const KIND: &'static str = $kind;
            fn subject(&self) -> Uuid {
                self.statement.0
            }
            fn step(&self) -> Option<(&str, &str)> {
                Some((self.from.name(), self.to.name()))
            }
        }
    )*};
}

statement_events! {
    /// The due day passed.
    MonthlyStatementLapsed "payment.monthly_statement_lapsed",
    /// Each of its notices is paid, or void.
    MonthlyStatementPaid "payment.monthly_statement_paid",
    /// The bank took back what had paid one of its notices.
    MonthlyStatementReopened "payment.monthly_statement_reopened",
}
