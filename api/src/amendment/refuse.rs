//! `POST /v1/amendments/{id}/refuse`
use actix_web::post;
use shared::{acts, declaration::AmendmentId, identity::Permission};

use super::view::{self, AmendmentOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    declaration::out::ReasonIn,
    reply::Reply,
};

/// Refuse an amendment
///
/// An acceptance officer of the declaring office says no, and why. The declaration stays as it is.
#[utoipa::path(
    operation_id = "refuseAmendment", tag = "amendment",
    params(("id" = AmendmentId, Path, description = "The id of the amendment.")),
    request_body(content = ReasonIn, example = json!({ "reason": "与原申报商品不符" })),
    responses((status = 200, description = "The wish to amend, decided.", body = AmendmentOut,
        example = json!(view::example()))),
)]
#[post("/amendments/{id}/refuse")]
pub async fn handler(caller: Caller, id: Path<AmendmentId>, body: Body<ReasonIn>) -> Answer {
    caller
        .act(Permission::AmendmentDecide, &body, async |tx, actor| {
            let reason = body.checked()?;
            let done = acts::refuse_amendment(tx, actor, *id, reason).await?;
            Ok(Reply::ok(&AmendmentOut::from(done))?)
        })
        .await
}
