//! `POST /v1/test/declarations/{id}/bureau-says`
use actix_web::post;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    acts::{self, CaseWord},
    declaration::DeclarationId,
    identity::Permission,
};
use utoipa::ToSchema;

use super::bureau::{House, played, reason};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    declaration::out::{self, DeclarationOut},
    exchange::view::MessageOut,
    reply::Reply,
};

/// What the other bureau is to say of a case.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BureauSaysOfCaseIn {
    /// To an offer `ACCEPTED` or `REFUSED`; of a case that lies there what its inspectors do, and that it comes home.
    pub says: CaseWord,
    /// Why, where it says why.
    #[serde(default)]
    #[schema(example = "不属本机构辖区", min_length = 1, max_length = 1000)]
    pub reason: Option<String>,
}

/// What was said, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BureauSaidOfCaseOut {
    /// As it stands in the inbox: `APPLIED`, or `REFUSED` with the reason where the rules forbid it.
    pub message: MessageOut,
    /// After it.
    pub declaration: DeclarationOut,
}

/// Play the bureau of a handoff
///
/// Says something of a case as the bureau does to which it was offered last, or with which it lies: it takes the case or does
/// not, inspects, offers the case back and confirms it. It comes in as that bureau's messages do, after the place where their
/// signature is verified, and under the same rules.
#[utoipa::path(
    operation_id = "playBureauOfCase", tag = "test",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = BureauSaysOfCaseIn, example = json!({ "says": "ACCEPTED" })),
    responses((status = 200, description = "The message, and the declaration after it.", body = BureauSaidOfCaseOut,
        example = json!(example()))),
)]
#[post("/test/declarations/{id}/bureau-says")]
pub async fn handler(
    caller: Caller,
    id: Path<DeclarationId>,
    body: Body<BureauSaysOfCaseIn>,
) -> Answer {
    let house = House::of(&caller)?;
    caller
        .act(Permission::TestPlay, &body, async |tx, actor| {
            let reason = reason(body.reason.as_ref())?;
            let stage = house.stage(actor);
            let said = (body.says, reason.as_deref());
            let (message, declaration) = acts::play_bureau_of_case(tx, stage, *id, said).await?;
            let (message, declaration) = (message.into(), declaration.into());
            Ok(Reply::ok(&BureauSaidOfCaseOut { message, declaration })?)
        })
        .await
}

fn example() -> Value {
    let message = played("handoff.accepted", &json!({ "outcome": "ACCEPTED" }));
    json!({ "message": message, "declaration": out::example() })
}
