//! `POST /v1/declarations/{id}/start-inspection`
use actix_web::post;
use serde::Deserialize;
use shared::{
    acts,
    declaration::DeclarationId,
    identity::{Permission, StaffId},
    inspection,
};
use utoipa::ToSchema;

use super::{show, view::InspectionOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
};

/// Who comes along to inspect.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartIn {
    /// Another active inspector of the same office.
    #[schema(value_type = Uuid)]
    pub second_inspector: StaffId,
}

/// Start an inspection
///
/// Two inspectors of the inspecting office go to see the goods: the caller and the one named. A container that comes in needs an appointment first.
#[utoipa::path(
    operation_id = "startInspection", tag = "inspection",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = StartIn, example = json!({ "second_inspector": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c72" })),
    responses((status = 200, description = "The inspection after the act.", body = InspectionOut,
        example = json!(show::example()))),
)]
#[post("/declarations/{id}/start-inspection")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: Body<StartIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::InspectionStart, &body, async |tx, actor| {
            let done = inspection::service::start(tx, actor, *id, body.second_inspector).await?;
            acts::advance(tx, &desk.books, actor, &done).await?;
            show::reply(tx, actor, *id).await
        })
        .await
}
