//! `GET /v1/payment-reports`
use actix_web::get;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;
use shared::{
    identity::Permission,
    payment::{
        self,
        report::{Report, ReportBy, ReportDraft},
    },
};
use utoipa::IntoParams;

use super::sheet::{self, ReportFormat, Workbook};
use crate::{Answer, Caller, body::Params, reference::view::CsvFile, reply::Reply};

/// Which figures, and in what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReportParams {
    /// What a row of the report stands for.
    #[param(example = "DAY")]
    by: ReportBy,
    /// First day of the period (Asia/Shanghai).
    #[param(example = "2014-05-12")]
    from: NaiveDate,
    /// Last day of the period, counted too; 366 days at most.
    #[param(example = "2014-05-12")]
    to: NaiveDate,
    /// One declaring office; all that the caller may see where not said.
    #[param(min_length = 6, max_length = 6)]
    office: Option<String>,
    /// JSON or a file; where not said, what the header `Accept` likes best of them.
    #[param(inline)]
    format: Option<ReportFormat>,
}

/// Get the report of payments
///
/// What was paid in a period by day, declaring office, channel, item of the tariff or payer: payments, amounts, the part
/// of e-payment, failures, payments without a word of the bank for more than thirty minutes, and how long a debit takes.
/// A payment counts on the day on which it was settled or, while the bank has not decided, sent. An office sees its own
/// figures, the head office sees all. In files a last row holds the total; text that a spreadsheet would take for a formula
/// has an apostrophe before it in CSV.
#[utoipa::path(
    operation_id = "getPaymentReport", tag = "payment", params(ReportParams),
    responses((status = 200, description = "The figures of the period, as JSON or as a file.", content(
        (Report = "application/json", example = json!(example())),
        (CsvFile = "text/csv", example = json!(sheet::CSV_EXAMPLE)),
        (Workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", example = json!("UEsDBBQAAAAIAA==")),
    ))),
)]
#[get("/payment-reports")]
pub async fn handler(caller: Caller, params: Params<ReportParams>) -> Answer {
    let ReportParams { by, from, to, office, format } = params.0;
    let (asked, now) = (ReportDraft { by, from, to, office }, caller.ctx.clock.now());
    let permission = Permission::PaymentReportRead;
    match format.unwrap_or_else(|| ReportFormat::liked_best(caller.accept())) {
        ReportFormat::Json => {
            caller
                .look(permission, async |conn, actor| {
                    Ok(Reply::ok(&payment::report(conn, actor, now, asked).await?)?)
                })
                .await
        }
        file => {
            caller
                .download(permission, async |conn, actor| {
                    let report = payment::report(conn, actor, now, asked).await?;
                    Ok(sheet::file(file, &report, now)?)
                })
                .await
        }
    }
}

/// What the documentation shows.
fn example() -> serde_json::Value {
    let row = |key: Option<&str>| {
        json!({
            "key": key, "name": null, "batches": 2, "amount": { "amount": "968.00", "currency": "CNY" },
            "e_payment_batches": 1, "e_payment_share": "0.5000", "failures": 0,
            "unknown_over_30_minutes": 0, "mean_seconds": "1.250"
        })
    };
    json!({
        "from": "2014-05-12", "to": "2014-05-12", "by": "DAY", "office": "310900",
        "rows": [row(Some("2014-05-12"))], "total": row(None)
    })
}
