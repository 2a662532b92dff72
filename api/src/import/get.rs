//! `GET /v1/declaration-imports/{id}`
use actix_web::get;
use shared::{
    identity::Permission,
    import::{ImportId, service},
};

use super::view::{self, ImportOut};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Get an import
///
/// How far it is: percent, counts of what became of its declarations, and when it will be done by the pace so far.
#[utoipa::path(
    operation_id = "getDeclarationImport", tag = "import",
    params(("id" = ImportId, Path, description = "The id of the import.")),
    responses((status = 200, description = "The import as it stands.", body = ImportOut,
        example = json!(view::example()))),
)]
#[get("/declaration-imports/{id}")]
pub async fn handler(caller: Caller, id: Path<ImportId>) -> Answer {
    caller
        .look(Permission::ImportRead, async |conn, actor| {
            Ok(Reply::ok(&ImportOut::from(service::read(conn, actor, *id).await?))?)
        })
        .await
}
