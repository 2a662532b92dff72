//! `POST /v1/shifts/{id}/close`
use actix_web::post;
use serde::Deserialize;
use shared::{
    identity::Permission,
    kernel::money::Amount,
    payment::{self, Count, ShiftId},
};
use utoipa::ToSchema;

use super::view::{self, ShiftOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// The drawer, counted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountIn {
    /// All cash in the drawer, the change money with it.
    pub counted: Amount,
    /// Why it is not what was expected; needed where there is a difference.
    #[serde(default)]
    #[schema(example = "找零有误，少5元", min_length = 1, max_length = 1000)]
    pub note: Option<String>,
}

/// Close a shift
///
/// The cashier, or a duty chief in their place, counts the drawer. What should have been in it, and the difference, are
/// stated and booked; what is above the change money is handed to the safe.
#[utoipa::path(
    operation_id = "closeShift", tag = "payment",
    params(("id" = ShiftId, Path, description = "The id of the shift.")),
    request_body(content = CountIn, example = json!({
        "counted": { "amount": "684.00", "currency": "CNY" }
    })),
    responses((status = 200, description = "The shift, closed and counted.", body = ShiftOut,
        example = json!(view::example()))),
)]
#[post("/shifts/{id}/close")]
pub async fn handler(caller: Caller, id: Path<ShiftId>, body: Body<CountIn>) -> Answer {
    let CountIn { counted, note } = body.value.clone();
    let count = Count { counted, note };
    caller
        .act(Permission::ShiftClose, &body, async |tx, actor| {
            let shift = payment::close_shift(tx, actor, *id, &count).await?;
            let revision = shift.revision;
            Ok(Reply::ok(&ShiftOut::from(shift))?.revision(revision))
        })
        .await
}
