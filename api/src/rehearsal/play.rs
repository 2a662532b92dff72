//! `POST /v1/test/declarations/{id}/play`
use actix_web::post;
use shared::{acts, declaration::DeclarationId, identity::Permission};

use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    declaration::out::{self, DeclarationOut},
    reply::Reply,
};

/// Play all officers
///
/// Whoever has the case does at once what is theirs to do: accept, inspect (with the result that the filing's
/// `Test-Scenario` asked for, else `PASS`), issue the clearance form, release. What waits for the declarant, for the bank or
/// for a handoff stays: ask again until the case is where it should be.
#[utoipa::path(
    operation_id = "playOfficers", tag = "test",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    responses((status = 200, description = "The declaration, as far as it came.", body = DeclarationOut,
        example = json!(out::example()))),
)]
#[post("/test/declarations/{id}/play")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: NoBody) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::TestPlay, &body, async |tx, actor| {
            let asked = caller.ctx.rehearsed(tx, &id.to_string()).await?;
            let played = acts::play_officers(tx, &desk.rehearsing(asked), actor, *id).await?;
            let revision = played.revision;
            Ok(Reply::ok(&DeclarationOut::from(played))?.revision(revision))
        })
        .await
}
