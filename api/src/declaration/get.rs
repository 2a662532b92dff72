//! `GET /v1/declarations/{id}`
use actix_web::get;
use shared::{
    declaration::{DeclarationId, service},
    identity::Permission,
};

use super::out::{self, DeclarationWhole};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Get a declaration
///
/// The declaration with the content and the defects of its current version. Its `ETag` is what `If-Match` of an
/// act is compared with.
#[utoipa::path(
    operation_id = "getDeclaration", tag = "declaration",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    responses((status = 200, description = "The declaration, with its content.", body = DeclarationWhole,
        example = json!(out::whole_example()))),
)]
#[get("/declarations/{id}")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>) -> Answer {
    let ctx = &caller.ctx;
    caller
        .look(Permission::DeclarationRead, async |conn, actor| {
            let head = service::read(conn, actor, *id).await?;
            let version = service::version(conn, head.id, head.version).await?;
            let revision = head.revision;
            let pending = ctx.waiting.of_declaration(&head, ctx.clock.now());
            let whole = DeclarationWhole::of(head, version, pending);
            Ok(Reply::ok(&whole)?.revision(revision).waiting(pending))
        })
        .await
}
