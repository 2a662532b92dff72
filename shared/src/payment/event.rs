//! What happened to fees and money, past tense. The subject is the declaration they belong to.
use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

use super::{
    model::{
        AgreementId, Channel, DayDifference, DifferenceState, NoticeId, PaymentId, Refund,
        RefundId, ShiftId,
    },
    status::{
        agreement::AgreementState, notice::NoticeState, payment::PaymentState, refund::RefundState,
    },
};
use crate::{declaration::DeclarationId, kernel::Fen, ledger::Event};

/// A notice went out.
#[derive(Debug, Serialize)]
pub struct NoticeIssued<'a> {
    pub declaration: DeclarationId,
    pub notice: NoticeId,
    pub notice_no: &'a str,
    pub total_fen: Fen,
}

impl Event for NoticeIssued<'_> {
    const KIND: &'static str = "payment.notice_issued";
    fn subject(&self) -> Uuid {
        self.declaration.0
    }
    fn step(&self) -> Option<(&str, &str)> {
        Some((NoticeState::Draft.name(), NoticeState::Issued.name()))
    }
}

/// Defines events about a notice's step: all alike but for their names.
macro_rules! notice_events {
    ($($(#[$doc:meta])* $name:ident $kind:literal),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Serialize)]
        pub struct $name<'a> {
            pub declaration: DeclarationId,
            pub notice: NoticeId,
            #[serde(skip)]
            pub from: NoticeState,
            #[serde(skip)]
            pub to: NoticeState,
            #[serde(skip)]
            pub reason: Option<&'a str>,
        }

        impl Event for $name<'_> {
            const KIND: &'static str = $kind;
            fn subject(&self) -> Uuid {
                self.declaration.0
            }
            fn step(&self) -> Option<(&str, &str)> {
                Some((self.from.name(), self.to.name()))
            }
            fn reason(&self) -> Option<&str> {
                self.reason
            }
        }
    )*};
}

notice_events! {
    /// The due date passed.
    NoticeLapsed "payment.notice_lapsed",
    /// It need not be paid any more.
    NoticeVoided "payment.notice_voided",
    /// It was to be voided while a payment was under way; it will be when that payment fails.
    NoticeVoidRequested "payment.notice_void_requested",
    /// Part or all of what was paid for it is back with the payer.
    NoticeRefunded "payment.notice_refunded",
}

/// A payment took a step, or the bank said something about it; the notice's step goes with it.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Step<'a> {
    pub declaration: DeclarationId,
    pub notice: NoticeId,
    pub payment: PaymentId,
    pub amount_fen: Fen,
    #[serde(skip)]
    pub from: PaymentState,
    #[serde(skip)]
    pub to: PaymentState,
    pub notice_from: NoticeState,
    pub notice_to: NoticeState,
    /// What the bank calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_ref: Option<&'a str>,
    #[serde(skip)]
    pub reason: Option<&'a str>,
}

macro_rules! payment_events {
    ($($(#[$doc:meta])* $name:ident $kind:literal),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Serialize)]
        #[serde(transparent)]
        pub struct $name<'a>(pub Step<'a>);

        impl Event for $name<'_> {
            const KIND: &'static str = $kind;
            fn subject(&self) -> Uuid {
                self.0.declaration.0
            }
            fn step(&self) -> Option<(&str, &str)> {
                Some((self.0.from.name(), self.0.to.name()))
            }
            fn reason(&self) -> Option<&str> {
                self.0.reason
            }
        }
    )*};
}

payment_events! {
    /// Recorded before the debit leaves.
    Sent "payment.sent",
    /// The bank took the money.
    Succeeded "payment.succeeded",
    /// The bank took nothing.
    Failed "payment.failed",
    /// Sent, and no answer that can be trusted.
    LostSight "payment.lost_sight",
    /// The bank speaks of another amount; a person must look.
    Held "payment.held",
    /// The bank denies a success it told us before; a person must look.
    Contradicted "payment.contradicted",
    /// The bank took its success back: the notice is owed again.
    Reversed "payment.reversed",
    /// Money came that this payment does not wait for (any more).
    PutInSuspense "payment.put_in_suspense",
}

/// A payment was promised.
#[derive(Debug, Serialize)]
pub struct Created {
    pub declaration: DeclarationId,
    pub notice: NoticeId,
    pub payment: PaymentId,
    pub amount_fen: Fen,
    pub late_fen: Fen,
    pub notice_from: NoticeState,
    pub notice_to: NoticeState,
}

impl Event for Created {
    const KIND: &'static str = "payment.created";
    fn subject(&self) -> Uuid {
        self.declaration.0
    }
}

