//! `POST /v1/monthly-statements/{id}/pay`
use actix_web::post;
use shared::{
    identity::Permission,
    payment::{self, MonthlyStatementId},
};

use super::statement_view::{self, MonthlySheetOut};
use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    reply::Reply,
};

/// Pay a monthly statement
///
/// Begins a debit for each of its notices that is not paid, each with its own late fee, the oldest first, as far as the
/// limits of the agreement allow it today. The rest is paid another day, or one by one.
#[utoipa::path(
    operation_id = "payMonthlyStatement", tag = "payment",
    params(("id" = MonthlyStatementId, Path, description = "The id of the monthly statement.")),
    responses((status = 200, description = "The statement; notices that are being paid are `PAYING`.",
        body = MonthlySheetOut, example = json!(statement_view::example_sheet()))),
)]
#[post("/monthly-statements/{id}/pay")]
pub async fn handler(caller: Caller, id: Path<MonthlyStatementId>, body: NoBody) -> Answer {
    caller
        .act(Permission::MonthlyStatementPay, &body, async |tx, actor| {
            let today = tx.today();
            let sheet = payment::pay_monthly_statement(tx, actor, *id).await?;
            Ok(Reply::ok(&MonthlySheetOut::of(sheet, today))?)
        })
        .await
}
