//! `POST /v1/amendments/{id}/approve`
use actix_web::post;
use shared::{acts, declaration::AmendmentId, identity::Permission};

use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    declaration::out::{self, DeclarationOut},
    reply::Reply,
};

/// Approve an amendment
///
/// An acceptance officer of the declaring office agrees: the wish becomes the next version at once, with its fee, its draw and its clearance form put right.
#[utoipa::path(
    operation_id = "approveAmendment", tag = "amendment",
    params(("id" = AmendmentId, Path, description = "The id of the amendment.")),
    responses((status = 200, description = "The declaration, amended.", body = DeclarationOut,
        example = json!(out::example()))),
)]
#[post("/amendments/{id}/approve")]
pub async fn handler(caller: Caller, id: Path<AmendmentId>, body: NoBody) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::AmendmentDecide, &body, async |tx, actor| {
            let done = acts::approve_amendment(tx, &desk, actor, *id).await?;
            let revision = done.revision;
            Ok(Reply::ok(&DeclarationOut::from(done))?.revision(revision))
        })
        .await
}
