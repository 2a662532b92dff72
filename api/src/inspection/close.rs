//! `POST /v1/declarations/{id}/close-inspection`
use actix_web::post;
use serde::Deserialize;
use shared::{
    acts,
    declaration::DeclarationId,
    identity::Permission,
    inspection::{self, DisposalKind},
};
use utoipa::ToSchema;

use super::{
    show,
    view::{Evidence, InspectionOut},
};
use crate::{
    Answer, Caller,
    body::{Body, Path},
};

/// What became of the goods.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisposalIn {
    /// Sent back or destroyed.
    pub kind: DisposalKind,
    /// How that is proven: numbers of bills, certificates, records.
    #[schema(value_type = Vec<Evidence>, min_items = 1, max_items = 50)]
    pub evidence: Vec<String>,
}

/// Close an inspection
///
/// Goods that failed were sent back or destroyed, and that is proven. The declaration ends here.
#[utoipa::path(
    operation_id = "closeInspection", tag = "inspection",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = DisposalIn, example = json!({ "kind": "RETURNED", "evidence": ["出境提单 COSU6201400999"] })),
    responses((status = 200, description = "The inspection after the act.", body = InspectionOut,
        example = json!(show::example()))),
)]
#[post("/declarations/{id}/close-inspection")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: Body<DisposalIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::InspectionClose, &body, async |tx, actor| {
            let (kind, evidence) = (body.kind, &body.evidence);
            let done = inspection::service::close(tx, actor, *id, kind, evidence).await?;
            acts::advance(tx, &desk.books, actor, &done).await?;
            show::reply(tx, actor, *id).await
        })
        .await
}
