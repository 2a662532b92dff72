//! `POST /v1/declarations/{id}/resubmit`
use actix_web::{HttpRequest, post};
use shared::{
    acts::{self, Receipt},
    declaration::{Content, DeclarationId, examples},
    identity::Permission,
};

use super::{
    file::{DECLARATION_LIMIT, must_be_own, read},
    out,
};
use crate::{
    Answer, Caller,
    body::{Path, Raw},
    reply::Reply,
};

/// Resubmit a declaration
///
/// The declarant sends the whole corrected declaration; it becomes the next version under the same reference and is
/// reviewed as if it were new. The same content once more is answered with the same receipt.
#[utoipa::path(
    operation_id = "resubmitDeclaration", tag = "declaration",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = Content, example = json!(examples::self_declaration())),
    responses((status = 200, description = "The receipt of the new version.", body = Receipt,
        example = json!(out::receipt_example()))),
)]
#[post("/declarations/{id}/resubmit")]
pub async fn handler(
    caller: Caller,
    request: HttpRequest,
    id: Path<DeclarationId>,
    body: Raw<DECLARATION_LIMIT>,
) -> Answer {
    let submission = read(&request, &body)?;
    must_be_own(&caller.actor, &submission)?;
    let desk = caller.ctx.desk();
    caller
        .act(Permission::DeclarationResubmit, &body, async |tx, actor| {
            let receipt = acts::resubmit(tx, &desk, actor, *id, &submission).await?;
            Ok(Reply::ok(&receipt)?)
        })
        .await
}
