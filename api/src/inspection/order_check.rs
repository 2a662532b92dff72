//! `POST /v1/declarations/{id}/order-check`
use actix_web::post;
use shared::{acts, declaration::DeclarationId, identity::Permission, inspection};

use super::{show, view::InspectionOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    declaration::out::ReasonIn,
};

/// Order a check
///
/// An inspector of the inspecting office orders a check of goods that were not drawn, and says why. The case goes to the inspecting office, also from the release office, until the goods are released.
#[utoipa::path(
    operation_id = "orderCheck", tag = "inspection",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = ReasonIn, example = json!({ "reason": "箱体破损，疑似渗漏" })),
    responses((status = 200, description = "The inspection after the act.", body = InspectionOut,
        example = json!(show::example()))),
)]
#[post("/declarations/{id}/order-check")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: Body<ReasonIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::InspectionOrder, &body, async |tx, actor| {
            let reason = body.checked()?;
            let done = inspection::service::order_check(tx, actor, *id, reason).await?;
            acts::advance(tx, &desk.books, actor, &done).await?;
            show::reply(tx, actor, *id).await
        })
        .await
}
