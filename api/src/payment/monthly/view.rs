//! Monthly settlements as the wire shows them.
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::json;
use shared::{
    kernel::money::Amount,
    payment::{MonthlySettlement, MonthlySettlementId, MonthlySettlementState},
};
use utoipa::ToSchema;
use uuid::Uuid;

/// Leave to pay fees once a month (月结), up to a limit: release does not wait for them.
#[derive(Debug, Serialize, ToSchema)]
pub struct MonthlySettlementOut {
    /// Ours.
    #[schema(value_type = Uuid)]
    pub id: MonthlySettlementId,
    /// Who pays.
    #[schema(example = "3100601234", max_length = 10)]
    pub reg_no: String,
    /// Whether it is in force.
    pub state: MonthlySettlementState,
    /// The most that may be unpaid on credit at a time, late fees aside.
    pub credit_limit: Amount,
    /// What is unpaid on credit now.
    pub used: Amount,
    /// The day of the month after a notice by which it is to be paid.
    #[schema(minimum = 1, maximum = 28)]
    pub due_day: i16,
    /// The first day on which notices are taken on credit.
    pub valid_from: NaiveDate,
    /// The last day; none: until it is ended.
    pub valid_until: Option<NaiveDate>,
    /// The duty chief; nobody, where it was carried over from before there were limits.
    pub granted_by: Option<Uuid>,
    /// When it was granted.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<MonthlySettlement> for MonthlySettlementOut {
    fn from(settlement: MonthlySettlement) -> Self {
        Self {
            id: settlement.id,
            reg_no: settlement.reg_no,
            state: settlement.state,
            credit_limit: settlement.credit_limit.into(),
            used: settlement.used.into(),
            due_day: settlement.due_day,
            valid_from: settlement.valid_from,
            valid_until: settlement.valid_until,
            granted_by: settlement.granted_by,
            created_at: settlement.created_at,
            updated_at: settlement.updated_at,
        }
    }
}

/// A page of monthly settlements.
#[derive(Debug, Serialize, ToSchema)]
pub struct MonthlySettlementPage {
    /// The settlements of this page, newest first.
    #[schema(max_items = 200)]
    pub data: Vec<MonthlySettlementOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// What the documentation shows.
#[must_use]
pub fn example() -> serde_json::Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c70", "reg_no": "3100601234", "state": "ACTIVE",
        "credit_limit": { "amount": "50000.00", "currency": "CNY" },
        "used": { "amount": "968.00", "currency": "CNY" }, "due_day": 10,
        "valid_from": "2014-05-12", "valid_until": null,
        "granted_by": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c71",
        "created_at": "2014-05-12T02:00:00Z", "updated_at": "2014-05-12T02:00:00Z"
    })
}
