//! What happened to fees and money, past tense. The subject is the declaration they belong to.
mod agreement;
mod day;
mod monthly;
mod parity;
mod refund;
mod window;

use serde::Serialize;
use uuid::Uuid;

pub use agreement::{AgreementEnded, AgreementResumed, AgreementSigned, AgreementSuspended};
pub use day::{DayClosed, DifferenceWorked, StatementTaken};
pub use monthly::{
    MonthlySettlementEnded, MonthlySettlementGranted, MonthlySettlementResumed,
    MonthlySettlementSuspended, MonthlyStatementDunned, MonthlyStatementIssued,
    MonthlyStatementLapsed, MonthlyStatementPaid, MonthlyStatementReopened,
};
pub use parity::{ParityBroken, ParityRestored};
pub use refund::{RefundMoved, RefundOwed};
pub use window::{Collected, ReceiptPrinted, ShiftClosed, ShiftOpened};

use super::{
    model::{NoticeId, PaymentId},
    monthly::Credit,
    status::{notice::NoticeState, payment::PaymentState},
};
use crate::{declaration::DeclarationId, kernel::Fen, ledger::Event};

/// A notice went out.
#[derive(Debug, Serialize)]
pub struct NoticeIssued<'a> {
    pub declaration: DeclarationId,
    pub notice: NoticeId,
    pub notice_no: &'a str,
    pub total_fen: Fen,
    /// Whether it was taken on credit, or why not, where its payer settles monthly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit: Option<Credit>,
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

/// The bank took back what it had booked for a payment that we do not know. The subject is the id it named.
#[derive(Debug, Serialize)]
pub struct OrphanReturned<'a> {
    pub payment: PaymentId,
    pub bank_ref: &'a str,
    pub amount_fen: Fen,
}

impl Event for OrphanReturned<'_> {
    const KIND: &'static str = "payment.orphan_returned";
    fn subject(&self) -> Uuid {
        self.payment.0
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
