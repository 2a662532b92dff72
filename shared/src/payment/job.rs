//! What the room promises: ids only, the rest is read when the work is done.
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    model::{PaymentId, RefundId},
    monthly::MonthlySettlementId,
};
use crate::{
    declaration::DeclarationId,
    ledger::{Job, Lane},
};

/// Debit the payer's account: at most once in the life of the payment (invariant 16).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Debit {
    pub payment: PaymentId,
}

impl Job for Debit {
    const KIND: &'static str = "payment.debit";
    const LANE: Lane = Lane::Outward;
    fn subject(&self) -> Uuid {
        self.payment.0
    }
}

/// Ask the bank how a debit ended. Each question promises the next one until there is a last word.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Query {
    pub payment: PaymentId,
    /// How many questions went before.
    pub after: i32,
}

impl Job for Query {
    const KIND: &'static str = "payment.query";
    const LANE: Lane = Lane::Outward;
    fn subject(&self) -> Uuid {
        self.payment.0
    }
}

/// The bank took a payment back: what rested on it falls.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reversed {
    pub declaration: DeclarationId,
    pub payment: PaymentId,
}

impl Job for Reversed {
    const KIND: &'static str = "payment.reversed";
    fn subject(&self) -> Uuid {
        self.declaration.0
    }
}

/// Fetch the bank's statement of a day that is over.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FetchStatement {
    pub day: NaiveDate,
}

impl Job for FetchStatement {
    const KIND: &'static str = "payment.fetch_statement";
    const LANE: Lane = Lane::Outward;
    fn subject(&self) -> Uuid {
        Uuid::nil()
    }
}

/// Order a refund at the bank: at most once in the life of the refund.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefundOrder {
    pub refund: RefundId,
}

impl Job for RefundOrder {
    const KIND: &'static str = "payment.refund";
    const LANE: Lane = Lane::Outward;
    fn subject(&self) -> Uuid {
        self.refund.0
    }
}

/// Ask the bank how a refund ended. Each question promises the next one until there is a last word.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefundQuery {
    pub refund: RefundId,
    /// How many questions went before.
    pub after: i32,
}

impl Job for RefundQuery {
    const KIND: &'static str = "payment.refund_query";
    const LANE: Lane = Lane::Outward;
    fn subject(&self) -> Uuid {
        self.refund.0
    }
}

/// A notice of this declaration was paid: the rooms above may go on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Settled {
    pub declaration: DeclarationId,
}

impl Job for Settled {
    const KIND: &'static str = "payment.settled";
    fn subject(&self) -> Uuid {
        self.declaration.0
    }
}

/// A payer has credit again: what waited for it may go on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CreditRestored {
    pub settlement: MonthlySettlementId,
}

impl Job for CreditRestored {
    const KIND: &'static str = "payment.credit_restored";
    fn subject(&self) -> Uuid {
        self.settlement.0
    }
}
