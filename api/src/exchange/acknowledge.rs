//! `POST /v1/exchange/receipts`
use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use shared::{acts, exchange::Receipt, kernel::Violations, ledger::Tx};

use super::{
    signed,
    view::{self, AcknowledgedOut, Receipts},
};
use crate::{
    Answer, Context,
    body::{Raw, must_be_of_type, parse},
    problem::Problem,
};

/// How many receipts one call may carry: each of them costs a signature.
const MOST: usize = 1000;

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
    let receipts = read(&body.bytes)?;
    let own = ctx.bureaus.keys()?.bureau();
    let believed = acts::exchange::keep_receipts(&mut tx, own, &caller, receipts).await?;
    tx.commit().await?;
    Ok(HttpResponse::Ok().json(AcknowledgedOut { believed }))
}

/// All receipts of a call.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Receipt>, Problem> {
    let Receipts { receipts } = parse(bytes)?;
    if receipts.len() > MOST {
        let mut errors = Violations::default();
        let (zh, en) = ("每次最多1000份回执", "a call carries 1,000 receipts at most");
        errors.error("/receipts", "receipt-count", zh, en);
        return Err(Problem::malformed(errors));
    }
    Ok(receipts)
}
