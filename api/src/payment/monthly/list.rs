//! `GET /v1/monthly-settlements`
use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::{
    identity::Permission,
    payment::{self, MonthlySettlementState},
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{self, MonthlySettlementOut, MonthlySettlementPage};
use crate::{Answer, Caller, body::Params, paging, reply::Reply};

/// What a list of monthly settlements is narrowed to, and how it is cut.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Narrowed {
    /// Those in that state.
    pub state: Option<MonthlySettlementState>,
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<Uuid>,
    /// Only those that changed at or after this moment.
    pub updated_since: Option<DateTime<Utc>>,
}

/// List monthly settlements
///
/// A payer sees its own, an office all of them, newest first.
#[utoipa::path(
    operation_id = "listMonthlySettlements", tag = "payment", params(Narrowed),
    responses((status = 200, description = "A page of monthly settlements.", body = MonthlySettlementPage,
        example = json!({ "data": [view::example()], "next_cursor": null, "has_more": false }))),
)]
#[get("/monthly-settlements")]
pub async fn handler(caller: Caller, params: Params<Narrowed>) -> Answer {
    let Narrowed { state, limit, cursor, updated_since } = params.0;
    caller
        .look(Permission::MonthlySettlementRead, async |conn, actor| {
            let page = paging::page(limit, cursor, updated_since);
            let settlements = payment::monthly_settlements(conn, actor, state, page).await?;
            let settlements = settlements.map(MonthlySettlementOut::from);
            Ok(Reply::page(settlements, |settlement| settlement.id.0)?)
        })
        .await
}
