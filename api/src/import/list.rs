//! `GET /v1/declaration-imports`
use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::{identity::Permission, import::service};
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{self, ImportOut, ImportPage};
use crate::{Answer, Caller, body::Params, paging, reply::Reply};

/// What the list is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// The `next_cursor` of the page before.
    cursor: Option<Uuid>,
    /// Only those that changed at or after this moment.
    updated_since: Option<DateTime<Utc>>,
}

/// List imports
///
/// Those of the caller's own organisation, newest first.
#[utoipa::path(
    operation_id = "listDeclarationImports", tag = "import", params(ListParams),
    responses((status = 200, description = "A page of the imports asked for.", body = ImportPage,
        example = json!({ "data": [view::example()], "next_cursor": null, "has_more": false }))),
)]
#[get("/declaration-imports")]
pub async fn handler(caller: Caller, params: Params<ListParams>) -> Answer {
    caller
        .look(Permission::ImportRead, async |conn, actor| {
            let page = paging::page(params.limit, params.cursor, params.updated_since);
            let found = service::list(conn, actor, page).await?;
            Ok(Reply::page(found.map(ImportOut::from), |one| one.id.0)?)
        })
        .await
}
