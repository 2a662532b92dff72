//! `POST /v1/declarations/{id}/refuse-withdrawal`
use actix_web::post;
use shared::{acts, declaration::DeclarationId, identity::Permission};

use super::out::{self, DeclarationOut, ReasonIn};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// Refuse a withdrawal
///
/// An acceptance officer of the declaring office says no; the case goes on as if nothing had been asked.
#[utoipa::path(
    operation_id = "refuseWithdrawal", tag = "declaration",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = ReasonIn, example = json!({ "reason": "合同取消" })),
    responses((status = 200, description = "The declaration after the act.", body = DeclarationOut,
        example = json!(out::example()))),
)]
#[post("/declarations/{id}/refuse-withdrawal")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: Body<ReasonIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::WithdrawalDecide, &body, async |tx, actor| {
            let reason = body.checked()?;
            let done = acts::refuse_withdrawal(tx, &desk.books, actor, *id, reason).await?;
            let revision = done.revision;
            Ok(Reply::ok(&DeclarationOut::from(done))?.revision(revision))
        })
        .await
}
