use actix_web::post;
use shared::identity::{Permission, StaffId, service::staff};

use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    identity::view::staff::StaffOut,
    reply::Reply,
};

/// Unlock a member of staff
///
/// Opens an account that ten wrong passwords in a row have locked, and forgets the wrong tries.
#[utoipa::path(
    operation_id = "unlockStaff",
    tag = "identity",
    params(("id" = StaffId, Path, description = "The id of the member of staff.")),
    responses((status = 200, description = "The member of staff, unlocked.", body = StaffOut, example = json!(StaffOut::example()))),
)]
#[post("/staff/{id}/unlock")]
pub(crate) async fn handler(caller: Caller, id: Path<StaffId>, body: NoBody) -> Answer {
    caller
        .act(Permission::StaffUnlock, &body, async |tx, actor| {
            let staff = staff::unlock(tx, actor, *id).await?;
            let revision = staff.revision();
            Ok(Reply::ok(&StaffOut::from(staff))?.revision(revision))
        })
        .await
}
