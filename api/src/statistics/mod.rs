//! `GET /v1/statistics`
use actix_web::get;
use chrono::NaiveDate;
use serde::Deserialize;
use shared::{
    identity::Permission,
    statistics::{Figures, Period, service},
};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{Answer, Caller, body::Params, reply::Reply};

/// Which figures.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StatisticsParams {
    /// First day (Asia/Shanghai).
    #[param(example = "2014-05-12")]
    from: NaiveDate,
    /// Last day, counted too.
    #[param(example = "2014-05-12")]
    to: NaiveDate,
    /// One declaring office; all that the caller may see where not said.
    #[param(min_length = 6, max_length = 6)]
    office: Option<String>,
}

/// Get statistics
///
/// Batches, shares, savings and times by declaring office, counted on the day of acceptance. An office sees its
/// own figures, the head office sees all.
#[utoipa::path(
    operation_id = "getStatistics", tag = "statistics",
    params(StatisticsParams),
    responses((status = 200, description = "The figures of the period.", body = Figures,
        example = json!({
            "from": "2014-05-12", "to": "2014-05-12", "eligible_enterprises": 1,
            "median_release_error": "0.0443", "offices": [],
            "total": {
                "office": null, "batches": 1, "anywhere_batches": 1, "anywhere_share": "1.0000",
                "self_declaration_batches": 1, "self_declaration_share": "1.0000",
                "selected_batches": 0, "released_batches": 1, "paid_batches": 0,
                "e_payment_batches": 0, "e_payment_amount": { "amount": "0.00", "currency": "CNY" },
                "e_payment_share": "0.0000", "saved": { "amount": "200.00", "currency": "CNY" },
                "saved_minutes": 120, "median_release_ms": 63 } }))),
)]
#[get("/statistics")]
pub async fn handler(caller: Caller, params: Params<StatisticsParams>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .look(Permission::StatisticsRead, async |conn, actor| {
            let period = Period::new(params.from, params.to)?;
            let office = params.office.as_deref();
            let figures = service::read(conn, &desk.books, actor, period, office).await?;
            Ok(Reply::ok(&figures)?)
        })
        .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(handler);
}
