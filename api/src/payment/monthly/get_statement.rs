//! `GET /v1/monthly-statements/{id}`
use actix_web::get;
use shared::{
    identity::Permission,
    kernel::calendar,
    payment::{self, MonthlyStatementId},
};

use super::statement_view::{self, MonthlySheetOut};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Read a monthly statement
///
/// What is to be paid of a month, each notice of it with its late fee as of today, and the reminders that went out.
#[utoipa::path(
    operation_id = "getMonthlyStatement", tag = "payment",
    params(("id" = MonthlyStatementId, Path, description = "The id of the monthly statement.")),
    responses((status = 200, description = "The statement as it stands now.", body = MonthlySheetOut,
        example = json!(statement_view::example_sheet()))),
)]
#[get("/monthly-statements/{id}")]
pub async fn handler(caller: Caller, id: Path<MonthlyStatementId>) -> Answer {
    let (ctx, now) = (&caller.ctx, caller.ctx.clock.now());
    caller
        .look(Permission::MonthlyStatementRead, async |conn, actor| {
            let sheet = payment::monthly_statement(conn, actor, *id).await?;
            let pending = ctx.waiting.of_statement(&sheet, &ctx.bank.code, now);
            let expected_at = pending.and_then(|pending| pending.expected_at);
            let shown = MonthlySheetOut::of(sheet, calendar::day_of(now));
            Ok(Reply::ok(&MonthlySheetOut { expected_at, ..shown })?.waiting(pending))
        })
        .await
}
