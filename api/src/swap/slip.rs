//! `GET /v1/transfers/{id}/slip`
use actix_web::get;
use shared::{
    identity::Permission,
    swap::{TransferId, service},
};

use super::view::SlipOut;
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Get a swap slip
///
/// The slip (换证凭条) that the enterprise carries to the port, at any hour and without a window. The password is not on it: it was shown once.
#[utoipa::path(
    operation_id = "getSwapSlip", tag = "swap",
    params(("id" = TransferId, Path, description = "The id of the transfer.")),
    responses((status = 200, description = "The slip, for as long as the transfer is known.", body = SlipOut,
        example = json!({
            "transfer_no": "330900214004567T", "decl_no": "330900214004567", "origin_org": "330900",
            "port_bureau": "310000", "port_org": "310900", "state": "RECEIVED_BY_PORT",
            "concluded_on": "2014-05-21", "valid_until": "2014-07-20",
            "goods": [{ "goods_no": 1, "hs_code": "0505100090", "cname": "水洗白鸭绒", "weight": "8500" }]
        }))),
)]
#[get("/transfers/{id}/slip")]
pub async fn handler(caller: Caller, id: Path<TransferId>) -> Answer {
    caller
        .look(Permission::TransferRead, async |conn, actor| {
            let found = service::read(conn, actor, *id).await?;
            Ok(Reply::ok(&SlipOut::from(found))?)
        })
        .await
}
