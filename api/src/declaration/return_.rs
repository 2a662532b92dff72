//! `POST /v1/declarations/{id}/return`
use actix_web::post;
use shared::{acts, declaration::DeclarationId, identity::Permission};

use super::out::{self, DeclarationOut, ReasonIn};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// Return a declaration
///
/// An acceptance officer of the declaring office returns it for correction. The defects of its version were told when it was filed; the reason says which of the doubts stand.
#[utoipa::path(
    operation_id = "returnDeclaration", tag = "declaration",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = ReasonIn, example = json!({ "reason": "合同取消" })),
    responses((status = 200, description = "The declaration after the act.", body = DeclarationOut,
        example = json!(out::example()))),
)]
#[post("/declarations/{id}/return")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: Body<ReasonIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::DeclarationReturn, &body, async |tx, actor| {
            let reason = body.checked()?;
            let done = acts::return_for_correction(tx, &desk.books, actor, *id, reason).await?;
            let revision = done.revision;
            Ok(Reply::ok(&DeclarationOut::from(done))?.revision(revision))
        })
        .await
}
