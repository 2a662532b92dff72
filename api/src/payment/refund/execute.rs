//! `POST /v1/refunds/{id}/execute`
use actix_web::post;
use serde::Deserialize;
use shared::{
    identity::Permission,
    payment::{self, RefundId},
};
use utoipa::ToSchema;

use super::view::{self, RefundOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// How the refund is paid out.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayOutIn {
    /// By card or cheque: the number of the slip, or of the office's cheque.
    #[serde(default)]
    #[schema(example = "004513", min_length = 1, max_length = 40)]
    pub slip_no: Option<String>,
}

/// Pay a refund out
///
/// A cashier of the declaring office, who did not approve it, lets the money go back by the channel through which it
/// came. By bank it is ordered once; read the refund to see what became of it. By hand it is paid in an open shift.
#[utoipa::path(
    operation_id = "executeRefund", tag = "payment",
    params(("id" = RefundId, Path, description = "The id of the refund.")),
    request_body(content = PayOutIn, example = json!({})),
    responses((status = 200, description = "The refund as it stands now.", body = RefundOut,
        example = json!(view::example()))),
)]
#[post("/refunds/{id}/execute")]
pub async fn handler(caller: Caller, id: Path<RefundId>, body: Body<PayOutIn>) -> Answer {
    caller
        .act(Permission::RefundExecute, &body, async |tx, actor| {
            let refund =
                payment::execute_refund(tx, actor, *id, body.value.slip_no.as_deref()).await?;
            let revision = refund.revision;
            Ok(Reply::ok(&RefundOut::from(refund))?.revision(revision))
        })
        .await
}
