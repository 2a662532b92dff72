//! `POST /v1/declarations/{id}/direct-consignments`
use actix_web::post;
use shared::{acts::direct_release, declaration::DeclarationId, identity::Permission};

use super::view::{self, ConsignIn, ConsignmentOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// Let goods go directly
///
/// A release officer issues the clearance form (通关单) of sealed goods that were marked for direct release; it names the
/// exit port or the destination, the containers and the seals. The goods are released with it, and the office at the other
/// end is told. Refused for goods that never go directly, whoever asks.
#[utoipa::path(
    operation_id = "issueDirectConsignment", tag = "direct release",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = ConsignIn, example = json!({ "handling": {
        "is_market_purchase": false, "is_repacked_at_port": false, "is_certified_at_port": false } })),
    responses((status = 201, description = "The consignment, on its way.", body = ConsignmentOut,
        example = json!(view::example()))),
)]
#[post("/declarations/{id}/direct-consignments")]
pub(super) async fn handler(
    caller: Caller,
    id: Path<DeclarationId>,
    body: Body<ConsignIn>,
) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::DirectConsignmentIssue, &body, async |tx, actor| {
            let sent = direct_release::consign(tx, &desk.books, actor, *id, body.handling).await?;
            let (place, revision) =
                (format!("/v1/direct-consignments/{}", sent.id), sent.revision());
            Ok(Reply::created(&ConsignmentOut::from(sent), place)?.revision(revision))
        })
        .await
}
