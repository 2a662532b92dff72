use actix_web::get;
use shared::identity::{EligibilityId, Permission, service::eligibility};

use crate::{
    Answer, Caller, body::Path, identity::view::eligibility::EligibilityOut, reply::Reply,
};

/// Read an eligibility
///
/// An enterprise reads its own, the bureau all.
#[utoipa::path(
    operation_id = "getEligibility",
    tag = "identity",
    params(("id" = EligibilityId, Path, description = "The id of the eligibility.")),
    responses((status = 200, description = "The eligibility as it stands now.", body = EligibilityOut, example = json!(EligibilityOut::example()))),
)]
#[get("/eligibilities/{id}")]
pub(crate) async fn handler(caller: Caller, id: Path<EligibilityId>) -> Answer {
    caller
        .look(Permission::EligibilityRead, async |conn, actor| {
            let eligibility = eligibility::get(conn, actor, *id).await?;
            let revision = eligibility.revision();
            Ok(Reply::ok(&EligibilityOut::from(eligibility))?.revision(revision))
        })
        .await
}
