//! `POST /v1/declarations/{id}/approve-withdrawal`
use actix_web::post;
use shared::{acts, declaration::DeclarationId, identity::Permission};

use super::out::{self, DeclarationOut, ReasonIn};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// Approve a withdrawal
///
/// An acceptance officer of the declaring office agrees that an accepted declaration is taken back.
#[utoipa::path(
    operation_id = "approveWithdrawal", tag = "declaration",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = ReasonIn, example = json!({ "reason": "合同取消" })),
    responses((status = 200, description = "The declaration after the act.", body = DeclarationOut,
        example = json!(out::example()))),
)]
#[post("/declarations/{id}/approve-withdrawal")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: Body<ReasonIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::WithdrawalDecide, &body, async |tx, actor| {
            let reason = body.checked()?;
            let done = acts::approve_withdrawal(tx, &desk.books, actor, *id, Some(reason)).await?;
            let revision = done.revision;
            Ok(Reply::ok(&DeclarationOut::from(done))?.revision(revision))
        })
        .await
}
