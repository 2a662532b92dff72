//! Monthly settlement (月结): what is granted, what is told once a month, and what is pure about it.
//!
//! A [`MonthlySettlement`] lets fees of one payer stay unpaid up to a limit; a notice is taken on [`Credit`] when it is
//! issued, or not, and says why. What is still unpaid of a month stands in its [`MonthlyStatement`] (月结单); one that
//! is overdue is dunned (催缴) by [`dunning`].
pub mod bill;
pub mod dunning;
pub mod line;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    model::{NoticeId, NoticeNo},
    status::{
        monthly_settlement::MonthlySettlementState, monthly_statement::MonthlyStatementState,
        notice::NoticeState,
    },
};
use crate::{declaration::DeclarationId, kernel::Fen};

crate::id!(
    /// A monthly settlement that was granted to a payer.
    MonthlySettlementId
);
crate::id!(
    /// A monthly statement (月结单).
    MonthlyStatementId
);

/// Whether a notice was taken on credit when it was issued, or why not.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Credit {
    /// Release does not wait for it; it is told of in the statement of its month.
    Granted,
    /// With it the unpaid fees on credit would have been above the limit.
    OverLimit,
    /// Something of its payer was overdue.
    Overdue,
    /// The settlement was suspended.
    Suspended,
}

/// Leave to pay fees once a month, up to a limit.
#[derive(Clone, Debug)]
pub struct MonthlySettlement {
    pub id: MonthlySettlementId,
    pub reg_no: String,
    pub state: MonthlySettlementState,
    /// The most that may be unpaid on credit at a time, late fees aside.
    pub credit_limit: Fen,
    /// What is unpaid on credit now.
    pub used: Fen,
    /// The day of the month after a notice by which it is to be paid.
    pub due_day: i16,
    pub valid_from: NaiveDate,
    /// The last day; `None`: until it ends.
    pub valid_until: Option<NaiveDate>,
    /// Nobody, where it was carried over from before limits.
    pub granted_by: Option<Uuid>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What a payer is to pay of one month.
#[derive(Clone, Debug)]
pub struct MonthlyStatement {
    pub id: MonthlyStatementId,
    pub reg_no: String,
    /// The first day of the month.
    pub month: NaiveDate,
    pub state: MonthlyStatementState,
    /// How many notices it lists.
    pub notices: i32,
    /// Of its notices when it was made, without late fees.
    pub total: Fen,
    /// What is still unpaid of that.
    pub unpaid: Fen,
    pub due_on: NaiveDate,
    /// The last reminder that went out; 0: none.
    pub dunned: i32,
    pub issued_at: DateTime<Utc>,
    pub paid_at: Option<DateTime<Utc>>,
    pub updated_at: DateTime<Utc>,
}

/// A notice as a statement lists it.
#[derive(Clone, Debug)]
pub struct StatedNotice {
    pub id: NoticeId,
    pub notice_no: NoticeNo,
    pub declaration_id: DeclarationId,
    pub decl_no: String,
    pub decl_org: String,
    pub state: NoticeState,
    pub total: Fen,
    pub late_rate: rust_decimal::Decimal,
    pub due_on: NaiveDate,
    pub updated_at: DateTime<Utc>,
}

/// A reminder that went out.
#[derive(Clone, Debug)]
pub struct Dunned {
    pub level: i32,
    pub dunned_at: DateTime<Utc>,
}

/// A statement with its notices and its reminders.
#[derive(Clone, Debug)]
pub struct MonthlySheet {
    pub statement: MonthlyStatement,
    pub notices: Vec<StatedNotice>,
    pub dunnings: Vec<Dunned>,
}
