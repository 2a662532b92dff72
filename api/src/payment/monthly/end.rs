//! `POST /v1/monthly-settlements/{id}/end`
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

/// End a monthly settlement
///
/// It is over; what was taken on credit is still to be paid by its day, and gates release until it is. Another one may be
/// granted.
#[utoipa::path(
    operation_id = "endMonthlySettlement", tag = "payment",
    params(("id" = MonthlySettlementId, Path, description = "The id of the monthly settlement.")),
    request_body(content = ReasonIn, example = json!({ "reason": "企业申请终止" })),
    responses((status = 200, description = "The settlement as it stands now.", body = MonthlySettlementOut,
        example = json!(view::example()))),
)]
#[post("/monthly-settlements/{id}/end")]
pub async fn handler(
    caller: Caller,
    id: Path<MonthlySettlementId>,
    body: Body<ReasonIn>,
) -> Answer {
    caller
        .act(Permission::MonthlySettlementEnd, &body, async |tx, actor| {
            let reason = body.checked()?;
            let settlement = payment::end_monthly_settlement(tx, actor, *id, reason).await?;
            Ok(Reply::ok(&MonthlySettlementOut::from(settlement))?)
        })
        .await
}
