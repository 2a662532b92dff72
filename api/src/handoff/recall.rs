//! `POST /v1/handoffs/{id}/recall`
use actix_web::post;
use shared::{acts, handoff::HandoffId, identity::Permission};

use super::view::{self, HandoffOut};
use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    reply::Reply,
};

/// Recall a handoff
///
/// The office that offered it takes the offer back. The case stays where it is until its duty chief offers it again.
#[utoipa::path(
    operation_id = "recallHandoff", tag = "handoff",
    params(("id" = HandoffId, Path, description = "The id of the handoff.")),
    responses((status = 200, description = "The handoff, answered.", body = HandoffOut,
        example = json!(view::example()))),
)]
#[post("/handoffs/{id}/recall")]
pub async fn handler(caller: Caller, id: Path<HandoffId>, body: NoBody) -> Answer {
    caller
        .act(Permission::HandoffRecall, &body, async |tx, actor| {
            let done = acts::recall_handoff(tx, actor, *id).await?;
            Ok(Reply::ok(&HandoffOut::from(done))?)
        })
        .await
}
