//! `GET /v1/exchange/messages/{id}`
use actix_web::{HttpRequest, HttpResponse, get, http::header, web::Data};
use shared::exchange::{MessageId, service::inbox};

use super::{
    signed,
    view::{self, MessageOut},
};
use crate::{Answer, Context, body::Path};

/// See what became of a message
///
/// For the partner bureau that sent it: whether it took effect, and what it brought about, item by item.
#[utoipa::path(
    operation_id = "showMessage", tag = "exchange", security(("bureau_signature" = [])),
    params(("id" = MessageId, Path, description = "The id that its sender gave it.")),
    responses((status = 200, description = "The message as it stands now.", body = MessageOut,
        example = json!(view::message_example()))),
)]
#[get("/exchange/messages/{id}")]
pub(super) async fn handler(
    ctx: Data<Context>,
    request: HttpRequest,
    id: Path<MessageId>,
) -> Answer {
    let mut conn = ctx.pool.acquire().await?;
    let caller = signed::caller(&ctx, &mut conn, &request, b"").await?;
    let record = inbox::received(&mut conn, &caller, *id).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(response.json(MessageOut::from(record)))
}
