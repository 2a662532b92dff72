//! `POST /v1/facilitation-blocks/{id}/lift`
use actix_web::post;
use shared::identity::{FacilitationBlockId, Permission, service::facilitation};

use super::{
    super::view::ReasonIn,
    view::{self, FacilitationBlockOut},
};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// Lift a block of facilitations
///
/// A duty chief gives the enterprise its facilitations back before its own bureau has decided. What was suspended
/// meanwhile is reinstated by itself nowhere: eligibility to declare anywhere takes its two persons.
#[utoipa::path(
    operation_id = "liftFacilitationBlock", tag = "non-conformity",
    params(("id" = FacilitationBlockId, Path, description = "The id of the block.")),
    request_body(content = ReasonIn, example = json!({ "reason": "查明系承运人责任" })),
    responses((status = 200, description = "The block, which is lifted now.", body = FacilitationBlockOut,
        example = json!(view::example()))),
)]
#[post("/facilitation-blocks/{id}/lift")]
pub(in super::super) async fn handler(
    caller: Caller,
    id: Path<FacilitationBlockId>,
    body: Body<ReasonIn>,
) -> Answer {
    caller
        .act(Permission::FacilitationBlockLift, &body, async |tx, actor| {
            let block = facilitation::lift(tx, actor, *id, &body.parse()?).await?;
            let revision = block.revision();
            Ok(Reply::ok(&FacilitationBlockOut::from(block))?.revision(revision))
        })
        .await
}
