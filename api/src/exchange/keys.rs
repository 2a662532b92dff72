//! `GET /v1/exchange/keys`
use actix_web::{HttpResponse, get, http::header, web::Data};
use shared::exchange::service::partner;

use super::view::{self, KeysOut};
use crate::{Answer, Context};

/// Get our keys
///
/// The public keys of this bureau, oldest first, also those that are over: with them anybody can verify what this
/// bureau ever signed.
#[utoipa::path(
    operation_id = "getBureauKeys", tag = "exchange", security(()),
    responses((status = 200, description = "All keys of this bureau.", body = KeysOut,
        example = json!({ "bureau": "330000", "keys": [view::key_example()] }))),
)]
#[get("/exchange/keys")]
pub(super) async fn handler(ctx: Data<Context>) -> Answer {
    let bureau = ctx.bureaus.keys()?.bureau().to_owned();
    let mut conn = ctx.pool.acquire().await?;
    let keys = partner::keys_of(&mut conn, &bureau).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "public, max-age=60"));
    Ok(response.json(KeysOut { bureau, keys }))
}
