//! Refunds.
use serde::Serialize;
use uuid::Uuid;

use crate::{
    declaration::DeclarationId,
    kernel::Fen,
    ledger::Event,
    payment::{
        model::{PaymentId, Refund, RefundId},
        status::refund::RefundState,
    },
};

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
