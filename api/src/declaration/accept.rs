//! `POST /v1/declarations/{id}/accept`
use actix_web::post;
use shared::{acts, declaration::DeclarationId, identity::Permission};

use super::out::{self, DeclarationOut};
use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    reply::Reply,
};

/// Accept a declaration
///
/// An acceptance officer of the declaring office accepts what the system was in doubt about: it gets its number,
/// its fee notice and its draw. Refused while something about it is wrong today.
#[utoipa::path(
    operation_id = "acceptDeclaration", tag = "declaration",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    responses((status = 200, description = "The declaration, accepted.", body = DeclarationOut,
        example = json!(out::example()))),
)]
#[post("/declarations/{id}/accept")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: NoBody) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::DeclarationAccept, &body, async |tx, actor| {
            let asked = caller.ctx.rehearsed(tx, &id.to_string()).await?;
            let done = acts::accept(tx, &desk.rehearsing(asked), actor, *id).await?;
            let revision = done.revision;
            Ok(Reply::ok(&DeclarationOut::from(done))?.revision(revision))
        })
        .await
}
