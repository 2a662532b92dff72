//! `POST /v1/declarations/{id}/rework`
use actix_web::post;
use serde::Deserialize;
use shared::{
    acts,
    declaration::DeclarationId,
    identity::{Permission, StaffId},
    inspection::{self, LONGEST_TEXT},
    kernel::Violations,
};
use utoipa::ToSchema;

use super::{show, view::InspectionOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
};

/// What was done, and who inspects with the caller.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReworkIn {
    /// Another active inspector of the same office.
    #[schema(value_type = Uuid)]
    pub second_inspector: StaffId,
    /// How the goods were reworked.
    #[schema(example = "重新挑选、更换标签", min_length = 1, max_length = 500)]
    pub reason: String,
}

/// Inspect reworked goods
///
/// Outbound goods that failed were reworked and are inspected again: a new round of two inspectors, the caller and the one named.
#[utoipa::path(
    operation_id = "reworkGoods", tag = "inspection",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = ReworkIn, example = json!({
        "second_inspector": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c72", "reason": "重新挑选、更换标签"
    })),
    responses((status = 200, description = "The inspection after the act.", body = InspectionOut,
        example = json!(show::example()))),
)]
#[post("/declarations/{id}/rework")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: Body<ReworkIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::InspectionStart, &body, async |tx, actor| {
            let mut violations = Violations::default();
            let reason = violations.text("/reason", &body.reason, LONGEST_TEXT);
            let (reason, second) = (violations.finish(reason)?, body.second_inspector);
            let done = inspection::service::rework(tx, actor, *id, second, &reason).await?;
            acts::advance(tx, &desk.books, actor, &done).await?;
            show::reply(tx, actor, *id).await
        })
        .await
}
