//! `POST /v1/transfers/{id}/return`
use actix_web::post;
use shared::{acts::swap, identity::Permission, swap::TransferId};

use super::view::{self, TransferOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    declaration::out::ReasonIn,
    reply::Reply,
};

/// Return a transfer
///
/// The duty chief of the port sends goods that are being checked, or that failed, back to the origin. The case at the port ends.
#[utoipa::path(
    operation_id = "returnTransfer", tag = "swap",
    params(("id" = TransferId, Path, description = "The id of the transfer.")),
    request_body(content = ReasonIn, example = json!({ "reason": "货物改由其他口岸出运" })),
    responses((status = 200, description = "The transfer after the act.", body = TransferOut,
        example = json!(view::example()))),
)]
#[post("/transfers/{id}/return")]
pub async fn handler(caller: Caller, id: Path<TransferId>, body: Body<ReasonIn>) -> Answer {
    caller
        .act(Permission::TransferReturn, &body, async |tx, actor| {
            let done = swap::return_transfer(tx, actor, *id, body.checked()?).await?;
            let revision = done.revision;
            Ok(Reply::ok(&TransferOut::from(done))?.revision(revision))
        })
        .await
}
