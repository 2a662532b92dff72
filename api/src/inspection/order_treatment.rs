//! `POST /v1/declarations/{id}/order-treatment`
use actix_web::post;
use serde::Deserialize;
use shared::{
    acts,
    declaration::DeclarationId,
    identity::Permission,
    inspection::{self, LONGEST_TEXT},
    kernel::Violations,
};
use utoipa::ToSchema;

use super::{show, view::InspectionOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
};

/// What is to be done with the goods.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TreatmentIn {
    /// The treatment, with agent and dose.
    #[schema(example = "溴甲烷熏蒸 48 g/m3 24 h", min_length = 1, max_length = 500)]
    pub method: String,
}

/// Order a treatment
///
/// An inspector of the inspecting office orders what is to be done about goods that failed (检验检疫处理通知书).
#[utoipa::path(
    operation_id = "orderTreatment", tag = "inspection",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = TreatmentIn, example = json!({ "method": "溴甲烷熏蒸 48 g/m3 24 h" })),
    responses((status = 200, description = "The inspection after the act.", body = InspectionOut,
        example = json!(show::example()))),
)]
#[post("/declarations/{id}/order-treatment")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: Body<TreatmentIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::TreatmentOrder, &body, async |tx, actor| {
            let mut violations = Violations::default();
            let method = violations.text("/method", &body.method, LONGEST_TEXT);
            let method = violations.finish(method)?;
            let done = inspection::service::order_treatment(tx, actor, *id, &method).await?;
            acts::advance(tx, &desk.books, actor, &done).await?;
            show::reply(tx, actor, *id).await
        })
        .await
}
