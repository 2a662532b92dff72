//! `POST /v1/payments/{id}/receipt`
use actix_web::post;
use shared::{
    identity::Permission,
    payment::{self, PaymentId},
};

use super::view::{self, ReceiptOut};
use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    reply::Reply,
};

/// Print a receipt
///
/// A cashier of the declaring office prints the fiscal voucher (财政票据) of a payment, whatever its channel. It gets the
/// next number of the office and year; printed again it keeps its number, and the prints are counted.
#[utoipa::path(
    operation_id = "printReceipt", tag = "payment",
    params(("id" = PaymentId, Path, description = "The id of the payment.")),
    responses((status = 200, description = "The receipt, printed once more.", body = ReceiptOut,
        example = json!(view::example_receipt()))),
)]
#[post("/payments/{id}/receipt")]
pub async fn handler(caller: Caller, id: Path<PaymentId>, body: NoBody) -> Answer {
    caller
        .act(Permission::ReceiptPrint, &body, async |tx, actor| {
            Ok(Reply::ok(&ReceiptOut::from(payment::print_receipt(tx, actor, *id).await?))?)
        })
        .await
}
