//! `POST /v1/shifts`
use actix_web::post;
use serde::Deserialize;
use shared::{
    identity::Permission,
    kernel::money::Amount,
    payment::{self, ShiftDraft},
};
use utoipa::ToSchema;

use super::view::{self, ShiftOut};
use crate::{Answer, Caller, body::Body, reply::Reply};

/// A drawer about to be opened.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShiftIn {
    /// The window.
    #[schema(example = 3, minimum = 1, maximum = 99)]
    pub window_no: i16,
    /// The change money (备用金) that was counted into the drawer.
    pub float: Amount,
}

/// Open a shift
///
/// A cashier opens a window with a counted drawer. A cashier has one shift at a time, and a window one cashier.
#[utoipa::path(
    operation_id = "openShift", tag = "payment",
    request_body(content = ShiftIn, example = json!({
        "window_no": 3, "float": { "amount": "200.00", "currency": "CNY" }
    })),
    responses((status = 201, description = "The shift, opened just now.", body = ShiftOut,
        example = json!(view::example()))),
)]
#[post("/shifts")]
pub async fn handler(caller: Caller, body: Body<ShiftIn>) -> Answer {
    let ShiftIn { window_no, float } = body.value.clone();
    let draft = ShiftDraft { window_no, float };
    caller
        .act(Permission::ShiftOpen, &body, async |tx, actor| {
            let shift = payment::open_shift(tx, actor, &draft).await?;
            let (location, revision) = (format!("/v1/shifts/{}", shift.id), shift.revision);
            Ok(Reply::created(&ShiftOut::from(shift), location)?.revision(revision))
        })
        .await
}
