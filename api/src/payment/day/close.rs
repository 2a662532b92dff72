//! `POST /v1/bank-days/{day}/close`
use actix_web::post;
use chrono::NaiveDate;
use shared::{identity::Permission, payment};

use super::view::{self, DayOut};
use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    reply::Reply,
};

/// Close a day of the bank
///
/// A duty chief closes a day, for ever: when nothing differs, or every difference is explained and approved. Where
/// nothing differs the system has done it by itself. What was closed is kept as a record that this bureau signs.
#[utoipa::path(
    operation_id = "closeBankDay", tag = "payment",
    params(("day" = NaiveDate, Path, description = "The day in Shanghai.", example = "2014-05-12")),
    responses((status = 200, description = "The day of the bank, closed.", body = DayOut,
        example = json!(view::example()))),
)]
#[post("/bank-days/{day}/close")]
pub async fn handler(caller: Caller, day: Path<NaiveDate>, body: NoBody) -> Answer {
    let bank_code = caller.ctx.bank.code.clone();
    let bureaus = caller.ctx.bureaus.clone();
    caller
        .act(Permission::BankDayClose, &body, async |tx, actor| {
            let sheet = payment::close_day(tx, actor, &bank_code, *day, bureaus.signer()).await?;
            Ok(Reply::ok(&DayOut::from(sheet))?)
        })
        .await
}
