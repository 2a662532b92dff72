//! `POST /v1/declarations/{id}/release`
use actix_web::post;
use shared::{acts, declaration::DeclarationId, identity::Permission};

use super::out::{self, DeclarationOut};
use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    reply::Reply,
};

/// Release the goods
///
/// A release officer of the release office lets the goods go: the case lies there, its fees are settled, what
/// was selected has its result, and catalogue goods have a live clearance form.
#[utoipa::path(
    operation_id = "releaseDeclaration", tag = "declaration",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    responses((status = 200, description = "The declaration, released.", body = DeclarationOut,
        example = json!(out::example()))),
)]
#[post("/declarations/{id}/release")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: NoBody) -> Answer {
    caller
        .act(Permission::DeclarationRelease, &body, async |tx, actor| {
            let done = acts::release(tx, actor, *id).await?;
            let revision = done.revision;
            Ok(Reply::ok(&DeclarationOut::from(done))?.revision(revision))
        })
        .await
}
