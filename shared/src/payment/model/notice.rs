//! What is owed: fee notices (收费通知单).
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use super::Payment;
use crate::{
    declaration::DeclarationId,
    kernel::{Fen, calendar},
    payment::{
        fee::Assessment,
        monthly::{Credit, MonthlyStatementId},
        status::{notice::NoticeState, payment::PaymentState},
        tariff::{NoticeLine, Tariff, late_fee},
    },
};

crate::id!(
    /// A fee notice (收费通知单).
    NoticeId
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
    pub(in crate::payment) debtor: Debtor,
    pub(in crate::payment) kind: NoticeKind,
    pub(in crate::payment) assessment: Assessment,
    pub(in crate::payment) payment_days: u64,
    pub(in crate::payment) late_rate: Decimal,
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
