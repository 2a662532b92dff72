//! `GET /v1/bank-days/{day}`
use actix_web::get;
use chrono::NaiveDate;
use shared::{identity::Permission, payment};

use super::view::{self, DayOut};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Read a day of the bank
///
/// With everything that does not agree, who explained it and who approved.
#[utoipa::path(
    operation_id = "getBankDay", tag = "payment",
    params(("day" = NaiveDate, Path, description = "The day in Shanghai.", example = "2014-05-12")),
    responses((status = 200, description = "The day as it stands now.", body = DayOut,
        example = json!(view::example()))),
)]
#[get("/bank-days/{day}")]
pub async fn handler(caller: Caller, day: Path<NaiveDate>) -> Answer {
    let bank_code = caller.ctx.bank.code.clone();
    caller
        .look(Permission::BankDayRead, async |conn, _| {
            Ok(Reply::ok(&DayOut::from(payment::sheet(conn, &bank_code, *day).await?))?)
        })
        .await
}
