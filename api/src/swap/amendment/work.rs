//! `GET /v1/worklists/transfer-amendments`
use actix_web::get;
use shared::{identity::Permission, swap::service};

use super::view::{self, TransferAmendmentOut, TransferAmendmentPage};
use crate::{Answer, Caller, body::Params, paging::PageParams, reply::Reply};

/// List amendments asked by ports
///
/// Amendments at ports that wait for an answer of the caller's office, which inspected the goods; first come first.
#[utoipa::path(
    operation_id = "listTransferAmendmentsDue", tag = "work",
    params(PageParams),
    responses((status = 200, description = "What waits for an answer.", body = TransferAmendmentPage,
        example = json!({ "data": [view::example()], "next_cursor": null, "has_more": false }))),
)]
#[get("/worklists/transfer-amendments")]
pub async fn handler(caller: Caller, params: Params<PageParams>) -> Answer {
    caller
        .look(Permission::TransferRead, async |conn, actor| {
            let found = service::asked_waiting(conn, actor, params.page()).await?;
            Ok(Reply::page(found.map(TransferAmendmentOut::from), |one| one.id.0)?)
        })
        .await
}
