//! How it is paid: attempts, and the agreements under which a bank debits.
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{NoticeId, NoticeNo, ShiftId};
use crate::{
    declaration::DeclarationId,
    kernel::Fen,
    payment::{
        bank::FailureCode,
        monthly::MonthlyStatementId,
        status::{agreement::AgreementState, notice::NoticeState, payment::PaymentState},
    },
};

crate::id!(
    /// One attempt to pay a notice.
    PaymentId
);

crate::id!(
    /// A three-party e-payment agreement (三方协议): enterprise, bank, bureau.
    AgreementId
);

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
