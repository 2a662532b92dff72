//! `POST /v1/day-differences/{id}/approve`
use actix_web::post;
use shared::{
    identity::Permission,
    payment::{self, DifferenceId},
};

use super::view::{self, DayOut};
use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    reply::Reply,
};

/// Approve the explanation of a difference
///
/// A duty chief, not the person who explained it, agrees.
#[utoipa::path(
    operation_id = "approveDifference", tag = "payment",
    params(("id" = DifferenceId, Path, description = "The id of the difference.")),
    responses((status = 200, description = "The day as it stands now.", body = DayOut,
        example = json!(view::example()))),
)]
#[post("/day-differences/{id}/approve")]
pub async fn handler(caller: Caller, id: Path<DifferenceId>, body: NoBody) -> Answer {
    caller
        .act(Permission::DifferenceApprove, &body, async |tx, actor| {
            let sheet = payment::approve_difference(tx, actor, *id).await?;
            Ok(Reply::ok(&DayOut::from(sheet))?)
        })
        .await
}
