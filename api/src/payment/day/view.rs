//! The bank's days as the wire shows them.
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::json;
use shared::{
    kernel::{Fen, money::Amount},
    payment::{
        BankDay, DayDifference, DaySheet, DayState, DifferenceId, DifferenceState, StatementSource,
        recon::{compare::DifferenceKind, statement::LineKind},
    },
};
use utoipa::ToSchema;
use uuid::Uuid;

/// One day of the bank (对账日).
#[derive(Debug, Serialize, ToSchema)]
pub struct DayOut {
    /// The day in Shanghai, by the bank's time.
    pub day: NaiveDate,
    /// The bank.
    #[schema(example = "SPDB", max_length = 20)]
    pub bank_code: String,
    /// Whether it is closed, for ever.
    pub state: DayState,
    /// How its statement came.
    pub source: StatementSource,
    /// SHA-256 of the statement.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub digest: String,
    /// How many bookings it has.
    #[schema(minimum = 0)]
    pub lines: i32,
    /// Taken less given back, by the bank.
    pub bank_total: Amount,
    /// The same by our books.
    pub own_total: Amount,
    /// The first less the second.
    pub difference: Amount,
    /// What does not agree; in lists none are shown.
    #[schema(max_items = 200_000)]
    pub differences: Vec<DayDifferenceOut>,
    /// When the statement came.
    pub received_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// By whom; nobody, where nothing differed and the system did it.
    pub closed_by: Option<Uuid>,
}

/// What does not agree.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayDifferenceOut {
    /// Ours.
    #[schema(value_type = Uuid)]
    pub id: DifferenceId,
    /// In what they differ.
    pub kind: DifferenceKind,
    /// Of what sort of booking.
    pub line_kind: LineKind,
    /// What the bank calls it.
    #[schema(max_length = 64)]
    pub bank_ref: String,
    /// The payment or refund.
    pub subject: Uuid,
    /// By the bank.
    pub bank: Option<Amount>,
    /// By our books.
    pub own: Option<Amount>,
    /// The closed day on which it was booked, where it is told late.
    pub belongs_to: Option<NaiveDate>,
    /// How far it was worked.
    pub state: DifferenceState,
    /// Why it differs.
    #[schema(max_length = 1000)]
    pub explanation: Option<String>,
    /// The cashier who said so.
    pub explained_by: Option<Uuid>,
    /// When.
    pub explained_at: Option<DateTime<Utc>>,
    /// The duty chief who agreed.
    pub approved_by: Option<Uuid>,
    /// When.
    pub approved_at: Option<DateTime<Utc>>,
}

/// The days of the bank, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct DaysOut {
    /// Newest first.
    #[schema(max_items = 100)]
    pub data: Vec<DayOut>,
}

impl DayOut {
    pub fn of(day: BankDay, differences: Vec<DayDifference>) -> Self {
        Self {
            day: day.day,
            bank_code: day.bank_code,
            state: day.state,
            source: day.source,
            digest: day.digest,
            lines: day.lines,
            bank_total: Fen(day.bank_fen).into(),
            own_total: Fen(day.own_fen).into(),
            difference: Fen(day.bank_fen - day.own_fen).into(),
            differences: differences.into_iter().map(DayDifferenceOut::from).collect(),
            received_at: day.received_at,
            closed_at: day.closed_at,
            closed_by: day.closed_by,
        }
    }
}

impl From<DaySheet> for DayOut {
    fn from(sheet: DaySheet) -> Self {
        Self::of(sheet.day, sheet.differences)
    }
}

impl From<DayDifference> for DayDifferenceOut {
    fn from(one: DayDifference) -> Self {
        Self {
            id: one.id,
            kind: one.kind,
            line_kind: one.line_kind,
            bank_ref: one.bank_ref,
            subject: one.subject,
            bank: one.bank.map(Amount::from),
            own: one.own.map(Amount::from),
            belongs_to: one.belongs_to,
            state: one.state,
            explanation: one.explanation,
            explained_by: one.explained_by,
            explained_at: one.explained_at,
            approved_by: one.approved_by,
            approved_at: one.approved_at,
        }
    }
}

/// What the documentation shows.
#[must_use]
pub fn example() -> serde_json::Value {
    json!({
        "day": "2014-05-12", "bank_code": "SPDB", "state": "CLOSED", "source": "FETCHED",
        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "lines": 1,
        "bank_total": { "amount": "484.00", "currency": "CNY" },
        "own_total": { "amount": "484.00", "currency": "CNY" },
        "difference": { "amount": "0.00", "currency": "CNY" }, "differences": [],
        "received_at": "2014-05-12T18:00:00Z", "closed_at": "2014-05-12T18:00:00Z", "closed_by": null
    })
}
