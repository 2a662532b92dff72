//! `GET /v1/receipts/{id}`
use actix_web::get;
use shared::{
    identity::Permission,
    payment::{self, PaymentId},
};

use super::view::{self, ReceiptOut};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Read a receipt
///
/// The number of the fiscal voucher of a payment, and how often it was printed.
#[utoipa::path(
    operation_id = "getReceipt", tag = "payment",
    params(("id" = PaymentId, Path, description = "The id of the payment.")),
    responses((status = 200, description = "The receipt that was asked for.", body = ReceiptOut,
        example = json!(view::example_receipt()))),
)]
#[get("/receipts/{id}")]
pub async fn handler(caller: Caller, id: Path<PaymentId>) -> Answer {
    caller
        .look(Permission::ReceiptRead, async |conn, actor| {
            Ok(Reply::ok(&ReceiptOut::from(payment::receipt(conn, actor, *id).await?))?)
        })
        .await
}
