//! `POST /v1/refunds/{id}/execute`
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

/// Pay a refund out
///
/// A cashier of the declaring office, who did not approve it, lets the money go back by the channel through which it
/// came. By bank it is ordered once; read the refund to see what became of it.
#[utoipa::path(
    operation_id = "executeRefund", tag = "payment",
    params(("id" = RefundId, Path, description = "The id of the refund.")),
    responses((status = 200, description = "The refund as it stands now.", body = RefundOut,
        example = json!(view::example()))),
)]
#[post("/refunds/{id}/execute")]
pub async fn handler(caller: Caller, id: Path<RefundId>, body: NoBody) -> Answer {
    caller
        .act(Permission::RefundExecute, &body, async |tx, actor| {
            let refund = payment::execute_refund(tx, actor, *id).await?;
            let revision = refund.revision;
            Ok(Reply::ok(&RefundOut::from(refund))?.revision(revision))
        })
        .await
}
