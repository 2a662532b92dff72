//! `GET /v1/declarations-by-reference/{ent_decl_no}`
use actix_web::get;
use shared::{declaration::service, identity::Permission};

use super::out::{self, DeclarationWhole};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Get a declaration by your own reference
///
/// The caller's own declaration under the reference (企业报检号) it was filed with: for whoever lost our id.
#[utoipa::path(
    operation_id = "getDeclarationByReference", tag = "declaration",
    params(("ent_decl_no" = String, Path, description = "The declaring unit's own reference.",
        max_length = 40)),
    responses((status = 200, description = "The declaration, with its content.", body = DeclarationWhole,
        example = json!(out::whole_example()))),
)]
#[get("/declarations-by-reference/{ent_decl_no}")]
pub async fn handler(caller: Caller, reference: Path<String>) -> Answer {
    let ctx = &caller.ctx;
    caller
        .look(Permission::DeclarationRead, async |conn, actor| {
            let head = service::read_by_reference(conn, actor, &reference).await?;
            let version = service::version(conn, head.id, head.version).await?;
            let revision = head.revision;
            let pending = ctx.waiting.of_declaration(&head, ctx.clock.now());
            let whole = DeclarationWhole::of(head, version, pending);
            Ok(Reply::ok(&whole)?.revision(revision).waiting(pending))
        })
        .await
}
