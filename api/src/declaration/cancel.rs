//! `POST /v1/declarations/{id}/cancel`
use actix_web::post;
use shared::{acts, declaration::DeclarationId, identity::Permission};

use super::out::{self, DeclarationOut, ReasonIn};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// Cancel a declaration
///
/// The duty chief of the office that holds it cancels it. A live clearance form is voided, an unpaid fee notice too.
#[utoipa::path(
    operation_id = "cancelDeclaration", tag = "declaration",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = ReasonIn, example = json!({ "reason": "合同取消" })),
    responses((status = 200, description = "The declaration after the act.", body = DeclarationOut,
        example = json!(out::example()))),
)]
#[post("/declarations/{id}/cancel")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: Body<ReasonIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::DeclarationCancel, &body, async |tx, actor| {
            let reason = body.checked()?;
            let done = acts::cancel(tx, &desk.books, actor, *id, reason).await?;
            let revision = done.revision;
            Ok(Reply::ok(&DeclarationOut::from(done))?.revision(revision))
        })
        .await
}
