//! `POST /v1/test/direct-consignments/{id}/bureau-says`
use actix_web::post;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    acts::{self, ConsignmentWord},
    direct_release::ConsignmentId,
    identity::Permission,
};
use utoipa::ToSchema;

use super::bureau::{House, played, reason};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    direct_release::consignments::view::{self, ConsignmentOut},
    exchange::view::MessageOut,
    reply::Reply,
};

/// What the bureau at the other end is to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BureauSaysOfConsignmentIn {
    /// Where the goods stand there; of a form that it issued `CONFIRMED` and `RECALLED`.
    pub says: ConsignmentWord,
    /// Why, where it says why.
    #[serde(default)]
    #[schema(example = "箱体破损", min_length = 1, max_length = 1000)]
    pub reason: Option<String>,
}

/// What was said, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BureauSaidOfConsignmentOut {
    /// As it stands in the inbox: `APPLIED`, or `REFUSED` with the reason where the rules forbid it.
    pub message: MessageOut,
    /// After it.
    pub consignment: ConsignmentOut,
}

/// Play the bureau of a direct consignment
///
/// Says of goods that go directly what the bureau at their other end does. It comes in as that bureau's messages do, after
/// the place where their signature is verified, and under the same rules.
#[utoipa::path(
    operation_id = "playBureauOfConsignment", tag = "test",
    params(("id" = ConsignmentId, Path, description = "The id of the consignment.")),
    request_body(content = BureauSaysOfConsignmentIn, example = json!({ "says": "EXITED" })),
    responses((status = 200, description = "The message, and the consignment after it.",
        body = BureauSaidOfConsignmentOut, example = json!(example()))),
)]
#[post("/test/direct-consignments/{id}/bureau-says")]
pub async fn handler(
    caller: Caller,
    id: Path<ConsignmentId>,
    body: Body<BureauSaysOfConsignmentIn>,
) -> Answer {
    let house = House::of(&caller)?;
    caller
        .act(Permission::TestPlay, &body, async |tx, actor| {
            let reason = reason(body.reason.as_ref())?;
            let stage = house.stage(actor);
            let said = (body.says, reason.as_deref());
            let (message, lot) = acts::play_bureau_of_consignment(tx, stage, *id, said).await?;
            let (message, consignment) = (message.into(), lot.into());
            Ok(Reply::ok(&BureauSaidOfConsignmentOut { message, consignment })?)
        })
        .await
}

fn example() -> Value {
    let message = played("direct.reported", &json!({ "state": "EXITED" }));
    json!({ "message": message, "consignment": view::example() })
}
