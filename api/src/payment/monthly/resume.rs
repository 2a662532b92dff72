//! `POST /v1/monthly-settlements/{id}/resume`
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

/// Resume a monthly settlement
///
/// A duty chief lets it go on, when every statement is paid and nothing is overdue. Cases that waited for credit go on.
#[utoipa::path(
    operation_id = "resumeMonthlySettlement", tag = "payment",
    params(("id" = MonthlySettlementId, Path, description = "The id of the monthly settlement.")),
    request_body(content = ReasonIn, example = json!({ "reason": "欠费已缴清" })),
    responses((status = 200, description = "The settlement as it stands now.", body = MonthlySettlementOut,
        example = json!(view::example()))),
)]
#[post("/monthly-settlements/{id}/resume")]
pub async fn handler(
    caller: Caller,
    id: Path<MonthlySettlementId>,
    body: Body<ReasonIn>,
) -> Answer {
    caller
        .act(Permission::MonthlySettlementResume, &body, async |tx, actor| {
            let reason = body.checked()?;
            let settlement = payment::resume_monthly_settlement(tx, actor, *id, reason).await?;
            Ok(Reply::ok(&MonthlySettlementOut::from(settlement))?)
        })
        .await
}
