//! `POST /v1/declarations/{id}/deselect`
use actix_web::post;
use shared::{acts, declaration::DeclarationId, identity::Permission, inspection};

use super::{show, view::InspectionOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    declaration::out::ReasonIn,
};

/// Deselect
///
/// The duty chief of the inspecting office takes a drawn consignment off, and says why; every such act is counted. Refused for goods that are always inspected.
#[utoipa::path(
    operation_id = "deselect", tag = "inspection",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = ReasonIn, example = json!({ "reason": "同批货物已于昨日查验合格" })),
    responses((status = 200, description = "The inspection after the act.", body = InspectionOut,
        example = json!(show::example()))),
)]
#[post("/declarations/{id}/deselect")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: Body<ReasonIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::InspectionDeselect, &body, async |tx, actor| {
            let reason = body.checked()?;
            let done = inspection::service::deselect(tx, actor, *id, reason).await?;
            acts::advance(tx, &desk.books, actor, &done).await?;
            show::reply(tx, actor, *id).await
        })
        .await
}
