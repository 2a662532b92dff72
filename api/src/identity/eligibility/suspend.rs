use actix_web::post;
use shared::identity::{EligibilityId, Permission, service::eligibility};

use crate::{
    Answer, Caller,
    body::{Body, Path},
    identity::view::eligibility::{EligibilityOut, ReasonIn},
    reply::Reply,
};

/// Suspend an eligibility
///
/// It takes a duty chief and another officer: the first call proposes, the second person's call does it.
#[utoipa::path(
    operation_id = "suspendEligibility",
    tag = "identity",
    params(("id" = EligibilityId, Path, description = "The id of the eligibility.")),
    request_body(content = ReasonIn, example = json!(ReasonIn::example())),
    responses((status = 200, description = "The eligibility: proposed for suspension, or suspended.", body = EligibilityOut, example = json!(EligibilityOut::example()))),
)]
#[post("/eligibilities/{id}/suspend")]
pub(crate) async fn handler(
    caller: Caller,
    id: Path<EligibilityId>,
    body: Body<ReasonIn>,
) -> Answer {
    caller
        .act(Permission::EligibilitySuspend, &body, async |tx, actor| {
            let eligibility = eligibility::suspend(tx, actor, *id, body.parse()?).await?;
            let revision = eligibility.revision();
            Ok(Reply::ok(&EligibilityOut::from(eligibility))?.revision(revision))
        })
        .await
}
