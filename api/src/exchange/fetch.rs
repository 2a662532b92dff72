//! `GET /v1/exchange/messages`
use actix_web::{HttpRequest, HttpResponse, get, http::header, web::Data};
use shared::{exchange::service::outbox, ledger::Tx};

use super::{
    signed,
    view::{self, Messages},
};
use crate::{Answer, Context};

/// Fetch messages
///
/// For partner bureaus that cannot be called. The oldest messages that wait for them, a hundred at most; they are
/// handed out again until their receipts are brought.
#[utoipa::path(
    operation_id = "fetchMessages", tag = "exchange", security(("bureau_signature" = [])),
    responses((status = 200, description = "What waits for the caller, oldest first.", body = Messages,
        example = json!(view::messages_example()))),
)]
#[get("/exchange/messages")]
pub(super) async fn handler(ctx: Data<Context>, request: HttpRequest) -> Answer {
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    let caller = signed::caller(&ctx, &mut tx, &request, b"").await?;
    let messages = outbox::fetch(&mut tx, ctx.bureaus.keys()?, &caller).await?;
    tx.commit().await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(response.json(Messages { messages }))
}