/// The bank took money for a payment that we do not know. The subject is the id it named.
#[derive(Debug, Serialize)]
pub struct Orphaned<'a> {
    pub payment: PaymentId,
    pub bank_ref: &'a str,
    pub amount_fen: Fen,
}

impl Event for Orphaned<'_> {
    const KIND: &'static str = "payment.orphaned";
    fn subject(&self) -> Uuid {
        self.payment.0
    }
}

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

/// Goods are gone on a payment that the bank took back: for the duty chief.
#[derive(Debug, Serialize)]
pub struct ReversalAlarmed<'a> {
    #[serde(skip)]
    pub declaration: DeclarationId,
    pub payment: PaymentId,
    #[serde(skip)]
    pub reason: &'a str,
}

impl Event for ReversalAlarmed<'_> {
    const KIND: &'static str = "payment.reversal_alarmed";
    fn subject(&self) -> Uuid {
        self.declaration.0
    }
    fn reason(&self) -> Option<&str> {
        Some(self.reason)
    }
}

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

/// Money is owed back to a payer.
#[derive(Debug, Serialize)]
pub struct RefundOwed<'a> {
    pub declaration: DeclarationId,
    pub refund: RefundId,
    pub payment: PaymentId,
    pub amount_fen: Fen,
    #[serde(skip)]
    pub reason: &'a str,
}

impl Event for RefundOwed<'_> {
    const KIND: &'static str = "payment.refund_owed";
    fn subject(&self) -> Uuid {
        self.declaration.0
    }
    fn reason(&self) -> Option<&str> {
        Some(self.reason)
    }
}

/// A refund took a step, or the first of two approvals was given.
#[derive(Debug, Serialize)]
pub struct RefundMoved<'a> {
    #[serde(skip)]
    declaration: DeclarationId,
    refund: RefundId,
    payment: PaymentId,
    amount_fen: Fen,
    #[serde(skip_serializing_if = "Option::is_none")]
    bank_ref: Option<&'a str>,
    #[serde(skip)]
    from: RefundState,
    #[serde(skip)]
    to: RefundState,
    #[serde(skip)]
    reason: Option<&'a str>,
}

impl<'a> RefundMoved<'a> {
    #[must_use]
    pub fn of(refund: &'a Refund, from: RefundState, reason: Option<&'a str>) -> Self {
        Self {
            declaration: refund.declaration_id,
            refund: refund.id,
            payment: refund.payment_id,
            amount_fen: refund.amount,
            bank_ref: refund.bank_ref.as_deref(),
            from,
            to: refund.state,
            reason,
        }
    }
}

impl Event for RefundMoved<'_> {
    const KIND: &'static str = "payment.refund_moved";
    fn kind(&self) -> &'static str {
        match self.to {
            RefundState::Owed | RefundState::Approved => "payment.refund_approved",
            RefundState::Refused => "payment.refund_refused",
            RefundState::Ordered => "payment.refund_ordered",
            RefundState::Sent => "payment.refund_sent",
            RefundState::Unknown => "payment.refund_lost_sight",
            RefundState::Executed => "payment.refund_executed",
            RefundState::Failed => "payment.refund_failed",
        }
    }
    fn subject(&self) -> Uuid {
        self.declaration.0
    }
    fn step(&self) -> Option<(&str, &str)> {
        Some((self.from.name(), self.to.name()))
    }
    fn reason(&self) -> Option<&str> {
        self.reason
    }
}

/// An agreement came into force. The subject of agreement events is the agreement.
#[derive(Debug, Serialize)]
pub struct AgreementSigned<'a> {
    pub agreement: AgreementId,
    pub reg_no: &'a str,
}

impl Event for AgreementSigned<'_> {
    const KIND: &'static str = "payment.agreement_signed";
    fn subject(&self) -> Uuid {
        self.agreement.0
    }
}

macro_rules! agreement_events {
    ($($(#[$doc:meta])* $name:ident $kind:literal),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Serialize)]
        pub struct $name<'a> {
            pub agreement: AgreementId,
            #[serde(skip)]
            pub from: AgreementState,
            #[serde(skip)]
            pub to: AgreementState,
            #[serde(skip)]
            pub reason: &'a str,
        }

        impl Event for $name<'_> {
            const KIND: &'static str = $kind;
            fn subject(&self) -> Uuid {
                self.agreement.0
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

agreement_events! {
    /// No new debits for the time being.
    AgreementSuspended "payment.agreement_suspended",
    /// Debits may be created again.
    AgreementResumed "payment.agreement_resumed",
    /// It is over.
    AgreementEnded "payment.agreement_ended",
}
