//! `GET /v1/shifts/{id}`
use actix_web::get;
use shared::{
    identity::Permission,
    payment::{self, ShiftId},
};

use super::view::{self, ShiftOut};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Read a shift
///
/// What was taken in it by each channel, and how its drawer was counted.
#[utoipa::path(
    operation_id = "getShift", tag = "payment",
    params(("id" = ShiftId, Path, description = "The id of the shift.")),
    responses((status = 200, description = "The shift as it stands now.", body = ShiftOut,
        example = json!(view::example()))),
)]
#[get("/shifts/{id}")]
pub async fn handler(caller: Caller, id: Path<ShiftId>) -> Answer {
    caller
        .look(Permission::ShiftRead, async |conn, actor| {
            Ok(Reply::ok(&ShiftOut::from(payment::shift(conn, actor, *id).await?))?)
        })
        .await
}
