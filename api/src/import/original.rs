//! `GET /v1/declaration-imports/{id}/original`
use actix_web::get;
use shared::{
    identity::Permission,
    import::{Format, ImportId, service},
};
use utoipa::ToSchema;

use crate::{Answer, Caller, body::Path, reply::Download};

/// A file, byte by byte as it came.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary, max_length = 20_971_520)]
#[expect(dead_code, reason = "the contract describes it, the wire carries bytes")]
struct OriginalFile(Vec<u8>);

/// Get the file of an import
///
/// Byte by byte as it was brought; its SHA-256 stands in the import.
#[utoipa::path(
    operation_id = "getDeclarationImportOriginal", tag = "import",
    params(("id" = ImportId, Path, description = "The id of the import.")),
    responses((status = 200, description = "The file, byte by byte as it came.", content(
        (OriginalFile = "application/octet-stream", example = json!("ZW50X2RlY2xfbm8K")),
    ))),
)]
#[get("/declaration-imports/{id}/original")]
pub async fn handler(caller: Caller, id: Path<ImportId>) -> Answer {
    caller
        .download(Permission::ImportRead, async |conn, actor| {
            let (import, bytes) = service::original(conn, actor, *id).await?;
            let extension = match import.format {
                Format::Csv => "csv",
                Format::Xlsx => "xlsx",
                Format::Ndjson => "ndjson",
            };
            // Never shown by a browser as what somebody else said that it is.
            let content_type = "application/octet-stream";
            Ok(Download { content_type, name: format!("import-{}.{extension}", import.id), bytes })
        })
        .await
}
