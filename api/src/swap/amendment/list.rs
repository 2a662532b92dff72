//! `GET /v1/transfers/{id}/amendments`
use actix_web::get;
use shared::{
    identity::Permission,
    swap::{TransferId, service},
};

use super::view::{self, TransferAmendmentList, TransferAmendmentOut};
use crate::{Answer, Caller, body::Path, reply::Reply, waiting};

/// List a transfer's amendments
///
/// What the port asked this bureau, the origin, to agree to, with what was answered and what came of it. At the port
/// wishes to amend stand with the declaration that claimed the transfer.
#[utoipa::path(
    operation_id = "listTransferAmendments", tag = "swap",
    params(("id" = TransferId, Path, description = "The id of the transfer.")),
    responses((status = 200, description = "All that was asked about it.", body = TransferAmendmentList,
        example = json!({ "data": [view::example()] }))),
)]
#[get("/transfers/{id}/amendments")]
pub async fn handler(caller: Caller, id: Path<TransferId>) -> Answer {
    let ctx = &caller.ctx;
    caller
        .look(Permission::TransferRead, async |conn, actor| {
            let transfer = service::read(conn, actor, *id).await?;
            let found = service::asked_of(conn, transfer.id).await?;
            let now = ctx.clock.now();
            let (data, soonest) = waiting::each(
                found,
                |one| ctx.waiting.of_asked(one, &transfer, now),
                |one, expected_at| TransferAmendmentOut {
                    expected_at,
                    ..TransferAmendmentOut::from(one)
                },
            );
            Ok(Reply::ok(&TransferAmendmentList { data })?.waiting(soonest))
        })
        .await
}
