//! `POST /v1/declarations/{id}/amendments`
use actix_web::post;
use serde::Deserialize;
use shared::{
    acts,
    declaration::{Content, DeclarationId, examples, parse},
    identity::Permission,
};
use utoipa::ToSchema;

use super::view::{self, AmendmentOut};
use crate::{
    Answer, Caller,
    body::{LargeBody, Path},
    declaration::{file::must_be_own, out},
    problem::Problem,
    reply::Reply,
};

/// A wish to change a declaration.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmendmentIn {
    /// Why; kept in the timeline.
    #[schema(example = "货物移场", min_length = 1, max_length = 1000)]
    pub reason: String,
    /// The whole declaration as it shall be.
    #[schema(value_type = Content)]
    pub content: serde_json::Value,
}

/// Request an amendment
///
/// The declarant asks to change an accepted declaration. What can no longer be changed (domain R13) is refused at
/// once, all of it; the rest waits for an acceptance officer, one working day at most.
#[utoipa::path(
    operation_id = "requestAmendment", tag = "amendment",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = AmendmentIn,
        example = json!({ "reason": "货物移场", "content": examples::self_declaration() })),
    responses((status = 201, description = "The wish to amend, to be decided.", body = AmendmentOut,
        example = json!(view::example()))),
)]
#[post("/declarations/{id}/amendments")]
pub async fn handler(
    caller: Caller,
    id: Path<DeclarationId>,
    body: LargeBody<AmendmentIn>,
) -> Answer {
    let submission = parse::from_value(&body.content).map_err(Problem::malformed)?;
    must_be_own(&caller.actor, &submission)?;
    let desk = caller.ctx.desk();
    caller
        .act(Permission::DeclarationAmend, &body, async |tx, actor| {
            let reason = out::reason(&body.reason)?;
            let made = acts::request_amendment(tx, &desk, actor, *id, &submission, reason).await?;
            let location = format!("/v1/declarations/{}/amendments", *id);
            Ok(Reply::created(&AmendmentOut::from(made), location)?)
        })
        .await
}
