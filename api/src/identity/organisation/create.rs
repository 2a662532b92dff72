use actix_web::post;
use shared::identity::{Permission, service::organisation};

use crate::{
    Answer, Caller,
    body::Body,
    identity::view::organisation::{OrganisationIn, OrganisationOut},
    reply::Reply,
};

/// Register an organisation
///
/// An administrator registers an office, an enterprise or a declaring agent. Its code is taken once and for all.
#[utoipa::path(
    operation_id = "createOrganisation",
    tag = "identity",
    request_body(content = OrganisationIn, example = json!(OrganisationIn::example())),
    responses((
        status = 201,
        description = "The organisation, active from now on.",
        body = OrganisationOut,
        example = json!(OrganisationOut::example()),
    )),
)]
#[post("/organisations")]
pub(crate) async fn handler(caller: Caller, body: Body<OrganisationIn>) -> Answer {
    caller
        .act(Permission::OrganisationCreate, &body, async |tx, actor| {
            let input = body.value.clone().into_input();
            let organisation = organisation::create(tx, actor, input).await?;
            let (id, revision) = (organisation.id, organisation.revision());
            let out = OrganisationOut::from(organisation);
            Ok(Reply::created(&out, format!("/v1/organisations/{id}"))?.revision(revision))
        })
        .await
}
