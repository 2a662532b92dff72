//! Shifts and receipts as the wire shows them.
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use shared::{
    kernel::money::Amount,
    payment::{PaymentId, Receipt, Shift, ShiftId, ShiftState},
};
use utoipa::ToSchema;
use uuid::Uuid;

/// A shift at a window (班次), with what was taken in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShiftOut {
    /// Ours.
    #[schema(value_type = Uuid)]
    pub id: ShiftId,
    /// The office.
    #[schema(example = "310900", max_length = 6)]
    pub office: String,
    /// The window.
    #[schema(example = 3, minimum = 1, maximum = 99)]
    pub window_no: i16,
    /// Who sits there.
    pub cashier_id: Uuid,
    /// Whether the drawer is open.
    pub state: ShiftState,
    /// The change money that was counted in.
    pub float: Amount,
    /// Taken in cash, without the change given back.
    pub cash: TakenOut,
    /// Taken by card.
    pub pos: TakenOut,
    /// Taken by cheque.
    pub cheque: TakenOut,
    /// Refunds paid out of the drawer.
    pub cash_back: TakenOut,
    /// What should be in the drawer, the change money with it.
    pub expected: Amount,
    /// What was counted when it was closed.
    pub counted: Option<Amount>,
    /// Counted less expected: negative where something is missing.
    pub difference: Option<Amount>,
    /// About the difference.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
}

/// How often, and how much.
#[derive(Debug, Serialize, ToSchema)]
pub struct TakenOut {
    /// How often.
    #[schema(minimum = 0)]
    pub count: i64,
    /// How much.
    pub total: Amount,
}

impl From<Shift> for ShiftOut {
    fn from(shift: Shift) -> Self {
        let taken = |count, total: shared::kernel::Fen| TakenOut { count, total: total.into() };
        Self {
            expected: shift.expected().into(),
            cash: taken(shift.cash_count, shift.cash),
            pos: taken(shift.pos_count, shift.pos),
            cheque: taken(shift.cheque_count, shift.cheque),
            cash_back: taken(shift.cash_back_count, shift.cash_back),
            id: shift.id,
            office: shift.office,
            window_no: shift.window_no,
            cashier_id: shift.cashier_id,
            state: shift.state,
            float: shift.float.into(),
            counted: shift.counted.map(Amount::from),
            difference: shift.difference.map(Amount::from),
            note: shift.note,
            opened_at: shift.opened_at,
            closed_at: shift.closed_at,
        }
    }
}

/// A page of the shifts found.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShiftPage {
    /// The shifts of this page, newest first.
    #[schema(max_items = 200)]
    pub data: Vec<ShiftOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// A fiscal voucher (财政票据).
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptOut {
    /// Office, year, and a serial without gaps.
    #[schema(example = "3109001400000017", max_length = 16, pattern = r"^\d{16}$")]
    pub receipt_no: String,
    /// The payment.
    #[schema(value_type = Uuid)]
    pub payment_id: PaymentId,
    /// Who paid.
    #[schema(example = "3100601234", max_length = 10)]
    pub payer: String,
    /// What was paid, the late fee with it.
    pub amount: Amount,
    /// When it was printed first.
    pub issued_at: DateTime<Utc>,
    /// By whom.
    pub issued_by: Uuid,
    /// How often it was printed, the first time with it.
    #[schema(minimum = 1)]
    pub prints: i32,
    /// When it was printed last.
    pub printed_at: DateTime<Utc>,
}

impl From<Receipt> for ReceiptOut {
    fn from(receipt: Receipt) -> Self {
        Self {
            receipt_no: receipt.receipt_no,
            payment_id: receipt.payment_id,
            payer: receipt.payer,
            amount: receipt.amount.into(),
            issued_at: receipt.issued_at,
            issued_by: receipt.issued_by,
            prints: receipt.prints,
            printed_at: receipt.printed_at,
        }
    }
}

/// What the documentation shows.
#[must_use]
pub fn example() -> serde_json::Value {
    let nothing = json!({ "count": 0, "total": { "amount": "0.00", "currency": "CNY" } });
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3ca0", "office": "310900", "window_no": 3,
        "cashier_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c91", "state": "CLOSED",
        "float": { "amount": "200.00", "currency": "CNY" },
        "cash": { "count": 1, "total": { "amount": "484.00", "currency": "CNY" } },
        "pos": nothing, "cheque": nothing, "cash_back": nothing,
        "expected": { "amount": "684.00", "currency": "CNY" },
        "counted": { "amount": "684.00", "currency": "CNY" },
        "difference": { "amount": "0.00", "currency": "CNY" }, "note": null,
        "opened_at": "2014-05-12T00:30:00Z", "closed_at": "2014-05-12T09:00:00Z"
    })
}

#[must_use]
pub fn example_receipt() -> serde_json::Value {
    json!({
        "receipt_no": "3109001400000017", "payment_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c61",
        "payer": "3100601234", "amount": { "amount": "484.00", "currency": "CNY" },
        "issued_at": "2014-05-12T02:06:00Z", "issued_by": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c91",
        "prints": 1, "printed_at": "2014-05-12T02:06:00Z"
    })
}
