//! `GET /v1/worklists/handoffs-in` and `/v1/worklists/handoffs-out`
use actix_web::get;
use shared::{handoff::service, identity::Permission};

use super::view::{self, HandoffOut, HandoffPage};
use crate::{Answer, Caller, body::Params, paging::PageParams, reply::Reply};

/// List handoffs coming in
///
/// What other offices offer to the caller's office and nobody has answered yet.
#[utoipa::path(
    operation_id = "listHandoffsIn", tag = "work",
    params(PageParams),
    responses((status = 200, description = "What is offered to us.", body = HandoffPage,
        example = json!(view::example_page()))),
)]
#[get("/worklists/handoffs-in")]
pub async fn coming_in(caller: Caller, params: Params<PageParams>) -> Answer {
    caller
        .look(Permission::WorkRead, async |conn, actor| {
            let found = service::coming_in(conn, actor, params.page()).await?;
            Ok(Reply::page(found.map(HandoffOut::from), |one| one.id.0)?)
        })
        .await
}

/// List handoffs going out
///
/// What the caller's office offered and nobody took: still open, refused, or expired. The last two wait for the
/// duty chief.
#[utoipa::path(
    operation_id = "listHandoffsOut", tag = "work",
    params(PageParams),
    responses((status = 200, description = "The handoffs that our office offered.", body = HandoffPage,
        example = json!(view::example_page()))),
)]
#[get("/worklists/handoffs-out")]
pub async fn going_out(caller: Caller, params: Params<PageParams>) -> Answer {
    caller
        .look(Permission::WorkRead, async |conn, actor| {
            let found = service::going_out(conn, actor, params.page()).await?;
            Ok(Reply::page(found.map(HandoffOut::from), |one| one.id.0)?)
        })
        .await
}
