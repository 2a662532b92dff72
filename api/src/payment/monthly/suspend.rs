//! `POST /v1/monthly-settlements/{id}/suspend`
use actix_web::post;
use shared::{
    identity::Permission,
    payment::{self, MonthlySettlementId},
};

use super::view::{self, MonthlySettlementOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    declaration::out::ReasonIn,
    reply::Reply,
};

/// Suspend a monthly settlement
///
/// For the time being nothing is taken on credit, and fees that are not paid gate clearance and release again.
#[utoipa::path(
    operation_id = "suspendMonthlySettlement", tag = "payment",
    params(("id" = MonthlySettlementId, Path, description = "The id of the monthly settlement.")),
    request_body(content = ReasonIn, example = json!({ "reason": "经营状况待核实" })),
    responses((status = 200, description = "The settlement as it stands now.", body = MonthlySettlementOut,
        example = json!(view::example()))),
)]
#[post("/monthly-settlements/{id}/suspend")]
pub async fn handler(
    caller: Caller,
    id: Path<MonthlySettlementId>,
    body: Body<ReasonIn>,
) -> Answer {
    caller
        .act(Permission::MonthlySettlementSuspend, &body, async |tx, actor| {
            let reason = body.checked()?;
            let settlement = payment::suspend_monthly_settlement(tx, actor, *id, reason).await?;
            Ok(Reply::ok(&MonthlySettlementOut::from(settlement))?)
        })
        .await
}
