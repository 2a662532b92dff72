//! `GET /v1/worklists/amendments`
use actix_web::get;
use shared::{declaration::service, identity::Permission};

use super::view::{self, AmendmentOut, AmendmentPage};
use crate::{Answer, Caller, body::Params, paging::PageParams, reply::Reply};

/// List amendments due
///
/// Wishes to amend that wait for an acceptance officer of the caller's office, first come first.
#[utoipa::path(
    operation_id = "listAmendmentsDue", tag = "work",
    params(PageParams),
    responses((status = 200, description = "What waits for a decision.", body = AmendmentPage,
        example = json!({ "data": [view::example()], "next_cursor": null, "has_more": false }))),
)]
#[get("/worklists/amendments")]
pub async fn handler(caller: Caller, params: Params<PageParams>) -> Answer {
    caller
        .look(Permission::WorkRead, async |conn, actor| {
            let found = service::amendments_waiting(conn, actor, params.page()).await?;
            Ok(Reply::page(found.map(AmendmentOut::from), |one| one.id.0)?)
        })
        .await
}
