//! `POST /v1/declaration-imports/{id}/cancel`
use actix_web::post;
use shared::{
    identity::Permission,
    import::{ImportId, service},
};

use super::view::{self, ImportOut};
use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    reply::Reply,
};

/// Cancel an import
///
/// No more of its declarations are filed. What was filed stays filed, and is told by its result.
#[utoipa::path(
    operation_id = "cancelDeclarationImport", tag = "import",
    params(("id" = ImportId, Path, description = "The id of the import.")),
    responses((status = 200, description = "The import, cancelled.", body = ImportOut,
        example = json!(view::example()))),
)]
#[post("/declaration-imports/{id}/cancel")]
pub async fn handler(caller: Caller, id: Path<ImportId>, body: NoBody) -> Answer {
    caller
        .act(Permission::ImportCancel, &body, async |tx, actor| {
            Ok(Reply::ok(&ImportOut::from(service::cancel(tx, actor, *id).await?))?)
        })
        .await
}
