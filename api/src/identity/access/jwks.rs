use actix_web::{HttpResponse, get, web::Data};

use super::public;
use crate::{Context, identity::token::Jwks};

/// Read the public keys
///
/// The Ed25519 keys that access tokens are signed with (RFC 7517, RFC 8037). A new key appears here before the
/// first token is signed with it.
#[utoipa::path(
    operation_id = "readKeys",
    tag = "identity",
    security(()),
    responses((
        status = 200,
        description = "All keys that tokens in use may be signed with.",
        body = Jwks,
        example = json!(Jwks::example()),
    )),
)]
#[get("/.well-known/jwks.json")]
pub(crate) async fn handler(ctx: Data<Context>) -> HttpResponse {
    public(&ctx.tokens.jwks())
}
