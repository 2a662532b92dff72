//! `GET /v1/reference`
use actix_web::get;
use shared::{identity::Permission, reference::LAYOUTS};

use super::view::{self, ReferenceBookOut, ReferenceBookPage};
use crate::{Answer, Caller, reply::Reply};

/// List reference tables
///
/// Which tables there are, what their columns mean and what may stand in them.
#[utoipa::path(
    operation_id = "listReferenceBooks", tag = "reference",
    responses((status = 200, description = "All tables, by name.", body = ReferenceBookPage,
        example = json!(view::example_books()))),
)]
#[get("/reference")]
pub async fn handler(caller: Caller) -> Answer {
    caller
        .look(Permission::ReferenceRead, async |_, _| {
            let data = LAYOUTS.iter().map(ReferenceBookOut::from).collect();
            Ok(Reply::ok(&ReferenceBookPage { data, next_cursor: None, has_more: false })?)
        })
        .await
}
