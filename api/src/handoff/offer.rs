//! `POST /v1/declarations/{id}/offer-handoff`
use actix_web::post;
use shared::{acts, declaration::DeclarationId, identity::Permission};

use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    declaration::out::{self, DeclarationOut},
    reply::Reply,
};

/// Offer a handoff again
///
/// After a refusal, an expiry or a recall the duty chief of the office that holds the case offers it once more
/// to the office that must act.
#[utoipa::path(
    operation_id = "offerHandoff", tag = "handoff",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    responses((status = 200, description = "The declaration, offered.", body = DeclarationOut,
        example = json!(out::example()))),
)]
#[post("/declarations/{id}/offer-handoff")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: NoBody) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::HandoffOffer, &body, async |tx, actor| {
            let done = acts::offer_handoff(tx, &desk.books, actor, *id).await?;
            let revision = done.revision;
            Ok(Reply::ok(&DeclarationOut::from(done))?.revision(revision))
        })
        .await
}
