//! `GET /v1/refunds/{id}`
use actix_web::get;
use shared::{
    identity::Permission,
    payment::{self, RefundId},
};

use super::view::{self, RefundOut};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Read a refund
///
/// What is given back, who had a hand in it, and what the bank said.
#[utoipa::path(
    operation_id = "getRefund", tag = "payment",
    params(("id" = RefundId, Path, description = "The id of the refund.")),
    responses((status = 200, description = "The refund as it stands now.", body = RefundOut,
        example = json!(view::example()))),
)]
#[get("/refunds/{id}")]
pub async fn handler(caller: Caller, id: Path<RefundId>) -> Answer {
    let ctx = &caller.ctx;
    caller
        .look(Permission::RefundRead, async |conn, actor| {
            let refund = payment::refund(conn, actor, *id).await?;
            let revision = refund.revision;
            let pending = ctx.waiting.of_refund(&refund, ctx.clock.now());
            let expected_at = pending.and_then(|pending| pending.expected_at);
            let shown = RefundOut { expected_at, ..RefundOut::from(refund) };
            Ok(Reply::ok(&shown)?.revision(revision).waiting(pending))
        })
        .await
}
