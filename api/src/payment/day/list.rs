//! `GET /v1/bank-days`
use actix_web::get;
use chrono::NaiveDate;
use serde::Deserialize;
use shared::{identity::Permission, payment};
use utoipa::IntoParams;

use super::view::{self, DayOut, DaysOut};
use crate::{Answer, Caller, body::Params, reply::Reply};

/// How a list of days is cut.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Narrowed {
    /// Those before that day.
    pub before: Option<NaiveDate>,
}

/// List the bank's days
///
/// A hundred at most, newest first: what the bank took less what it gave back, the same by our books, and whether the day
/// is closed.
#[utoipa::path(
    operation_id = "listBankDays", tag = "payment", params(Narrowed),
    responses((status = 200, description = "The days of the bank, newest first.", body = DaysOut,
        example = json!({ "data": [view::example()] }))),
)]
#[get("/bank-days")]
pub async fn handler(caller: Caller, params: Params<Narrowed>) -> Answer {
    let bank_code = caller.ctx.bank.code.clone();
    caller
        .look(Permission::BankDayRead, async |conn, _| {
            let days = payment::days(conn, &bank_code, params.0.before).await?;
            let data = days.into_iter().map(|day| DayOut::of(day, Vec::new())).collect();
            Ok(Reply::ok(&DaysOut { data })?)
        })
        .await
}
