//! What is given back: refunds (退费).
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Channel, NoticeId, NoticeNo, PaymentId, ShiftId};
use crate::{
    declaration::DeclarationId,
    kernel::Fen,
    payment::{bank::FailureCode, status::refund::RefundState},
};

crate::id!(
    /// Money owed back to a payer.
    RefundId
);

/// Money that is owed back, or was given back: a refund (退费).
#[derive(Clone, Debug)]
pub struct Refund {
    pub id: RefundId,
    pub payment_id: PaymentId,
    pub notice_id: NoticeId,
    pub notice_no: NoticeNo,
    pub declaration_id: DeclarationId,
    pub reg_no: String,
    pub decl_org: String,
    /// By which the money came, and goes back.
    pub channel: Channel,
    pub bank_code: Option<String>,
    /// The booking of the bank that is given back: the payment's own, or another that lies in suspense.
    pub booking_ref: Option<String>,
    pub amount: Fen,
    /// How much of it was late fee.
    pub late: Fen,
    pub reason: String,
    /// The account in which it lies until it is paid out.
    pub account: String,
    pub state: RefundState,
    pub revision: i64,
    /// `None`: owed by a rule.
    pub proposed_by: Option<Uuid>,
    /// Who took the money, where somebody took it by hand.
    pub taken_by: Option<Uuid>,
    pub fee_approved_by: Option<Uuid>,
    pub chief_approved_by: Option<Uuid>,
    pub executed_by: Option<Uuid>,
    /// Why it was refused.
    pub decision: Option<String>,
    /// The refund that failed at the bank before this one.
    pub replaces: Option<RefundId>,
    pub bank_ref: Option<String>,
    /// In which it was paid out by hand.
    pub shift_id: Option<ShiftId>,
    pub slip_no: Option<String>,
    pub failure_code: Option<FailureCode>,
    /// How often the bank was asked.
    pub queries: i32,
    pub created_at: DateTime<Utc>,
    pub approved_at: Option<DateTime<Utc>>,
    pub sent_at: Option<DateTime<Utc>>,
    pub settled_at: Option<DateTime<Utc>>,
    pub bank_time: Option<DateTime<Utc>>,
    pub updated_at: DateTime<Utc>,
}
