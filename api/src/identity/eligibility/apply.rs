use actix_web::post;
use shared::identity::{Permission, service::eligibility};

use crate::{
    Answer, Caller,
    body::Body,
    identity::view::eligibility::{ApplicationIn, EligibilityOut},
    reply::Reply,
};

/// Apply to declare anywhere
///
/// An enterprise asks to choose freely where it declares and where its goods are released. It has one application
/// at a time.
#[utoipa::path(
    operation_id = "applyForEligibility",
    tag = "identity",
    request_body(content = ApplicationIn, example = json!(ApplicationIn::example())),
    responses((
        status = 201,
        description = "The application, waiting for an officer.",
        body = EligibilityOut,
        example = json!(EligibilityOut::example()),
    )),
)]
#[post("/eligibilities")]
pub(crate) async fn handler(caller: Caller, body: Body<ApplicationIn>) -> Answer {
    caller
        .act(Permission::EligibilityApply, &body, async |tx, actor| {
            let eligibility = eligibility::apply(tx, actor, body.commitments_signed).await?;
            let (id, revision) = (eligibility.id, eligibility.revision());
            let out = EligibilityOut::from(eligibility);
            Ok(Reply::created(&out, format!("/v1/eligibilities/{id}"))?.revision(revision))
        })
        .await
}
