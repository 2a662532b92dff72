//! `GET /v1/declarations/{id}/handoffs`
use actix_web::get;
use shared::{
    declaration::{self, DeclarationId},
    handoff::service,
    identity::Permission,
    kernel::Page,
};

use super::view::{self, HandoffOut, HandoffPage};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// List a declaration's handoffs
///
/// From the first to the last: who held the case when.
#[utoipa::path(
    operation_id = "listHandoffs", tag = "handoff",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    responses((status = 200, description = "All handoffs of the declaration.", body = HandoffPage,
        example = json!(view::example_page()))),
)]
#[get("/declarations/{id}/handoffs")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>) -> Answer {
    caller
        .look(Permission::HandoffRead, async |conn, actor| {
            declaration::service::read(conn, actor, *id).await?;
            let data = service::of_declaration(conn, *id).await?;
            let page = Page { data, has_more: false };
            Ok(Reply::page(page.map(HandoffOut::from), |one| one.id.0)?)
        })
        .await
}
