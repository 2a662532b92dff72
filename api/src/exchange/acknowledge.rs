//! `POST /v1/exchange/receipts`
use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use shared::{acts, ledger::Tx};

use super::{
    signed,
    view::{self, AcknowledgedOut, Receipts},
};
use crate::{
    Answer, Context,
    body::{Raw, must_be_of_type, parse},
};

/// Bring receipts
///
/// For partner bureaus that fetch their messages: the receipts of what they stored. Only receipts that they signed
/// count; bringing them again changes nothing.
#[utoipa::path(
    operation_id = "bringReceipts", tag = "exchange", security(("bureau_signature" = [])),
    request_body(content = Receipts, example = json!(view::receipts_example())),
    responses((status = 200, description = "How many were believed.", body = AcknowledgedOut,
        example = json!({ "believed": 1 }))),
)]
#[post("/exchange/receipts")]
pub(super) async fn handler(
    ctx: Data<Context>,
    request: HttpRequest,
    body: Raw<{ 4 << 20 }>,
) -> Answer {
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    let caller = signed::caller(&ctx, &mut tx, &request, &body.bytes).await?;
    must_be_of_type(&request, "application/json")?;
    let brought: Receipts = parse(&body.bytes)?;
    let believed = acts::exchange::keep_receipts(&mut tx, &caller, brought.receipts).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().json(AcknowledgedOut { believed }))
}
