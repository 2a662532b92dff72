//! `GET /v1/webhook-endpoints/{id}`
use actix_web::get;
use shared::{
    identity::Permission,
    notification::{EndpointId, service::endpoint},
};

use super::view::{self, EndpointOut};
use crate::{Answer, Caller, body::Path};

/// Get a webhook endpoint
///
/// Where it is, what it is told, and how that goes.
#[utoipa::path(
    operation_id = "getWebhookEndpoint", tag = "notification",
    params(("id" = EndpointId, Path, description = "The id of the endpoint.")),
    responses((status = 200, description = "The endpoint as it stands now.", body = EndpointOut,
        example = json!(view::example()))),
)]
#[get("/webhook-endpoints/{id}")]
pub(super) async fn handler(caller: Caller, id: Path<EndpointId>) -> Answer {
    let (keys, now) = (caller.ctx.webhooks.keys.as_ref(), caller.ctx.clock.now());
    caller
        .look(Permission::WebhookEndpointRead, async |conn, actor| {
            let endpoint = endpoint::get(conn, actor, *id).await?;
            EndpointOut::reply(endpoint, keys, now)
        })
        .await
}
