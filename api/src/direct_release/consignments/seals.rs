//! `/v1/declarations/{id}/seals`
use actix_web::{get, post};
use shared::{acts::direct_release, declaration::DeclarationId, identity::Permission};

use super::view::{self, SealsIn, SealsOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// Write down the seals of a declaration
///
/// An inspector closes the containers of goods that shall go directly: of exports at the office that inspects them, of
/// imports at the port. Every declared container has a seal, and no other. Written down again, the last word counts.
#[utoipa::path(
    operation_id = "applySeals", tag = "direct release",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = SealsIn, example = json!({ "containers": view::containers_example() })),
    responses((status = 200, description = "The seals as they are written down.", body = SealsOut,
        example = json!({ "containers": view::containers_example() }))),
)]
#[post("/declarations/{id}/seals")]
pub(super) async fn apply(caller: Caller, id: Path<DeclarationId>, body: Body<SealsIn>) -> Answer {
    caller
        .act(Permission::DirectSealApply, &body, async |tx, actor| {
            let containers = body.containers.clone();
            direct_release::apply_seals(tx, actor, *id, &containers).await?;
            Ok(Reply::ok(&SealsOut { containers })?)
        })
        .await
}

/// Get the seals of a declaration
///
/// The containers of goods that shall go directly, each with its seals; empty as long as nobody closed them.
#[utoipa::path(
    operation_id = "getSeals", tag = "direct release",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    responses((status = 200, description = "The seals as they are written down.", body = SealsOut,
        example = json!({ "containers": view::containers_example() }))),
)]
#[get("/declarations/{id}/seals")]
pub(super) async fn list(caller: Caller, id: Path<DeclarationId>) -> Answer {
    caller
        .look(Permission::DirectConsignmentRead, async |conn, actor| {
            let containers = direct_release::seals_of(conn, actor, *id).await?;
            Ok(Reply::ok(&SealsOut { containers })?)
        })
        .await
}
