//! The nouns of the room: notices, payments, agreements, and what stands between them.
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    bank::FailureCode,
    fee::Assessment,
    monthly::{Credit, MonthlyStatementId},
    recon::{compare::DifferenceKind, statement::LineKind},
    status::{
        agreement::AgreementState, notice::NoticeState, payment::PaymentState, refund::RefundState,
    },
    tariff::{NoticeLine, Tariff, late_fee},
};
use crate::{
    declaration::DeclarationId,
    kernel::{Actor, Failure, Fen, calendar},
};

crate::id!(
    /// A fee notice (收费通知单).
    NoticeId
);
crate::id!(
    /// One attempt to pay a notice.
    PaymentId
);
crate::id!(
    /// A three-party e-payment agreement (三方协议): enterprise, bank, bureau.
    AgreementId
);
crate::id!(
    /// Money owed back to a payer.
    RefundId
);

crate::id!(
    /// A shift at a cashier's window (班次).
    ShiftId
);

/// The number people quote: the declaration's, `F`, and which of its notices it is.
pub type NoticeNo = String;

/// Why a notice exists.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NoticeKind {
    /// Issued at acceptance.
    Original,
    /// The difference after an amendment (R13).
    Supplementary,
}

/// What a declaration owes, and to whom the notice goes.
#[derive(Clone, Debug)]
pub struct Debtor {
    pub declaration_id: DeclarationId,
    pub decl_no: String,
    /// Who pays: the declaring unit.
    pub reg_no: String,
    pub decl_org: String,
}

/// A notice about to be issued. There is none for nothing: total 0 needs no notice (R5).
#[derive(Clone, Debug)]
pub struct NoticeDraft {
    pub(super) debtor: Debtor,
    pub(super) kind: NoticeKind,
    pub(super) assessment: Assessment,
    pub(super) payment_days: u64,
    pub(super) late_rate: Decimal,
}

impl NoticeDraft {
    /// A notice for what was assessed under that tariff; `None` where nothing is to be paid.
    #[must_use]
    pub fn of(
        debtor: Debtor,
        kind: NoticeKind,
        tariff: &Tariff,
        assessment: Assessment,
    ) -> Option<Self> {
        (assessment.total > Fen(0)).then_some(Self {
            debtor,
            kind,
            assessment,
            payment_days: tariff.payment_days,
            late_rate: tariff.late_rate,
        })
    }
}

/// A fee notice.
#[derive(Clone, Debug)]
pub struct FeeNotice {
    pub id: NoticeId,
    pub notice_no: NoticeNo,
    pub declaration_id: DeclarationId,
    pub decl_no: String,
    pub reg_no: String,
    pub decl_org: String,
    pub kind: NoticeKind,
    pub state: NoticeState,
    /// Of the lines; a late fee comes on top of it.
    pub total: Fen,
    pub lines: Json<Vec<NoticeLine>>,
    /// The late fee per day on the terms of the day it was issued.
    pub late_rate: Decimal,
    pub revision: i64,
    pub issued_at: DateTime<Utc>,
    pub due_on: NaiveDate,
    pub paid_at: Option<DateTime<Utc>>,
    pub voided_at: Option<DateTime<Utc>>,
    /// Somebody wanted it void while it was being paid: void if the payment fails, refunded if it succeeds.
    pub void_requested_at: Option<DateTime<Utc>>,
    pub void_reason: Option<String>,
    /// Whether it was taken on credit; `None`: its payer did not settle monthly.
    pub credit: Option<Credit>,
    /// The monthly statement that lists it.
    pub statement_id: Option<MonthlyStatementId>,
    pub updated_at: DateTime<Utc>,
}

/// A notice with the latest attempt to pay it.
#[derive(Clone, Debug)]
pub struct Billed {
    pub notice: FeeNotice,
    pub latest: Option<Payment>,
}

impl Billed {
    /// The lines of the notice, and the late fee as a line of its own while a payment carries one.
    #[must_use]
    pub fn lines(&self) -> Vec<NoticeLine> {
        let notice = &self.notice;
        let mut lines = notice.lines.0.clone();
        let carrier = self.latest.as_ref().filter(|payment| payment.state != PaymentState::Failed);
        if let Some(payment) = carrier {
            let created_on = calendar::day_of(payment.created_at);
            lines.extend(late_fee(notice.late_rate, notice.total, notice.due_on, created_on));
        }
        lines
    }
}

/// One attempt to pay a notice.
#[derive(Clone, Debug)]
pub struct Payment {
    pub id: PaymentId,
    pub notice_id: NoticeId,
    pub reg_no: String,
    pub channel: Channel,
    pub agreement_id: Option<AgreementId>,
    /// The notice's total and the late fee.
    pub amount: Fen,
    pub late: Fen,
    pub state: PaymentState,
    pub bank_code: Option<String>,
    pub bank_ref: Option<String>,
    pub failure_code: Option<FailureCode>,
    pub created_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub settled_at: Option<DateTime<Utc>>,
    pub bank_time: Option<DateTime<Utc>>,
    /// In which it was taken by hand.
    pub shift_id: Option<ShiftId>,
    /// In cash; what is above the amount was given back as change.
    pub tendered: Option<Fen>,
    pub slip_no: Option<String>,
    pub drawn_on: Option<String>,
}

