//! `GET /v1/test/openapi.json`
use std::sync::LazyLock;

use actix_web::get;
use serde_json::Value;
use shared::identity::Permission;

use crate::{Answer, Caller, reply::Reply};

static DOCUMENT: LazyLock<Value> = LazyLock::new(crate::rehearsed);

/// Read the contract of the test operations
///
/// An `OpenAPI` document of what exists in test mode only, and is not in the published contract.
#[utoipa::path(
    operation_id = "getTestContract", tag = "test",
    responses((status = 200, description = "The document.", body = Object,
        example = json!({ "openapi": "3.1.0" }))),
)]
#[get("/test/openapi.json")]
pub async fn handler(caller: Caller) -> Answer {
    caller.look(Permission::TestPlay, async |_, _| Ok(Reply::ok(&*DOCUMENT)?)).await
}
