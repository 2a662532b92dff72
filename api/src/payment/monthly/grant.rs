//! `POST /v1/monthly-settlements`
use actix_web::post;
use chrono::NaiveDate;
use serde::Deserialize;
use shared::{
    identity::Permission,
    kernel::money::Amount,
    payment::{self, MonthlySettlementDraft},
};
use utoipa::ToSchema;

use super::view::{self, MonthlySettlementOut};
use crate::{Answer, Caller, body::Body, reply::Reply};

/// A monthly settlement as it is granted. What is left out is by the parameters of the day.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MonthlySettlementIn {
    /// Who pays: an agreement in force allows it (`credit_settlement`).
    #[schema(example = "3100601234", max_length = 10, pattern = r"^\d{10}$")]
    pub reg_no: String,
    /// The most that may be unpaid on credit at a time; parameter `monthly.credit_limit` where not said.
    pub credit_limit: Option<Amount>,
    /// The day of the month after a notice by which it is to be paid; parameter `monthly.due_day` where not said.
    #[schema(minimum = 1, maximum = 28)]
    pub due_day: Option<i16>,
    /// The first day on which notices are taken on credit; today where not said.
    pub valid_from: Option<NaiveDate>,
    /// The last such day; until it is ended where not said.
    pub valid_until: Option<NaiveDate>,
}

/// Grant a monthly settlement
///
/// A duty chief lets an enterprise pay its fees once a month: clearance and release do not wait for notices issued from
/// then on, up to the limit and while nothing is overdue. Its e-payment agreement has to allow it.
#[utoipa::path(
    operation_id = "grantMonthlySettlement", tag = "payment",
    request_body(content = MonthlySettlementIn, example = json!({
        "reg_no": "3100601234", "credit_limit": { "amount": "50000.00", "currency": "CNY" }, "due_day": 10
    })),
    responses((status = 201, description = "The settlement, in force.", body = MonthlySettlementOut,
        example = json!(view::example()))),
)]
#[post("/monthly-settlements")]
pub async fn handler(caller: Caller, body: Body<MonthlySettlementIn>) -> Answer {
    let books = caller.ctx.shelf.books();
    let MonthlySettlementIn { reg_no, credit_limit, due_day, valid_from, valid_until } =
        body.value.clone();
    let draft = MonthlySettlementDraft { reg_no, credit_limit, due_day, valid_from, valid_until };
    caller
        .act(Permission::MonthlySettlementGrant, &body, async |tx, actor| {
            let granted = payment::grant_monthly_settlement(tx, actor, &books, draft).await?;
            let location = format!("/v1/monthly-settlements/{}", granted.id);
            Ok(Reply::created(&MonthlySettlementOut::from(granted), location)?)
        })
        .await
}
