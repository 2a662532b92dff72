use actix_web::post;
use serde_json::json;
use shared::identity::{Permission, service::staff};

use crate::{
    Answer, Caller,
    body::Body,
    identity::view::staff::{StaffIn, StaffOut},
    reply::Reply,
};

/// Create a member of staff
///
/// An administrator lets a person of an organisation sign in, with the roles they are employed for.
#[utoipa::path(
    operation_id = "createStaff",
    tag = "identity",
    request_body(content = StaffIn, example = json!(StaffIn::example())),
    responses((
        status = 201,
        description = "The member of staff, who may sign in from now on.",
        body = StaffOut,
        example = json!(StaffOut::example()),
    )),
)]
#[post("/staff")]
pub(crate) async fn handler(caller: Caller, body: Body<StaffIn>) -> Answer {
    caller.must_hold(Permission::StaffCreate)?;
    let (organisation, input) = body.value.into_input();
    let passwords = &caller.ctx.passwords;
    let rest = json!([organisation, input.login, input.name, input.roles]).to_string();
    let sent = passwords.veil(input.password.clone(), rest).await?;
    let hash = passwords.hash(input.password.clone()).await?;
    caller
        .act(Permission::StaffCreate, &sent, async |tx, actor| {
            let draft = staff::draft(tx, organisation, input).await?;
            let staff = staff::create(tx, actor, organisation, &draft, &hash).await?;
            let (id, revision) = (staff.id, staff.revision());
            let out = StaffOut::from(staff);
            Ok(Reply::created(&out, format!("/v1/staff/{id}"))?.revision(revision))
        })
        .await
}
