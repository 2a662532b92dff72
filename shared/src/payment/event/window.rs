//! The cashier's window.
use serde::Serialize;
use uuid::Uuid;

use crate::{
    declaration::DeclarationId,
    kernel::Fen,
    ledger::Event,
    payment::{
        model::{Channel, NoticeId, PaymentId, ShiftId},
        status::notice::NoticeState,
    },
};

/// A cashier took the money for a notice by hand.
#[derive(Debug, Serialize)]
pub struct Collected {
    pub declaration: DeclarationId,
    pub notice: NoticeId,
    pub payment: PaymentId,
    pub channel: Channel,
    pub shift: ShiftId,
    pub amount_fen: Fen,
    pub late_fen: Fen,
    pub notice_from: NoticeState,
    pub notice_to: NoticeState,
}

impl Event for Collected {
    const KIND: &'static str = "payment.collected";
    fn subject(&self) -> Uuid {
        self.declaration.0
    }
}

/// A cashier opened a drawer. The subject is the shift.
#[derive(Debug, Serialize)]
pub struct ShiftOpened {
    pub shift: ShiftId,
    pub window_no: i16,
    pub float_fen: Fen,
}

impl Event for ShiftOpened {
    const KIND: &'static str = "payment.shift_opened";
    fn subject(&self) -> Uuid {
        self.shift.0
    }
}

/// A drawer was counted and closed.
#[derive(Debug, Serialize)]
pub struct ShiftClosed<'a> {
    pub shift: ShiftId,
    pub expected_fen: Fen,
    pub counted_fen: Fen,
    pub difference_fen: i64,
    #[serde(skip)]
    pub reason: Option<&'a str>,
}

impl Event for ShiftClosed<'_> {
    const KIND: &'static str = "payment.shift_closed";
    fn subject(&self) -> Uuid {
        self.shift.0
    }
    fn reason(&self) -> Option<&str> {
        self.reason
    }
}

/// A receipt was printed, for the first time or again.
#[derive(Debug, Serialize)]
pub struct ReceiptPrinted<'a> {
    pub declaration: DeclarationId,
    pub payment: PaymentId,
    pub receipt_no: &'a str,
    pub prints: i32,
}

impl Event for ReceiptPrinted<'_> {
    const KIND: &'static str = "payment.receipt_printed";
    fn subject(&self) -> Uuid {
        self.declaration.0
    }
}
