//! `POST /v1/test/declarations/{id}/inspect`
use actix_web::post;
use serde::Deserialize;
use shared::{acts, declaration::DeclarationId, identity::Permission, inspection::Verdict};
use utoipa::ToSchema;

use crate::{
    Answer, Caller,
    body::{Body, Path},
    inspection::{
        show,
        view::{self as inspected},
    },
};

/// What the inspectors are to find.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectIn {
    /// Where it is not given: what the filing's `Test-Scenario` asked for, else `PASS`.
    #[serde(default)]
    pub verdict: Option<Verdict>,
}

/// Play the inspectors
///
/// Two people who stand in at the inspecting office make an appointment, see the goods and sign the result. The case
/// has to be drawn and to lie there, as for real inspectors.
#[utoipa::path(
    operation_id = "playInspectors", tag = "test",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = InspectIn, example = json!({ "verdict": "FAIL" })),
    responses((status = 200, description = "The inspection after the act.", body = inspected::InspectionOut,
        example = json!(show::example()))),
)]
#[post("/test/declarations/{id}/inspect")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: Body<InspectIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::TestPlay, &body, async |tx, actor| {
            acts::play_inspectors(tx, &desk.books, actor, *id, body.verdict).await?;
            show::reply(tx, actor, *id).await
        })
        .await
}
