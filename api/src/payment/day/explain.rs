//! `POST /v1/day-differences/{id}/explain`
use actix_web::post;
use shared::{
    identity::Permission,
    payment::{self, DifferenceId},
};

use super::view::{self, DayOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    declaration::out::ReasonIn,
    reply::Reply,
};

/// Explain a difference
///
/// A cashier says why bank and books differ. Money that only the bank knows of is booked to suspense by that.
#[utoipa::path(
    operation_id = "explainDifference", tag = "payment",
    params(("id" = DifferenceId, Path, description = "The id of the difference.")),
    request_body(content = ReasonIn, example = json!({ "reason": "银行重复记账，已电话核实" })),
    responses((status = 200, description = "The day as it stands now.", body = DayOut,
        example = json!(view::example()))),
)]
#[post("/day-differences/{id}/explain")]
pub async fn handler(caller: Caller, id: Path<DifferenceId>, body: Body<ReasonIn>) -> Answer {
    caller
        .act(Permission::DifferenceExplain, &body, async |tx, actor| {
            let sheet = payment::explain_difference(tx, actor, *id, body.checked()?).await?;
            Ok(Reply::ok(&DayOut::from(sheet))?)
        })
        .await
}
