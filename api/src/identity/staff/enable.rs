use actix_web::post;
use shared::identity::{Permission, StaffId, service::staff};

use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    identity::view::staff::StaffOut,
    reply::Reply,
};

/// Enable a member of staff
///
/// A disabled person may sign in again with the password they had.
#[utoipa::path(
    operation_id = "enableStaff",
    tag = "identity",
    params(("id" = StaffId, Path, description = "The id of the member of staff.")),
    responses((status = 200, description = "The member of staff, active.", body = StaffOut, example = json!(StaffOut::example()))),
)]
#[post("/staff/{id}/enable")]
pub(crate) async fn handler(caller: Caller, id: Path<StaffId>, body: NoBody) -> Answer {
    caller
        .act(Permission::StaffEnable, &body, async |tx, actor| {
            let staff = staff::enable(tx, actor, *id).await?;
            let revision = staff.revision();
            Ok(Reply::ok(&StaffOut::from(staff))?.revision(revision))
        })
        .await
}
