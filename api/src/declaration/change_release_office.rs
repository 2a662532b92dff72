//! `POST /v1/declarations/{id}/change-release-office`
use actix_web::post;
use serde::Deserialize;
use shared::{acts, declaration::DeclarationId, identity::Permission};
use utoipa::ToSchema;

use super::out::{self, DeclarationOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// Where the goods shall be released.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseOfficeIn {
    /// A participating office (domain R8).
    #[schema(example = "311000", min_length = 6, max_length = 6, pattern = r"^\d{6}$")]
    pub release_org: String,
}

/// Change the release office
///
/// The declarant may choose another participating office until the goods are released. An offer to the office
/// chosen before is recalled; a live clearance form stays valid.
#[utoipa::path(
    operation_id = "changeReleaseOffice", tag = "declaration",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = ReleaseOfficeIn, example = json!({ "release_org": "311000" })),
    responses((status = 200, description = "The declaration after the change.", body = DeclarationOut,
        example = json!(out::example()))),
)]
#[post("/declarations/{id}/change-release-office")]
pub async fn handler(
    caller: Caller,
    id: Path<DeclarationId>,
    body: Body<ReleaseOfficeIn>,
) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::DeclarationChangeReleaseOffice, &body, async |tx, actor| {
            let office = &body.release_org;
            let done = acts::change_release_office(tx, &desk.books, actor, *id, office).await?;
            let revision = done.revision;
            Ok(Reply::ok(&DeclarationOut::from(done))?.revision(revision))
        })
        .await
}
