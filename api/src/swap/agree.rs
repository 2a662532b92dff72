//! `POST /v1/transfers/{id}/agree-to-correction`
use actix_web::post;
use shared::{acts::swap, identity::Permission, swap::TransferId};

use super::view::{self, TransferOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    declaration::out::ReasonIn,
    reply::Reply,
};

/// Agree to a correction
///
/// The origin agrees that what the port found is corrected. Two inspectors of the port look at the goods again then, and the transfer is swapped if they pass.
#[utoipa::path(
    operation_id = "agreeToCorrection", tag = "swap",
    params(("id" = TransferId, Path, description = "The id of the transfer.")),
    request_body(content = ReasonIn, example = json!({ "reason": "货物改由其他口岸出运" })),
    responses((status = 200, description = "The transfer after the act.", body = TransferOut,
        example = json!(view::example()))),
)]
#[post("/transfers/{id}/agree-to-correction")]
pub async fn handler(caller: Caller, id: Path<TransferId>, body: Body<ReasonIn>) -> Answer {
    caller
        .act(Permission::TransferAgree, &body, async |tx, actor| {
            let done = swap::agree_to_correction(tx, actor, *id, body.checked()?).await?;
            let revision = done.revision;
            Ok(Reply::ok(&TransferOut::from(done))?.revision(revision))
        })
        .await
}
