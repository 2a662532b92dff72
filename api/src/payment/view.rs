//! Notices and payments as the wire shows them.
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::json;
use shared::{
    declaration::DeclarationId,
    kernel::{Fen, money::Amount},
    payment::{
        AgreementId, Billed, Channel, Credit, MonthlyStatementId, NoticeId, NoticeKind,
        NoticeState, Payment, PaymentId, PaymentState, ShiftId,
        bank::FailureCode,
        tariff::{NoticeLine, Waiver},
    },
};
use utoipa::ToSchema;
use uuid::Uuid;

/// A fee notice (收费通知单): what is to be paid for a declaration, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeeNoticeOut {
    /// Ours.
    #[schema(value_type = Uuid)]
    pub id: NoticeId,
    /// The number people quote.
    #[schema(example = "310900114000124F01", max_length = 24)]
    pub notice_no: String,
    /// The declaration it belongs to.
    #[schema(value_type = Uuid)]
    pub declaration_id: DeclarationId,
    /// That declaration's number.
    #[schema(example = "310900114000124", max_length = 15)]
    pub decl_no: String,
    /// Who pays: the declaring unit.
    #[schema(example = "3100601234", max_length = 10)]
    pub reg_no: String,
    /// The office that declared it due.
    #[schema(example = "310900", max_length = 6)]
    pub decl_org: String,
    /// Issued at acceptance, or for the difference after an amendment.
    pub kind: NoticeKind,
    /// Where the notice stands.
    pub state: NoticeState,
    /// The sum of its lines, without a late fee.
    pub total: Amount,
    /// What it is made of; a late fee is a line `LATE` of its own.
    #[schema(max_items = 5000)]
    pub lines: Vec<LineOut>,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// The last day without a late fee.
    pub due_on: NaiveDate,
    /// Whether it was taken on credit by a monthly settlement, so that release does not wait for it, or why not; nothing,
    /// where its payer does not settle monthly.
    pub credit: Option<Credit>,
    /// The monthly statement that lists it.
    #[schema(value_type = Option<Uuid>)]
    pub statement_id: Option<MonthlyStatementId>,
    /// When it was paid.
    pub paid_at: Option<DateTime<Utc>>,
    /// When it was voided.
    pub voided_at: Option<DateTime<Utc>>,
    /// When it was to be voided while a payment was under way: void if that fails, refunded if it succeeds.
    pub void_requested_at: Option<DateTime<Utc>>,
    /// Why it was voided.
    #[schema(max_length = 1000)]
    pub void_reason: Option<String>,
    /// The latest attempt to pay it.
    pub payment: Option<PaymentOut>,
    /// When anything about it last changed.
    pub updated_at: DateTime<Utc>,
}

/// One line of a notice.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineOut {
    /// The item of the tariff, or `LATE`.
    #[schema(example = "Q04", max_length = 8)]
    pub tariff_code: String,
    /// Lines of one batch share its minimum and its discount; other services have none.
    #[schema(minimum = 1, maximum = 999)]
    pub batch: Option<u32>,
    /// What the rate is applied to: yuan, gross tons, TEU, calls, days.
    #[schema(value_type = String, example = "403200", max_length = 40)]
    pub basis: Decimal,
    /// For one of these.
    #[schema(value_type = String, example = "0.0012", max_length = 40)]
    pub rate: Decimal,
    /// Basis times rate, exact.
    #[schema(value_type = String, example = "483.84", max_length = 40)]
    pub computed: Decimal,
    /// What is asked, in whole yuan.
    pub charged: Amount,
    /// Why less is asked than computed.
    pub waiver: Option<Waiver>,
}

/// One attempt to pay a notice.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentOut {
    /// Ours; the bank knows it too.
    #[schema(value_type = Uuid)]
    pub id: PaymentId,
    /// The notice it pays.
    #[schema(value_type = Uuid)]
    pub notice_id: NoticeId,
    /// Who pays.
    #[schema(example = "3100601234", max_length = 10)]
    pub reg_no: String,
    /// How it is paid.
    pub channel: Channel,
    /// The agreement it is debited under.
    #[schema(value_type = Option<Uuid>)]
    pub agreement_id: Option<AgreementId>,
    /// The notice's total and the late fee.
    pub amount: Amount,
    /// The late fee in it.
    pub late_fee: Amount,
    /// Where the payment stands. `UNKNOWN` is resolved by the bank alone; it is never debited again.
    pub state: PaymentState,
    /// The bank it goes through.
    #[schema(example = "SPDB", max_length = 20)]
    pub bank_code: Option<String>,
    /// What the bank calls it.
    #[schema(example = "B20140512000017", max_length = 64)]
    pub bank_ref: Option<String>,
    /// Why it failed.
    pub failure_code: Option<FailureCode>,
    /// When it was begun; decides the late fee.
    pub created_at: DateTime<Utc>,
    /// When the debit was about to leave.
    pub sent_at: Option<DateTime<Utc>>,
    /// When we learned how it ended.
    pub settled_at: Option<DateTime<Utc>>,
    /// When the bank booked or refused it.
    pub bank_time: Option<DateTime<Utc>>,
    /// While the bank has not said how it ended: when that is to be expected, by what it said of late. Read one payment
    /// to be told.
    pub expected_at: Option<DateTime<Utc>>,
    /// The shift in which a cashier took it.
    #[schema(value_type = Option<Uuid>)]
    pub shift_id: Option<ShiftId>,
    /// What was laid down in cash.
    pub tendered: Option<Amount>,
    /// What was given back of that at once.
    pub change: Option<Amount>,
    /// The number of the terminal's slip, or of the cheque.
    #[schema(max_length = 40)]
    pub slip_no: Option<String>,
    /// The bank of the cheque.
    #[schema(max_length = 100)]
    pub drawn_on: Option<String>,
}

