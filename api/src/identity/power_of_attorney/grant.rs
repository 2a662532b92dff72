use actix_web::post;
use shared::identity::{Permission, service::attorney};

use crate::{
    Answer, Caller,
    body::Body,
    identity::view::power_of_attorney::{PowerOfAttorneyIn, PowerOfAttorneyOut},
    reply::Reply,
};

/// Grant a power of attorney
///
/// An enterprise lets an agent declare for it from one day to another; for itself alone. An administrator enters
/// one that was given on paper.
#[utoipa::path(
    operation_id = "grantPowerOfAttorney",
    tag = "identity",
    request_body(content = PowerOfAttorneyIn, example = json!(PowerOfAttorneyIn::example())),
    responses((
        status = 201,
        description = "The power of attorney.",
        body = PowerOfAttorneyOut,
        example = json!(PowerOfAttorneyOut::example()),
    )),
)]
#[post("/powers-of-attorney")]
pub(crate) async fn handler(caller: Caller, body: Body<PowerOfAttorneyIn>) -> Answer {
    caller
        .act(Permission::PowerOfAttorneyGrant, &body, async |tx, actor| {
            let power = attorney::grant(tx, actor, body.parse()?).await?;
            let (id, revision) = (power.id, power.revision());
            let out = PowerOfAttorneyOut::from(power);
            Ok(Reply::created(&out, format!("/v1/powers-of-attorney/{id}"))?.revision(revision))
        })
        .await
}
