use actix_web::{HttpResponse, get, web::Data};

use super::public;
use crate::{Context, identity::view::access::MetadataOut};

/// Read where tokens come from
///
/// The authorization server's metadata (RFC 8414): the token endpoint, the keys, and how clients prove themselves.
#[utoipa::path(
    operation_id = "readAuthorizationServer",
    tag = "identity",
    security(()),
    responses((
        status = 200,
        description = "The metadata of the authorization server.",
        body = MetadataOut,
        example = json!(MetadataOut::example()),
    )),
)]
#[get("/.well-known/oauth-authorization-server")]
pub(crate) async fn handler(ctx: Data<Context>) -> HttpResponse {
    public(&MetadataOut::of(ctx.tokens.issuer()))
}
