//! `GET /v1/transfers/{id}/timeline`
use actix_web::get;
use shared::{
    identity::Permission,
    swap::{TransferId, service},
};

use crate::{Answer, Caller, body::Path, declaration::timeline::Timeline, reply::Reply};

/// Get a transfer's timeline
///
/// Every step with its moment, actor and reason, as this end of the transfer saw it. Nothing in it ever changes.
#[utoipa::path(
    operation_id = "getTransferTimeline", tag = "swap",
    params(("id" = TransferId, Path, description = "The id of the transfer.")),
    responses((status = 200, description = "What happened, oldest first.", body = Timeline,
        example = json!({ "data": [{
            "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c61", "at": "2014-07-14T01:31:00Z",
            "kind": "transfer.swapped", "actor_kind": "SYSTEM", "actor_id": null, "organisation": "SYSTEM",
            "previous": "CLAIMED", "next": "SWAPPED", "reason": null,
            "data": { "transfer_no": "330900214004567T", "clearance_no": "310900214000077000" } }] }))),
)]
#[get("/transfers/{id}/timeline")]
pub async fn handler(caller: Caller, id: Path<TransferId>) -> Answer {
    caller
        .look(Permission::TransferRead, async |conn, actor| {
            let data = service::timeline(conn, actor, *id).await?;
            Ok(Reply::ok(&Timeline { data })?)
        })
        .await
}
