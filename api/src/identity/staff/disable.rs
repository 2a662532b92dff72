use actix_web::post;
use shared::identity::{Permission, StaffId, service::staff};

use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    identity::view::staff::StaffOut,
    reply::Reply,
};

/// Disable a member of staff
///
/// They may not sign in any more, and their tokens are refused within half a minute. Nobody disables themselves.
#[utoipa::path(
    operation_id = "disableStaff",
    tag = "identity",
    params(("id" = StaffId, Path, description = "The id of the member of staff.")),
    responses((status = 200, description = "The member of staff, disabled.", body = StaffOut, example = json!(StaffOut::example()))),
)]
#[post("/staff/{id}/disable")]
pub(crate) async fn handler(caller: Caller, id: Path<StaffId>, body: NoBody) -> Answer {
    caller
        .act(Permission::StaffDisable, &body, async |tx, actor| {
            let staff = staff::disable(tx, actor, *id).await?;
            let revision = staff.revision();
            Ok(Reply::ok(&StaffOut::from(staff))?.revision(revision))
        })
        .await
}
