//! `POST /v1/handoffs/{id}/accept`
use actix_web::post;
use shared::{acts, handoff::HandoffId, identity::Permission};

use super::view::{self, HandoffOut};
use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    reply::Reply,
};

/// Accept a handoff
///
/// The office it was offered to takes the case on: from this moment it is responsible, and holds a receipt of it.
#[utoipa::path(
    operation_id = "acceptHandoff", tag = "handoff",
    params(("id" = HandoffId, Path, description = "The id of the handoff.")),
    responses((status = 200, description = "The handoff, answered.", body = HandoffOut,
        example = json!(view::example()))),
)]
#[post("/handoffs/{id}/accept")]
pub async fn handler(caller: Caller, id: Path<HandoffId>, body: NoBody) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::HandoffAccept, &body, async |tx, actor| {
            let done = acts::accept_handoff(tx, &desk.books, actor, *id).await?;
            Ok(Reply::ok(&HandoffOut::from(done))?)
        })
        .await
}
