//! `GET /v1/transfers/{id}`
use actix_web::get;
use shared::{
    identity::Permission,
    swap::{TransferId, service},
};

use super::view::{self, TransferOut};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Get a transfer
///
/// As it stands now, on whichever end of it this bureau is. Seen by the declaring unit and the office of this end.
#[utoipa::path(
    operation_id = "getTransfer", tag = "swap",
    params(("id" = TransferId, Path, description = "The id of the transfer.")),
    responses((status = 200, description = "The transfer as it stands at this end.", body = TransferOut,
        example = json!(view::example()))),
)]
#[get("/transfers/{id}")]
pub async fn handler(caller: Caller, id: Path<TransferId>) -> Answer {
    let ctx = &caller.ctx;
    caller
        .look(Permission::TransferRead, async |conn, actor| {
            let found = service::read(conn, actor, *id).await?;
            let revision = found.revision;
            let pending = ctx.waiting.of_transfer(&found, ctx.clock.now());
            let expected_at = pending.and_then(|pending| pending.expected_at);
            let shown = TransferOut { expected_at, ..TransferOut::from(found) };
            Ok(Reply::ok(&shown)?.revision(revision).waiting(pending))
        })
        .await
}
