//! `POST /v1/test/transfers/{id}/bureau-says`
use std::sync::Arc;

use actix_web::post;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    acts::{self, Stage, TransferWord},
    identity::Permission,
    kernel::{Actor, Failure, Violations},
    reference::Books,
    swap::TransferId,
};
use utoipa::ToSchema;

use crate::{
    Answer, Caller,
    body::{Body, Path},
    exchange::view::MessageOut,
    reply::Reply,
    swap::view::{self, TransferOut},
};

/// The house in which another bureau is played.
pub(super) struct House {
    own: String,
    books: Arc<Books>,
}

impl House {
    pub(super) fn of(caller: &Caller) -> Result<Self, Failure> {
        let own = caller.ctx.bureaus.keys()?.bureau().to_owned();
        Ok(Self { own, books: caller.ctx.shelf.books() })
    }

    pub(super) fn stage<'a>(&'a self, player: &'a Actor) -> Stage<'a> {
        Stage { own: &self.own, books: &self.books, player }
    }
}

/// What the other bureau is to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BureauSaysIn {
    /// At the origin what the port reports; at the port `CORRECTION_AGREED` and `REVOKED`.
    pub says: TransferWord,
    /// Why, where it says why.
    #[serde(default)]
    #[schema(example = "唛头不符", min_length = 1, max_length = 1000)]
    pub reason: Option<String>,
}

/// Why, where somebody gave a reason; it may be what a person would write.
pub(super) fn reason(given: Option<&String>) -> Result<Option<String>, Violations> {
    let mut wrong = Violations::default();
    let reason = given.map(|given| wrong.text("/reason", given, 1_000));
    wrong.finish(Some(reason.flatten()))
}

/// What was said, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BureauSaidOut {
    /// As it stands in the inbox: `APPLIED`, or `REFUSED` with the reason where the rules forbid it.
    pub message: MessageOut,
    /// After it.
    pub transfer: TransferOut,
}

/// Play the other bureau
///
/// Says something of one transfer as the bureau on its other end does. It comes in as that bureau's messages do, after the
/// place where their signature is verified, and under the same rules. What has no place in the transfer's state is noted, and
/// moves nothing. The same again at once is the same message, and changes nothing.
#[utoipa::path(
    operation_id = "playBureau", tag = "test",
    params(("id" = TransferId, Path, description = "The id of the transfer.")),
    request_body(content = BureauSaysIn, example = json!({ "says": "SWAPPED" })),
    responses((status = 200, description = "The message, and the transfer after it.", body = BureauSaidOut,
        example = json!(example()))),
)]
#[post("/test/transfers/{id}/bureau-says")]
pub async fn handler(caller: Caller, id: Path<TransferId>, body: Body<BureauSaysIn>) -> Answer {
    let house = House::of(&caller)?;
    caller
        .act(Permission::TestPlay, &body, async |tx, actor| {
            let reason = reason(body.reason.as_ref())?;
            let stage = house.stage(actor);
            let said = (body.says, reason.as_deref());
            let (message, transfer) = acts::play_bureau(tx, stage, *id, said).await?;
            let (message, transfer) = (message.into(), transfer.into());
            Ok(Reply::ok(&BureauSaidOut { message, transfer })?)
        })
        .await
}

fn example() -> Value {
    let message = played("transfer.swapped", &json!({ "state": "SWAPPED" }));
    json!({ "message": message, "transfer": view::example() })
}

/// A message that was played, as the documentation shows it.
pub(super) fn played(kind: &str, outcome: &Value) -> Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3d02", "direction": "IN", "bureau": "310000",
        "type": kind, "version": 1,
        "correlation_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c60", "sequence": 0,
        "sent_at": "2014-05-12T02:20:00Z", "state": "APPLIED", "attempts": 0, "reason": null,
        "outcome": outcome, "receipt": null, "is_played": true,
    })
}
