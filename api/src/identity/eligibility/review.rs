use actix_web::post;
use shared::identity::{EligibilityId, Permission, service::eligibility};

use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    identity::view::eligibility::EligibilityOut,
    reply::Reply,
};

/// Take up an application
///
/// An officer takes up the application of an enterprise to declare anywhere.
#[utoipa::path(
    operation_id = "reviewEligibility",
    tag = "identity",
    params(("id" = EligibilityId, Path, description = "The id of the eligibility.")),
    responses((status = 200, description = "The application, under review.", body = EligibilityOut, example = json!(EligibilityOut::example()))),
)]
#[post("/eligibilities/{id}/review")]
pub(crate) async fn handler(caller: Caller, id: Path<EligibilityId>, body: NoBody) -> Answer {
    caller
        .act(Permission::EligibilityReview, &body, async |tx, actor| {
            let eligibility = eligibility::review(tx, actor, *id).await?;
            let revision = eligibility.revision();
            Ok(Reply::ok(&EligibilityOut::from(eligibility))?.revision(revision))
        })
        .await
}
