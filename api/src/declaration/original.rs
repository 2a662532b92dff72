//! `GET /v1/declarations/{id}/original`
use actix_web::get;
use shared::{
    declaration::{DeclarationId, service},
    identity::Permission,
    import,
};
use utoipa::ToSchema;

use crate::{Answer, Caller, body::Path, reply::Download};

/// A message, byte by byte as it came.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary, max_length = 2_097_152)]
#[expect(dead_code, reason = "the contract describes it, the wire carries bytes")]
struct OriginalMessage(Vec<u8>);

/// Get the original of a declaration
///
/// The message out of which it was read, byte by byte; nothing where it came as JSON or in a table.
#[utoipa::path(
    operation_id = "getDeclarationOriginal", tag = "declaration",
    params(("id" = DeclarationId, Path, description = "The id of the declaration.")),
    responses((status = 200, description = "The message, byte by byte as it came.", content(
        (OriginalMessage = "application/octet-stream", example = json!("PE9CT1JNZXNzYWdlLz4=")),
    ))),
)]
#[get("/declarations/{id}/original")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>) -> Answer {
    caller
        .download(Permission::DeclarationRead, async |conn, actor| {
            service::read(conn, actor, *id).await?;
            let original = import::service::original_of(conn, *id).await?;
            // Never shown by a browser as what somebody else said that it is.
            let content_type = "application/octet-stream";
            Ok(Download { content_type, name: format!("{}.xml", *id), bytes: original.bytes })
        })
        .await
}
