use actix_web::post;
use shared::identity::{Permission, StaffId, service::staff};

use crate::{
    Answer, Caller,
    body::{Body, Path},
    identity::view::staff::{PasswordIn, StaffOut},
    reply::Reply,
};

/// Reset the password of a member of staff
///
/// An administrator sets a new password. Tokens got with the old one are refused within half a minute; a locked
/// account stays locked.
#[utoipa::path(
    operation_id = "resetStaffPassword",
    tag = "identity",
    params(("id" = StaffId, Path, description = "The id of the member of staff.")),
    request_body(content = PasswordIn, example = json!(PasswordIn::example())),
    responses((
        status = 200,
        description = "The member of staff, with the new password.",
        body = StaffOut,
        example = json!(StaffOut::example()),
    )),
)]
#[post("/staff/{id}/reset-password")]
pub(crate) async fn handler(caller: Caller, id: Path<StaffId>, body: Body<PasswordIn>) -> Answer {
    caller.must_hold(Permission::StaffResetPassword)?;
    let password = body.value.password;
    let passwords = &caller.ctx.passwords;
    let sent = passwords.veil(password.clone(), id.to_string()).await?;
    let hash = passwords.hash(password.clone()).await?;
    caller
        .act(Permission::StaffResetPassword, &sent, async |tx, actor| {
            let staff = staff::reset_password(tx, actor, *id, &password, &hash).await?;
            let revision = staff.revision();
            Ok(Reply::ok(&StaffOut::from(staff))?.revision(revision))
        })
        .await
}
