//! `POST /v1/payments/{id}/refunds`
use actix_web::post;
use serde::Deserialize;
use shared::{
    identity::Permission,
    kernel::money::Amount,
    payment::{self, PaymentId, RefundDraft},
};
use utoipa::ToSchema;

use super::view::{self, RefundOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    declaration::out::reason,
    reply::Reply,
};

/// What is to be given back, and why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundIn {
    /// All of the payment, or part of it.
    pub amount: Amount,
    /// In the words of whoever proposes it.
    #[schema(example = "报检单位重复缴费", min_length = 1, max_length = 1000)]
    pub reason: String,
}

/// Propose a refund
///
/// A fee officer of the declaring office proposes to give back all or part of what a payment took. It is a debt in the
/// books from now on; a fee officer and a duty chief, both others, approve it.
#[utoipa::path(
    operation_id = "proposeRefund", tag = "payment",
    params(("id" = PaymentId, Path, description = "The id of the payment.")),
    request_body(content = RefundIn, example = json!({
        "amount": { "amount": "100.00", "currency": "CNY" }, "reason": "计费有误，多收100元"
    })),
    responses((status = 201, description = "The refund, to be approved.", body = RefundOut,
        example = json!(view::example()))),
)]
#[post("/payments/{id}/refunds")]
pub async fn handler(caller: Caller, id: Path<PaymentId>, body: Body<RefundIn>) -> Answer {
    caller
        .act(Permission::RefundPropose, &body, async |tx, actor| {
            let RefundIn { amount, reason: why } = body.value.clone();
            let draft = RefundDraft { amount, reason: reason(&why)?.to_owned() };
            let refund = payment::propose_refund(tx, actor, *id, &draft).await?;
            let (location, revision) = (format!("/v1/refunds/{}", refund.id), refund.revision);
            Ok(Reply::created(&RefundOut::from(refund), location)?.revision(revision))
        })
        .await
}
