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

/// Approve an application
///
/// The enterprise may declare anywhere from today. Refused while a condition does not hold; the answer tells all
/// of those at once: registered for a year, credit class B or better, commitments signed, no fee overdue for more
/// than 30 days, no serious notice of non-conformity open.
#[utoipa::path(
    operation_id = "approveEligibility",
    tag = "identity",
    params(("id" = EligibilityId, Path, description = "The id of the eligibility.")),
    responses((status = 200, description = "The eligibility as it stands now.", body = EligibilityOut, example = json!(EligibilityOut::example()))),
)]
#[post("/eligibilities/{id}/approve")]
pub(crate) async fn handler(caller: Caller, id: Path<EligibilityId>, body: NoBody) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::EligibilityApprove, &body, async |tx, actor| {
            let eligibility = acts::approve_eligibility(tx, &desk.books, actor, *id).await?;
            let revision = eligibility.revision();
            Ok(Reply::ok(&EligibilityOut::from(eligibility))?.revision(revision))
        })
        .await
}
