//! `GET /v1/monthly-settlements/{id}`
use actix_web::get;
use shared::{
    identity::Permission,
    payment::{self, MonthlySettlementId},
};

use super::view::{self, MonthlySettlementOut};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Read a monthly settlement
///
/// Its limit, what is used of it, its due day and whether it is in force.
#[utoipa::path(
    operation_id = "getMonthlySettlement", tag = "payment",
    params(("id" = MonthlySettlementId, Path, description = "The id of the monthly settlement.")),
    responses((status = 200, description = "The settlement as it stands now.", body = MonthlySettlementOut,
        example = json!(view::example()))),
)]
#[get("/monthly-settlements/{id}")]
pub async fn handler(caller: Caller, id: Path<MonthlySettlementId>) -> Answer {
    caller
        .look(Permission::MonthlySettlementRead, async |conn, actor| {
            let settlement = payment::monthly_settlement(conn, actor, *id).await?;
            Ok(Reply::ok(&MonthlySettlementOut::from(settlement))?)
        })
        .await
}
