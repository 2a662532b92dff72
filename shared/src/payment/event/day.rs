//! The bank's days.
use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    ledger::Event,
    payment::model::{DayDifference, DifferenceState},
};

/// A day's statement was taken, whole. Days are nobody's record: their subject is nil.
#[derive(Debug, Serialize)]
pub struct StatementTaken<'a> {
    pub bank_code: &'a str,
    pub day: NaiveDate,
    pub lines: usize,
    pub digest: &'a str,
}

impl Event for StatementTaken<'_> {
    const KIND: &'static str = "payment.statement_taken";
    fn subject(&self) -> Uuid {
        Uuid::nil()
    }
}

/// Somebody explained why bank and books differ, or agreed to it. The subject is the difference.
#[derive(Debug, Serialize)]
pub struct DifferenceWorked<'a> {
    #[serde(skip)]
    difference: &'a DayDifference,
    day: NaiveDate,
    bank_ref: &'a str,
    #[serde(skip)]
    why: &'a str,
}

impl<'a> DifferenceWorked<'a> {
    #[must_use]
    pub fn of(difference: &'a DayDifference, why: &'a str) -> Self {
        Self { difference, day: difference.day, bank_ref: &difference.bank_ref, why }
    }
}

impl Event for DifferenceWorked<'_> {
    const KIND: &'static str = "payment.difference_explained";
    fn kind(&self) -> &'static str {
        match self.difference.state {
            DifferenceState::Approved => "payment.difference_approved",
            DifferenceState::Open | DifferenceState::Explained => Self::KIND,
        }
    }
    fn subject(&self) -> Uuid {
        self.difference.id.0
    }
    fn reason(&self) -> Option<&str> {
        Some(self.why)
    }
}

/// A day was closed, for ever.
#[derive(Debug, Serialize)]
pub struct DayClosed<'a> {
    pub bank_code: &'a str,
    pub day: NaiveDate,
    pub bank_fen: i64,
    pub own_fen: i64,
    pub digest: &'a str,
}

impl Event for DayClosed<'_> {
    const KIND: &'static str = "payment.day_closed";
    fn subject(&self) -> Uuid {
        Uuid::nil()
    }
}
