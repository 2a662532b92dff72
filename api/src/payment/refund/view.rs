//! Refunds as the wire shows them.
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use shared::{
    kernel::money::Amount,
    payment::{
        Channel, NoticeId, PaymentId, Refund, RefundId, RefundState, ShiftId, bank::FailureCode,
    },
};
use utoipa::ToSchema;
use uuid::Uuid;

/// Money that is owed back, or was given back: a refund (退费).
#[derive(Debug, Serialize, ToSchema)]
pub struct RefundOut {
    /// Ours; the bank books each number once.
    #[schema(value_type = Uuid)]
    pub id: RefundId,
    /// The payment of which money goes back.
    #[schema(value_type = Uuid)]
    pub payment_id: PaymentId,
    /// The notice that it paid.
    #[schema(value_type = Uuid)]
    pub notice_id: NoticeId,
    /// The number of that notice.
    #[schema(example = "310900114000124F01", max_length = 20)]
    pub notice_no: String,
    /// Whose money it is.
    #[schema(example = "3100601234", max_length = 10)]
    pub reg_no: String,
    /// The office that sees to it.
    #[schema(example = "310900", max_length = 6)]
    pub decl_org: String,
    /// By which the money came, and goes back.
    pub channel: Channel,
    /// The bank that it goes through.
    #[schema(example = "SPDB", max_length = 20)]
    pub bank_code: Option<String>,
    /// The bank's booking that is given back: the payment's own, or another that lies in suspense.
    #[schema(example = "B20140512000017", max_length = 64)]
    pub booking_ref: Option<String>,
    /// How much.
    pub amount: Amount,
    /// How much of it was late fee.
    pub late_fee: Amount,
    /// Why it is owed.
    #[schema(max_length = 1000)]
    pub reason: String,
    /// Where it stands. `UNKNOWN` is resolved by the bank alone; it is never ordered again.
    pub state: RefundState,
    /// Who proposed it; nobody, where a rule owes it.
    pub proposed_by: Option<Uuid>,
    /// The fee officer who approved it.
    pub fee_approved_by: Option<Uuid>,
    /// The duty chief who approved it.
    pub chief_approved_by: Option<Uuid>,
    /// The cashier who let it be paid.
    pub executed_by: Option<Uuid>,
    /// Why it was refused.
    #[schema(max_length = 1000)]
    pub decision: Option<String>,
    /// The refund that failed at the bank before this one.
    #[schema(value_type = Option<Uuid>)]
    pub replaces: Option<RefundId>,
    /// What the bank calls its booking of this refund.
    #[schema(example = "R20140513000002", max_length = 64)]
    pub bank_ref: Option<String>,
    /// The shift in which it was paid out by hand.
    #[schema(value_type = Option<Uuid>)]
    pub shift_id: Option<ShiftId>,
    /// The number of the terminal's slip, or of the cheque, by which it was.
    #[schema(max_length = 40)]
    pub slip_no: Option<String>,
    /// Why the bank gave nothing back.
    pub failure_code: Option<FailureCode>,
    /// When it came to be owed.
    pub created_at: DateTime<Utc>,
    /// When the second of two approved it.
    pub approved_at: Option<DateTime<Utc>>,
    /// When the order was about to leave.
    pub sent_at: Option<DateTime<Utc>>,
    /// When we learned how it ended.
    pub settled_at: Option<DateTime<Utc>>,
    /// When the bank booked or refused it.
    pub bank_time: Option<DateTime<Utc>>,
    /// When anything about it last changed.
    pub updated_at: DateTime<Utc>,
    /// While it waits for officers or for the bank: when that is to be expected, by what they did of late. Read one
    /// refund to be told.
    pub expected_at: Option<DateTime<Utc>>,
}

impl From<Refund> for RefundOut {
    fn from(refund: Refund) -> Self {
        Self {
            id: refund.id,
            payment_id: refund.payment_id,
            notice_id: refund.notice_id,
            notice_no: refund.notice_no,
            reg_no: refund.reg_no,
            decl_org: refund.decl_org,
            channel: refund.channel,
            bank_code: refund.bank_code,
            booking_ref: refund.booking_ref,
            amount: refund.amount.into(),
            late_fee: refund.late.into(),
            reason: refund.reason,
            state: refund.state,
            proposed_by: refund.proposed_by,
            fee_approved_by: refund.fee_approved_by,
            chief_approved_by: refund.chief_approved_by,
            executed_by: refund.executed_by,
            decision: refund.decision,
            replaces: refund.replaces,
            bank_ref: refund.bank_ref,
            shift_id: refund.shift_id,
            slip_no: refund.slip_no,
            failure_code: refund.failure_code,
            created_at: refund.created_at,
            approved_at: refund.approved_at,
            sent_at: refund.sent_at,
            settled_at: refund.settled_at,
            bank_time: refund.bank_time,
            updated_at: refund.updated_at,
            expected_at: None,
        }
    }
}

/// A page of the refunds found.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefundPage {
    /// The refunds of this page, newest first.
    #[schema(max_items = 200)]
    pub data: Vec<RefundOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// What the documentation shows.
#[must_use]
pub fn example() -> serde_json::Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c80", "payment_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c61",
        "notice_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c60", "notice_no": "310900114000124F01",
        "reg_no": "3100601234", "decl_org": "310900", "channel": "EPAY", "bank_code": "SPDB",
        "booking_ref": "B20140512000017", "amount": { "amount": "100.00", "currency": "CNY" },
        "late_fee": { "amount": "0.00", "currency": "CNY" }, "reason": "计费有误，多收100元", "state": "OWED",
        "proposed_by": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c90", "fee_approved_by": null,
        "chief_approved_by": null, "executed_by": null, "decision": null, "replaces": null, "bank_ref": null,
        "shift_id": null, "slip_no": null,
        "failure_code": null, "created_at": "2014-05-13T02:00:00Z", "approved_at": null, "sent_at": null,
        "settled_at": null, "bank_time": null, "updated_at": "2014-05-13T02:00:00Z",
        "expected_at": "2014-05-13T03:30:00Z"
    })
}
