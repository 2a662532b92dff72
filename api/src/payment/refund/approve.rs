//! `POST /v1/refunds/{id}/approve`
use actix_web::post;
use shared::{
    identity::Permission,
    payment::{self, RefundId},
};

use super::view::{self, RefundOut};
use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    reply::Reply,
};

/// Approve a refund
///
/// Two approve it: a fee officer and a duty chief of the declaring office, neither of whom proposed it. After the second
/// it can be paid out.
#[utoipa::path(
    operation_id = "approveRefund", tag = "payment",
    params(("id" = RefundId, Path, description = "The id of the refund.")),
    responses((status = 200, description = "The refund as it stands now.", body = RefundOut,
        example = json!(view::example()))),
)]
#[post("/refunds/{id}/approve")]
pub async fn handler(caller: Caller, id: Path<RefundId>, body: NoBody) -> Answer {
    caller
        .act(Permission::RefundApprove, &body, async |tx, actor| {
            let refund = payment::approve_refund(tx, actor, *id).await?;
            let revision = refund.revision;
            Ok(Reply::ok(&RefundOut::from(refund))?.revision(revision))
        })
        .await
}
