//! `POST /v1/transfers/{id}/unlock`
use actix_web::post;
use shared::{acts::swap, identity::Permission, swap::TransferId};

use super::{
    fresh_password,
    view::{self, TransferIssuedOut},
};
use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    reply::Reply,
};

/// Unlock a transfer
///
/// The origin lets a transfer be tried again that wrong passwords have locked, or whose password is lost. The new
/// password is in this answer and nowhere else; the old one is good for nothing once the port has the message.
#[utoipa::path(
    operation_id = "unlockTransfer", tag = "swap",
    params(("id" = TransferId, Path, description = "The id of the transfer.")),
    responses((status = 200, description = "The transfer and its new password.", body = TransferIssuedOut,
        example = json!(view::example_issued()))),
)]
#[post("/transfers/{id}/unlock")]
pub async fn handler(caller: Caller, id: Path<TransferId>, sent: NoBody) -> Answer {
    caller.must_hold(Permission::TransferUnlock)?;
    let password = fresh_password()?;
    let hash = caller.ctx.passwords.hash(password.clone()).await?;
    caller
        .act(Permission::TransferUnlock, &sent, async |tx, actor| {
            let transfer = swap::unlock_transfer(tx, actor, *id, hash).await?.into();
            let out = TransferIssuedOut { transfer, password: Some(password) };
            Ok(Reply::ok(&out)?.shown_once(TransferIssuedOut::SECRET))
        })
        .await
}
