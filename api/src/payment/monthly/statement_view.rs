//! Monthly statements as the wire shows them.
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::json;
use shared::{
    declaration::DeclarationId,
    kernel::{Fen, money::Amount},
    payment::{
        Dunned, MonthlySheet, MonthlyStatement, MonthlyStatementId, MonthlyStatementState,
        NoticeId, NoticeState, StatedNotice, tariff::late_fee,
    },
};
use utoipa::ToSchema;
use uuid::Uuid;

/// A monthly statement (月结单): what a payer is to pay of a month.
#[derive(Debug, Serialize, ToSchema)]
pub struct MonthlyStatementOut {
    /// Ours.
    #[schema(value_type = Uuid)]
    pub id: MonthlyStatementId,
    /// Who pays.
    #[schema(example = "3100601234", max_length = 10)]
    pub reg_no: String,
    /// The month in which its notices were issued, in Shanghai.
    #[schema(example = "2014-05", min_length = 7, max_length = 7, pattern = r"^\d{4}-\d{2}$")]
    pub month: String,
    /// Whether it is paid, and if not, whether it is late.
    pub state: MonthlyStatementState,
    /// How many notices it lists.
    #[schema(minimum = 1)]
    pub notice_count: i32,
    /// What its notices asked for when it was made, without late fees.
    pub total: Amount,
    /// What is still unpaid of that.
    pub unpaid: Amount,
    /// The last day without late fees.
    pub due_on: NaiveDate,
    /// The level of the last reminder; 0: none went out.
    #[schema(minimum = 0)]
    pub dunned: i32,
    /// When it was made.
    pub issued_at: DateTime<Utc>,
    /// When the last of its notices was paid, or became void.
    pub paid_at: Option<DateTime<Utc>>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A monthly statement with its notices and reminders.
#[derive(Debug, Serialize, ToSchema)]
pub struct MonthlySheetOut {
    /// What it comes to.
    pub statement: MonthlyStatementOut,
    /// The notices that it lists, oldest first; paid or void ones stay.
    #[schema(max_items = 200_000)]
    pub notices: Vec<StatedNoticeOut>,
    /// The reminders that went out, in their order.
    #[schema(max_items = 100)]
    pub dunnings: Vec<DunningOut>,
    /// While the bank has not answered for one of its notices: when that is to be expected, by what it answered of late.
    pub expected_at: Option<DateTime<Utc>>,
}

/// A fee notice as a statement lists it.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatedNoticeOut {
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
    /// The office that declared it due.
    #[schema(example = "310900", max_length = 6)]
    pub decl_org: String,
    /// Where the notice stands.
    pub state: NoticeState,
    /// The sum of its lines, without a late fee.
    pub total: Amount,
    /// The late fee on top of it, if a payment began today; nothing, where none can.
    pub late_fee: Amount,
}

/// A reminder (催缴) that went out.
#[derive(Debug, Serialize, ToSchema)]
pub struct DunningOut {
    /// Which one: the first is 1.
    #[schema(minimum = 1)]
    pub level: i32,
    /// When it went out.
    pub dunned_at: DateTime<Utc>,
}

impl From<MonthlyStatement> for MonthlyStatementOut {
    fn from(statement: MonthlyStatement) -> Self {
        Self {
            id: statement.id,
            reg_no: statement.reg_no,
            month: statement.month.format("%Y-%m").to_string(),
            state: statement.state,
            notice_count: statement.notices,
            total: statement.total.into(),
            unpaid: statement.unpaid.into(),
            due_on: statement.due_on,
            dunned: statement.dunned,
            issued_at: statement.issued_at,
            paid_at: statement.paid_at,
            updated_at: statement.updated_at,
        }
    }
}

impl MonthlySheetOut {
    pub fn of(sheet: MonthlySheet, today: NaiveDate) -> Self {
        let notices = sheet.notices.into_iter().map(|notice| StatedNoticeOut::of(notice, today));
        Self {
            statement: sheet.statement.into(),
            notices: notices.collect(),
            dunnings: sheet.dunnings.into_iter().map(DunningOut::from).collect(),
            expected_at: None,
        }
    }
}

impl StatedNoticeOut {
    fn of(notice: StatedNotice, today: NaiveDate) -> Self {
        let is_payable = matches!(notice.state, NoticeState::Issued | NoticeState::Overdue);
        let late = is_payable
            .then(|| late_fee(notice.late_rate, notice.total, notice.due_on, today))
            .flatten();
        Self {
            id: notice.id,
            notice_no: notice.notice_no,
            declaration_id: notice.declaration_id,
            decl_no: notice.decl_no,
            decl_org: notice.decl_org,
            state: notice.state,
            total: notice.total.into(),
            late_fee: late.map_or(Fen(0), |line| line.charged).into(),
        }
    }
}

impl From<Dunned> for DunningOut {
    fn from(dunned: Dunned) -> Self {
        Self { level: dunned.level, dunned_at: dunned.dunned_at }
    }
}

/// A page of monthly statements.
#[derive(Debug, Serialize, ToSchema)]
pub struct MonthlyStatementPage {
    /// The statements of this page, newest first.
    #[schema(max_items = 200)]
    pub data: Vec<MonthlyStatementOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// What the documentation shows.
#[must_use]
pub fn example() -> serde_json::Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c72", "reg_no": "3100601234", "month": "2014-05",
        "state": "ISSUED", "notice_count": 1, "total": { "amount": "484.00", "currency": "CNY" },
        "unpaid": { "amount": "484.00", "currency": "CNY" }, "due_on": "2014-06-10", "dunned": 0,
        "issued_at": "2014-05-31T16:05:00Z", "paid_at": null, "updated_at": "2014-05-31T16:05:00Z"
    })
}

/// The same with its notices.
#[must_use]
pub fn example_sheet() -> serde_json::Value {
    json!({
        "statement": example(),
        "notices": [{
            "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c60", "notice_no": "310900114000124F01",
            "declaration_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c4d", "decl_no": "310900114000124",
            "decl_org": "310900", "state": "ISSUED", "total": { "amount": "484.00", "currency": "CNY" },
            "late_fee": { "amount": "0.00", "currency": "CNY" }
        }],
        "dunnings": [], "expected_at": null
    })
}