/// The way a fee was paid.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Channel {
    /// Debited by the bank under an agreement (网上电子支付).
    Epay,
    Cash,
    Pos,
    Cheque,
}

/// A three-party e-payment agreement.
#[derive(Clone, Debug)]
pub struct Agreement {
    pub id: AgreementId,
    pub reg_no: String,
    pub bank_code: String,
    pub account_token: String,
    pub signed_on: NaiveDate,
    pub state: AgreementState,
    pub single_limit: Fen,
    pub daily_limit: Fen,
    /// Monthly settlement may be granted on it: fees count as settled while nothing is overdue (R5).
    pub credit_settlement: bool,
    /// A notice is debited as soon as it is issued.
    pub auto_debit: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A payment with all that decides its next step: its notice and its agreement.
#[derive(Clone, Debug)]
pub struct Debt {
    pub payment_id: PaymentId,
    pub state: PaymentState,
    pub amount: Fen,
    pub late: Fen,
    pub bank_code: Option<String>,
    pub bank_ref: Option<String>,
    pub sent_at: Option<DateTime<Utc>>,
    /// How often the bank was asked.
    pub queries: i32,
    pub notice_id: NoticeId,
    pub notice_no: NoticeNo,
    pub notice_state: NoticeState,
    pub declaration_id: DeclarationId,
    pub reg_no: String,
    pub total: Fen,
    pub due_on: NaiveDate,
    pub void_requested_at: Option<DateTime<Utc>>,
    pub void_reason: Option<String>,
    pub statement_id: Option<MonthlyStatementId>,
    pub account_token: Option<String>,
    pub agreement_state: Option<AgreementState>,
}

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

/// Are the fees of a declaration settled? (R5)
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    Settled,
    Outstanding {
        /// What is still to be paid, without late fees.
        unpaid: Fen,
        /// Why monthly settlement does not stand for it, where its payer has one.
        why: Option<Credit>,
    },
}

impl Settlement {
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        matches!(self, Self::Settled)
    }
}

/// Whose records somebody may see: a declarant its own, an office those declared there, the system all.
#[derive(Clone, Debug)]
pub(super) struct Scope<'a> {
    pub reg_no: Option<&'a str>,
    pub office: Option<&'a str>,
}

impl<'a> Scope<'a> {
    /// The system's own.
    pub(super) const ALL: Self = Self { reg_no: None, office: None };

    pub(super) fn of(actor: &'a Actor, noun: &'static str) -> Result<Self, Failure> {
        let scope = Self { reg_no: actor.reg_no(), office: actor.office() };
        if scope.reg_no.is_none() && scope.office.is_none() && !actor.is_system() {
            return Err(Failure::Missing(noun));
        }
        Ok(scope)
    }
}

crate::id!(
    /// Something in which the bank's day and ours differ.
    DifferenceId
);

/// Whether a bank's day is closed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DayState {
    Open,
    /// For ever. What comes late belongs to the next open day.
    Closed,
}

/// How a statement came to us.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StatementSource {
    Fetched,
    Uploaded,
}

/// How far a difference was worked.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DifferenceState {
    Open,
    /// A cashier said why.
    Explained,
    /// A duty chief agreed.
    Approved,
}

/// One day of one bank.
#[derive(Clone, Debug)]
pub struct BankDay {
    pub bank_code: String,
    pub day: NaiveDate,
    pub state: DayState,
    pub source: StatementSource,
    /// SHA-256 of the statement as it came.
    pub digest: String,
    pub lines: i32,
    /// Taken less given back, by the bank.
    pub bank_fen: i64,
    /// The same by our books.
    pub own_fen: i64,
    pub received_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub closed_by: Option<Uuid>,
}

/// What does not agree on a day.
#[derive(Clone, Debug)]
pub struct DayDifference {
    pub id: DifferenceId,
    pub bank_code: String,
    pub day: NaiveDate,
    pub kind: DifferenceKind,
    pub line_kind: LineKind,
    pub bank_ref: String,
    /// The payment or refund, as whoever knows of it names it.
    pub subject: Uuid,
    pub bank: Option<Fen>,
    pub own: Option<Fen>,
    /// The closed day on which it was booked, where it is told late.
    pub belongs_to: Option<NaiveDate>,
    pub state: DifferenceState,
    pub explanation: Option<String>,
    pub explained_by: Option<Uuid>,
    pub explained_at: Option<DateTime<Utc>>,
    pub approved_by: Option<Uuid>,
    pub approved_at: Option<DateTime<Utc>>,
}

/// Why money lies in suspense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = SuspenseReason)]
pub enum Why {
    /// For a payment that we never made: nobody's, until the bank takes it back.
    Orphan,
    /// A payment did not wait for it (any more): it is owed back.
    Unexpected,
    /// For a notice that was to be void: it is owed back.
    Unwanted,
}

/// One booking of the bank that lies in suspense.
#[derive(Clone, Debug)]
pub struct SuspenseItem {
    pub bank_ref: String,
    pub why: Why,
    /// The payment, or what the bank calls it.
    pub subject: Uuid,
    /// What is left of it.
    pub amount: Fen,
    pub booked_at: DateTime<Utc>,
    pub since: DateTime<Utc>,
    /// By which it goes back; an orphan has none.
    pub refund_id: Option<RefundId>,
    pub refund_state: Option<RefundState>,
}
