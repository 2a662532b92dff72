use actix_web::post;
use shared::identity::{OrganisationId, Permission, service::organisation};

use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    identity::view::organisation::OrganisationOut,
    reply::Reply,
};

/// Disable an organisation
///
/// From now on nobody acts for it: its people and clients are turned away within half a minute. Disabling twice
/// changes nothing.
#[utoipa::path(
    operation_id = "disableOrganisation",
    tag = "identity",
    params(("id" = OrganisationId, Path, description = "The id of the organisation.")),
    responses((status = 200, description = "The organisation, disabled.", body = OrganisationOut, example = json!(OrganisationOut::example()))),
)]
#[post("/organisations/{id}/disable")]
pub(crate) async fn handler(caller: Caller, id: Path<OrganisationId>, body: NoBody) -> Answer {
    caller
        .act(Permission::OrganisationDisable, &body, async |tx, actor| {
            let organisation = organisation::disable(tx, actor, *id).await?;
            let revision = organisation.revision();
            Ok(Reply::ok(&OrganisationOut::from(organisation))?.revision(revision))
        })
        .await
}
