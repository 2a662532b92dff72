//! `GET /v1/payments/{id}`
use actix_web::get;
use shared::{
    identity::Permission,
    payment::{self, PaymentId},
};

use super::view::{self, PaymentOut};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Read a payment
///
/// One attempt to pay a notice: what was asked of the bank, and what became of it.
#[utoipa::path(
    operation_id = "getPayment", tag = "payment",
    params(("id" = PaymentId, Path, description = "The id of the payment.")),
    responses((status = 200, description = "The payment as it stands now.", body = PaymentOut,
        example = json!(view::example_payment()))),
)]
#[get("/payments/{id}")]
pub async fn handler(caller: Caller, id: Path<PaymentId>) -> Answer {
    let ctx = &caller.ctx;
    caller
        .look(Permission::PaymentRead, async |conn, actor| {
            let payment = payment::payment(conn, actor, *id).await?;
            let pending = ctx.waiting.of_payment(&payment, ctx.clock.now());
            let expected_at = pending.and_then(|pending| pending.expected_at);
            let shown = PaymentOut { expected_at, ..PaymentOut::from(payment) };
            Ok(Reply::ok(&shown)?.waiting(pending))
        })
        .await
}
