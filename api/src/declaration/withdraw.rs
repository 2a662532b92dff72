//! `POST /v1/declarations/{id}/withdraw`
use actix_web::post;
use shared::{acts, declaration::DeclarationId, identity::Permission};

use super::out::{self, DeclarationOut, ReasonIn};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// Withdraw a declaration
///
/// The declarant takes it back. Before acceptance this happens at once; after it an acceptance officer must agree, as long as there is no inspection result and customs has not used the form.
#[utoipa::path(
    operation_id = "withdrawDeclaration", tag = "declaration",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = ReasonIn, example = json!({ "reason": "合同取消" })),
    responses((status = 200, description = "The declaration after the act.", body = DeclarationOut,
        example = json!(out::example()))),
)]
#[post("/declarations/{id}/withdraw")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: Body<ReasonIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::DeclarationWithdraw, &body, async |tx, actor| {
            let reason = body.checked()?;
            let done = acts::withdraw(tx, &desk.books, actor, *id, reason).await?;
            let revision = done.revision;
            Ok(Reply::ok(&DeclarationOut::from(done))?.revision(revision))
        })
        .await
}
