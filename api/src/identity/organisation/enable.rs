use actix_web::post;
use shared::identity::{OrganisationId, Permission, service::organisation};

use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    identity::view::organisation::OrganisationOut,
    reply::Reply,
};

/// Enable an organisation
///
/// A disabled organisation may act again, with the people, clients and powers of attorney it had.
#[utoipa::path(
    operation_id = "enableOrganisation",
    tag = "identity",
    params(("id" = OrganisationId, Path, description = "The id of the organisation.")),
    responses((status = 200, description = "The organisation, active.", body = OrganisationOut, example = json!(OrganisationOut::example()))),
)]
#[post("/organisations/{id}/enable")]
pub(crate) async fn handler(caller: Caller, id: Path<OrganisationId>, body: NoBody) -> Answer {
    caller
        .act(Permission::OrganisationEnable, &body, async |tx, actor| {
            let organisation = organisation::enable(tx, actor, *id).await?;
            let revision = organisation.revision();
            Ok(Reply::ok(&OrganisationOut::from(organisation))?.revision(revision))
        })
        .await
}
