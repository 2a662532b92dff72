use actix_web::get;
use shared::identity::{OrganisationId, Permission, service::organisation};

use crate::{
    Answer, Caller, body::Path, identity::view::organisation::OrganisationOut, reply::Reply,
};

/// Read an organisation
///
/// One organisation as it stands now, with its credit class and whether anybody may act for it.
#[utoipa::path(
    operation_id = "getOrganisation",
    tag = "identity",
    params(("id" = OrganisationId, Path, description = "The id of the organisation.")),
    responses((status = 200, description = "The organisation as it stands now.", body = OrganisationOut, example = json!(OrganisationOut::example()))),
)]
#[get("/organisations/{id}")]
pub(crate) async fn handler(caller: Caller, id: Path<OrganisationId>) -> Answer {
    caller
        .look(Permission::OrganisationRead, async |conn, _| {
            let organisation = organisation::get(conn, *id).await?;
            let revision = organisation.revision();
            Ok(Reply::ok(&OrganisationOut::from(organisation))?.revision(revision))
        })
        .await
}