impl From<Billed> for FeeNoticeOut {
    fn from(billed: Billed) -> Self {
        let lines = billed.lines().into_iter().map(LineOut::from).collect();
        let Billed { notice, latest } = billed;
        Self {
            id: notice.id,
            notice_no: notice.notice_no,
            declaration_id: notice.declaration_id,
            decl_no: notice.decl_no,
            reg_no: notice.reg_no,
            decl_org: notice.decl_org,
            kind: notice.kind,
            state: notice.state,
            total: notice.total.into(),
            lines,
            issued_at: notice.issued_at,
            due_on: notice.due_on,
            credit: notice.credit,
            statement_id: notice.statement_id,
            paid_at: notice.paid_at,
            voided_at: notice.voided_at,
            void_requested_at: notice.void_requested_at,
            void_reason: notice.void_reason,
            payment: latest.map(PaymentOut::from),
            updated_at: notice.updated_at,
        }
    }
}

impl From<NoticeLine> for LineOut {
    fn from(line: NoticeLine) -> Self {
        Self {
            tariff_code: line.tariff_code,
            batch: line.batch,
            basis: line.basis,
            rate: line.rate,
            computed: line.computed,
            charged: line.charged.into(),
            waiver: line.waiver,
        }
    }
}

impl From<Payment> for PaymentOut {
    fn from(payment: Payment) -> Self {
        Self {
            id: payment.id,
            notice_id: payment.notice_id,
            reg_no: payment.reg_no,
            channel: payment.channel,
            agreement_id: payment.agreement_id,
            amount: payment.amount.into(),
            late_fee: payment.late.into(),
            state: payment.state,
            bank_code: payment.bank_code,
            bank_ref: payment.bank_ref,
            failure_code: payment.failure_code,
            created_at: payment.created_at,
            sent_at: payment.sent_at,
            settled_at: payment.settled_at,
            bank_time: payment.bank_time,
            expected_at: None,
            shift_id: payment.shift_id,
            change: payment.tendered.map(|laid| Fen(laid.0 - payment.amount.0).into()),
            tendered: payment.tendered.map(Amount::from),
            slip_no: payment.slip_no,
            drawn_on: payment.drawn_on,
        }
    }
}

/// A page of fee notices, with its cursor.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeeNoticePage {
    /// The notices of this page, newest first.
    #[schema(max_items = 200)]
    pub data: Vec<FeeNoticeOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// What the documentation shows.
#[must_use]
pub fn example() -> serde_json::Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c60", "notice_no": "310900114000124F01",
        "declaration_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c4d", "decl_no": "310900114000124",
        "reg_no": "3100601234", "decl_org": "310900", "kind": "ORIGINAL", "state": "PAID",
        "total": { "amount": "484.00", "currency": "CNY" },
        "lines": [{
            "tariff_code": "Q04", "batch": 1, "basis": "403200", "rate": "0.0012",
            "computed": "483.84", "charged": { "amount": "484.00", "currency": "CNY" }, "waiver": null
        }],
        "issued_at": "2014-05-12T02:05:00Z", "due_on": "2014-06-01", "credit": null,
        "statement_id": null, "paid_at": "2014-05-12T02:05:31Z",
        "voided_at": null, "void_requested_at": null, "void_reason": null,
        "payment": example_payment(), "updated_at": "2014-05-12T02:05:31Z"
    })
}

/// The same, in a page.
#[must_use]
pub fn example_page() -> serde_json::Value {
    json!({ "data": [example()], "next_cursor": null, "has_more": false })
}

#[must_use]
pub fn example_payment() -> serde_json::Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c61",
        "notice_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c60", "reg_no": "3100601234", "channel": "EPAY",
        "agreement_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c62",
        "amount": { "amount": "484.00", "currency": "CNY" },
        "late_fee": { "amount": "0.00", "currency": "CNY" }, "state": "SUCCESS", "bank_code": "SPDB",
        "bank_ref": "B20140512000017", "failure_code": null, "created_at": "2014-05-12T02:05:00Z",
        "sent_at": "2014-05-12T02:05:30Z", "settled_at": "2014-05-12T02:05:31Z",
        "bank_time": "2014-05-12T02:05:31Z", "expected_at": null, "shift_id": null, "tendered": null, "change": null,
        "slip_no": null, "drawn_on": null
    })
}
