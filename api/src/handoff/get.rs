//! `GET /v1/handoffs/{id}`
use actix_web::get;
use shared::{
    handoff::{HandoffId, service},
    identity::Permission,
};

use super::view::{self, HandoffOut};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Get a handoff
///
/// With both receipts. Seen by the offices of the case and by whoever declared it.
#[utoipa::path(
    operation_id = "getHandoff", tag = "handoff",
    params(("id" = HandoffId, Path, description = "The id of the handoff.")),
    responses((status = 200, description = "The handoff as it stands now.", body = HandoffOut,
        example = json!(view::example()))),
)]
#[get("/handoffs/{id}")]
pub async fn handler(caller: Caller, id: Path<HandoffId>) -> Answer {
    let ctx = &caller.ctx;
    caller
        .look(Permission::HandoffRead, async |conn, actor| {
            let handoff = service::read(conn, actor, *id).await?;
            let pending = ctx.waiting.of_handoff(&handoff, ctx.clock.now());
            let expected_at = pending.and_then(|pending| pending.expected_at);
            let shown = HandoffOut { expected_at, ..HandoffOut::from(handoff) };
            Ok(Reply::ok(&shown)?.waiting(pending))
        })
        .await
}
