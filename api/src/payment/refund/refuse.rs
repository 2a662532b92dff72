//! `POST /v1/refunds/{id}/refuse`
use actix_web::post;
use shared::{
    identity::Permission,
    payment::{self, RefundId},
};

use super::view::{self, RefundOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    declaration::out::ReasonIn,
    reply::Reply,
};

/// Refuse a refund
///
/// A proposal that is not approved yet is refused, with a reason: the money stays. What is owed by a rule cannot be
/// refused.
#[utoipa::path(
    operation_id = "refuseRefund", tag = "payment",
    params(("id" = RefundId, Path, description = "The id of the refund.")),
    request_body(content = ReasonIn, example = json!({ "reason": "收费无误" })),
    responses((status = 200, description = "The refund, refused.", body = RefundOut,
        example = json!(view::example()))),
)]
#[post("/refunds/{id}/refuse")]
pub async fn handler(caller: Caller, id: Path<RefundId>, body: Body<ReasonIn>) -> Answer {
    caller
        .act(Permission::RefundRefuse, &body, async |tx, actor| {
            let refund = payment::refuse_refund(tx, actor, *id, body.checked()?).await?;
            let revision = refund.revision;
            Ok(Reply::ok(&RefundOut::from(refund))?.revision(revision))
        })
        .await
}
