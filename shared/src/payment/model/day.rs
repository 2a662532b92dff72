//! What the bank says of a day, and what differs.
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::RefundId;
use crate::{
    kernel::Fen,
    payment::{
        recon::{compare::DifferenceKind, statement::LineKind},
        status::refund::RefundState,
    },
};

crate::id!(
    /// Something in which the bank's day and ours differ.
    DifferenceId
);

/// Whether a bank's day is closed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DayState {
    Open,
    /// For ever. What comes late belongs to the next open day.
    Closed,
}

/// How a statement came to us.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StatementSource {
    Fetched,
    Uploaded,
}

/// How far a difference was worked.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DifferenceState {
    Open,
    /// A cashier said why.
    Explained,
    /// A duty chief agreed.
    Approved,
}

/// One day of one bank.
#[derive(Clone, Debug)]
pub struct BankDay {
    pub bank_code: String,
    pub day: NaiveDate,
    pub state: DayState,
    pub source: StatementSource,
    /// SHA-256 of the statement as it came.
    pub digest: String,
    pub lines: i32,
    /// Taken less given back, by the bank.
    pub bank_fen: i64,
    /// The same by our books.
    pub own_fen: i64,
    pub received_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub closed_by: Option<Uuid>,
}

/// What does not agree on a day.
#[derive(Clone, Debug)]
pub struct DayDifference {
    pub id: DifferenceId,
    pub bank_code: String,
    pub day: NaiveDate,
    pub kind: DifferenceKind,
    pub line_kind: LineKind,
    pub bank_ref: String,
    /// The payment or refund, as whoever knows of it names it.
    pub subject: Uuid,
    pub bank: Option<Fen>,
    pub own: Option<Fen>,
    /// The closed day on which it was booked, where it is told late.
    pub belongs_to: Option<NaiveDate>,
    pub state: DifferenceState,
    pub explanation: Option<String>,
    pub explained_by: Option<Uuid>,
    pub explained_at: Option<DateTime<Utc>>,
    pub approved_by: Option<Uuid>,
    pub approved_at: Option<DateTime<Utc>>,
}

/// Why money lies in suspense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = SuspenseReason)]
pub enum Why {
    /// For a payment that we never made: nobody's, until the bank takes it back.
    Orphan,
    /// A payment did not wait for it (any more): it is owed back.
    Unexpected,
    /// For a notice that was to be void: it is owed back.
    Unwanted,
}

/// One booking of the bank that lies in suspense.
#[derive(Clone, Debug)]
pub struct SuspenseItem {
    pub bank_ref: String,
    pub why: Why,
    /// The payment, or what the bank calls it.
    pub subject: Uuid,
    /// What is left of it.
    pub amount: Fen,
    pub booked_at: DateTime<Utc>,
    pub since: DateTime<Utc>,
    /// By which it goes back; an orphan has none.
    pub refund_id: Option<RefundId>,
    pub refund_state: Option<RefundState>,
}
