//! What passes between the bureau and a bank, word for word (`docs/bank.md`).
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::model::{NoticeNo, PaymentId, RefundId};
use crate::kernel::{Fen, money::Amount};

/// Take this amount from that account: `POST /v1/debits`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DebitOrder {
    /// The bank must not trust it to come once; we see to that.
    pub payment_id: PaymentId,
    pub notice_no: NoticeNo,
    /// The bank's own token for the account; never an account number.
    pub account_token: String,
    pub amount: Amount,
}

/// Give this amount of that booking back: `POST /v1/refunds`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundOrder {
    /// Its number: the bank books each once.
    pub refund_id: RefundId,
    pub payment_id: PaymentId,
    /// What the bank calls the booking of which money goes back.
    pub bank_ref: String,
    pub amount: Amount,
}

/// How an order ended at the bank.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// The money was taken, or given back.
    Success,
    /// Nothing was, and nothing will be.
    Failed,
    /// What was taken was given back by the bank itself, the same day. It says as well that it was taken.
    Reversed,
}

/// Why a bank took nothing.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FailureCode {
    InsufficientFunds,
    OverLimit,
    /// The agreement is not in force: there, or already here before anything was sent.
    Agreement,
    /// The bank never heard of the debit (R6: not before fifteen minutes have passed).
    NotFound,
}

/// The bank's last word on a debit: in its answer, in its answer to a query, or in a callback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// Ours, as it was sent.
    pub payment_id: PaymentId,
    pub outcome: Outcome,
    /// The bank's own reference of this booking or refusal.
    #[schema(
        example = "B20140512000017",
        min_length = 1,
        max_length = 64,
        pattern = r"^[0-9A-Za-z._-]+$"
    )]
    pub bank_ref: String,
    pub amount: Amount,
    /// With `FAILED` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_code: Option<FailureCode>,
    /// When the bank booked or refused it.
    pub bank_time: DateTime<Utc>,
}

/// The bank's last word on a refund: in its answer, or in its answer to a query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundWord {
    pub refund_id: RefundId,
    pub outcome: Outcome,
    pub bank_ref: String,
    pub amount: Amount,
    /// With `FAILED` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_code: Option<FailureCode>,
    pub bank_time: DateTime<Utc>,
}

/// What a bank answers about a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RefundAnswer {
    Word(RefundWord),
    NoWord(NoRefundWord),
}

/// The bank cannot say how a refund ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoRefundWord {
    pub refund_id: RefundId,
    pub outcome: Standing,
}

impl RefundAnswer {
    /// Which refund it speaks of. An answer about another refund is none.
    #[must_use]
    pub const fn refund_id(&self) -> RefundId {
        match self {
            Self::Word(word) => word.refund_id,
            Self::NoWord(no_word) => no_word.refund_id,
        }
    }
}

/// What a bank answers: its last word, or that it has none yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    Word(Word),
    NoWord(NoWord),
}

/// The bank cannot say how a debit ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoWord {
    pub payment_id: PaymentId,
    pub outcome: Standing,
}

/// Why there is no last word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Standing {
    /// Known there, and not decided.
    Pending,
    /// Not known there.
    NotFound,
}

/// How a word came to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Source {
    Answer,
    Query,
    Callback,
    /// A line of a day's statement.
    Statement,
}

impl Answer {
    /// Which payment it speaks of. An answer about another payment is none.
    #[must_use]
    pub const fn payment_id(&self) -> PaymentId {
        match self {
            Self::Word(word) => word.payment_id,
            Self::NoWord(no_word) => no_word.payment_id,
        }
    }
}

impl Word {
    /// The amount in fen, where it is one.
    #[must_use]
    pub fn fen(&self) -> Option<Fen> {
        self.amount.in_fen()
    }
}
