use actix_web::post;
use shared::identity::{EligibilityId, Permission, service::eligibility};

use crate::{
    Answer, Caller,
    body::{Body, Path},
    identity::view::eligibility::{EligibilityOut, ReasonIn},
    reply::Reply,
};

/// Remove an eligibility
///
/// Strikes a suspended enterprise off; it may apply again. It takes a duty chief and another officer: the first
/// call proposes, the second person's call does it.
#[utoipa::path(
    operation_id = "removeEligibility",
    tag = "identity",
    params(("id" = EligibilityId, Path, description = "The id of the eligibility.")),
    request_body(content = ReasonIn, example = json!(ReasonIn::example())),
    responses((status = 200, description = "The eligibility: proposed for removal, or removed.", body = EligibilityOut, example = json!(EligibilityOut::example()))),
)]
#[post("/eligibilities/{id}/remove")]
pub(crate) async fn handler(
    caller: Caller,
    id: Path<EligibilityId>,
    body: Body<ReasonIn>,
) -> Answer {
    caller
        .act(Permission::EligibilityRemove, &body, async |tx, actor| {
            let eligibility = eligibility::remove(tx, actor, *id, body.parse()?).await?;
            let revision = eligibility.revision();
            Ok(Reply::ok(&EligibilityOut::from(eligibility))?.revision(revision))
        })
        .await
}
