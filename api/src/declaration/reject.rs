//! `POST /v1/declarations/{id}/reject`
use actix_web::post;
use shared::{acts, declaration::DeclarationId, identity::Permission};

use super::out::{self, DeclarationOut, ReasonIn};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// Reject a declaration
///
/// An acceptance officer of the declaring office refuses it for good. The delivery order may then be declared anew.
#[utoipa::path(
    operation_id = "rejectDeclaration", tag = "declaration",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = ReasonIn, example = json!({ "reason": "合同取消" })),
    responses((status = 200, description = "The declaration after the act.", body = DeclarationOut,
        example = json!(out::example()))),
)]
#[post("/declarations/{id}/reject")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: Body<ReasonIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::DeclarationReject, &body, async |tx, actor| {
            let reason = body.checked()?;
            let done = acts::reject(tx, &desk.books, actor, *id, reason).await?;
            let revision = done.revision;
            Ok(Reply::ok(&DeclarationOut::from(done))?.revision(revision))
        })
        .await
}
