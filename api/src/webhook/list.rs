//! `GET /v1/webhook-endpoints`
use actix_web::get;
use shared::{identity::Permission, notification::service::endpoint};

use super::view::{self, EndpointOut, EndpointPage};
use crate::{Answer, Caller, body::Params, paging::PageParams, reply::Reply};

/// List webhook endpoints
///
/// Those of the client that asks, newest first.
#[utoipa::path(
    operation_id = "listWebhookEndpoints", tag = "notification", params(PageParams),
    responses((status = 200, description = "A page of endpoints.", body = EndpointPage,
        example = json!({ "data": [view::example()], "next_cursor": null, "has_more": false }))),
)]
#[get("/webhook-endpoints")]
pub(super) async fn handler(caller: Caller, params: Params<PageParams>) -> Answer {
    let (keys, now) = (caller.ctx.webhooks.keys.as_ref(), caller.ctx.clock.now());
    caller
        .look(Permission::WebhookEndpointRead, async |conn, actor| {
            let page = endpoint::list(conn, actor, params.page()).await?;
            let page = page.map(|endpoint| EndpointOut::of(endpoint, keys, now));
            Ok(Reply::page(page, |endpoint| endpoint.id.0)?)
        })
        .await
}
