use std::sync::LazyLock;

use actix_web::{HttpResponse, get, http::header};

/// Made once; it is more than a megabyte.
static DOCUMENT: LazyLock<String> = LazyLock::new(crate::openapi_json);

/// Read this contract
///
/// The very document that `openapi/openapi.json` of this version is: every operation that this server has, with
/// examples. `/reference/` shows it to people.
#[utoipa::path(
    operation_id = "readContract", tag = "health", security(()),
    responses((status = 200, description = "The contract, as OpenAPI 3.1.", body = serde_json::Value,
        example = json!({ "openapi": "3.1.0", "info": { "title": "Anyport", "version": "1.1.0" } }))),
)]
#[get("/openapi.json")]
pub(super) async fn handler() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .body(DOCUMENT.as_str())
}
