use actix_web::post;
use shared::{
    acts,
    identity::{EligibilityId, Permission},
};

use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    identity::view::eligibility::EligibilityOut,
    reply::Reply,
};

/// Reinstate an eligibility
///
/// When every condition holds again. It takes a duty chief and another officer: the first call proposes, the
/// second person's call does it.
#[utoipa::path(
    operation_id = "reinstateEligibility",
    tag = "identity",
    params(("id" = EligibilityId, Path, description = "The id of the eligibility.")),
    responses((status = 200, description = "The eligibility: proposed for reinstatement, or reinstated.", body = EligibilityOut, example = json!(EligibilityOut::example()))),
)]
#[post("/eligibilities/{id}/reinstate")]
pub(crate) async fn handler(caller: Caller, id: Path<EligibilityId>, body: NoBody) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::EligibilityReinstate, &body, async |tx, actor| {
            let eligibility = acts::reinstate_eligibility(tx, &desk.books, actor, *id).await?;
            let revision = eligibility.revision();
            Ok(Reply::ok(&EligibilityOut::from(eligibility))?.revision(revision))
        })
        .await
}
