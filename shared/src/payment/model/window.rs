//! What is taken by hand: shifts at a window, and vouchers.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::PaymentId;
use crate::kernel::Fen;

crate::id!(
    /// A shift at a cashier's window (班次).
    ShiftId
);

/// Whether a drawer is open.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ShiftState {
    Open,
    /// Counted. Nothing is taken or paid out in it any more.
    Closed,
}

/// A cashier at a window, with a drawer, and what was taken.
#[derive(Clone, Debug)]
pub struct Shift {
    pub id: ShiftId,
    pub office: String,
    pub window_no: i16,
    pub cashier_id: Uuid,
    pub state: ShiftState,
    /// Change money: the office's own, in no account of the books.
    pub float: Fen,
    pub opened_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub counted: Option<Fen>,
    /// Counted less expected.
    pub difference: Option<Fen>,
    pub note: Option<String>,
    pub revision: i64,
    pub cash_count: i64,
    pub cash: Fen,
    pub pos_count: i64,
    pub pos: Fen,
    pub cheque_count: i64,
    pub cheque: Fen,
    pub cash_back_count: i64,
    pub cash_back: Fen,
}

impl Shift {
    /// What has to be in the drawer, the change money with it.
    #[must_use]
    pub const fn expected(&self) -> Fen {
        Fen(self.float.0 + self.cash.0 - self.cash_back.0)
    }

    /// By what name its drawer stands in the books.
    #[must_use]
    pub fn drawer(&self) -> String {
        self.id.to_string()
    }
}

/// A fiscal voucher (财政票据) of a payment.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub receipt_no: String,
    pub payment_id: PaymentId,
    pub payer: String,
    pub amount: Fen,
    pub issued_at: DateTime<Utc>,
    pub issued_by: Uuid,
    /// The first one with it.
    pub prints: i32,
    pub printed_at: DateTime<Utc>,
}
