//! `POST /v1/transfers/{id}/revoke`
use actix_web::post;
use shared::{acts::swap, identity::Permission, swap::TransferId};

use super::view::{self, TransferOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    declaration::out::ReasonIn,
    reply::Reply,
};

/// Revoke a transfer
///
/// The origin asks for it back, before the swap or after it. The port decides what can still be undone: a form that customs has not used becomes void. Until its word is here the transfer stays as it is.
#[utoipa::path(
    operation_id = "revokeTransfer", tag = "swap",
    params(("id" = TransferId, Path, description = "The id of the transfer.")),
    request_body(content = ReasonIn, example = json!({ "reason": "货物改由其他口岸出运" })),
    responses((status = 200, description = "The transfer after the act.", body = TransferOut,
        example = json!(view::example()))),
)]
#[post("/transfers/{id}/revoke")]
pub async fn handler(caller: Caller, id: Path<TransferId>, body: Body<ReasonIn>) -> Answer {
    caller
        .act(Permission::TransferRevoke, &body, async |tx, actor| {
            let done = swap::revoke_transfer(tx, actor, *id, body.checked()?).await?;
            let revision = done.revision;
            Ok(Reply::ok(&TransferOut::from(done))?.revision(revision))
        })
        .await
}
