use actix_web::get;
use shared::identity::{Permission, StaffId, service::staff};

use crate::{Answer, Caller, body::Path, identity::view::staff::StaffOut, reply::Reply};

/// Read a member of staff
///
/// One person as they stand now: their organisation, their roles, and whether the account is locked.
#[utoipa::path(
    operation_id = "getStaff",
    tag = "identity",
    params(("id" = StaffId, Path, description = "The id of the member of staff.")),
    responses((status = 200, description = "The member of staff.", body = StaffOut, example = json!(StaffOut::example()))),
)]
#[get("/staff/{id}")]
pub(crate) async fn handler(caller: Caller, id: Path<StaffId>) -> Answer {
    caller
        .look(Permission::StaffRead, async |conn, _| {
            let staff = staff::get(conn, *id).await?;
            let revision = staff.revision();
            Ok(Reply::ok(&StaffOut::from(staff))?.revision(revision))
        })
        .await
}
