//! `POST /v1/webhook-endpoints/{id}/disable`
use actix_web::post;
use shared::{
    identity::Permission,
    notification::{EndpointId, service::endpoint},
};

use super::view::{self, EndpointOut};
use crate::{
    Answer, Caller,
    body::{NoBody, Path},
};

/// Disable a webhook endpoint
///
/// It is told nothing more. What was on its way waits; what happens meanwhile is in the feed, and can be replayed.
#[utoipa::path(
    operation_id = "disableWebhookEndpoint", tag = "notification",
    params(("id" = EndpointId, Path, description = "The id of the endpoint.")),
    responses((status = 200, description = "The endpoint as it stands now.", body = EndpointOut,
        example = json!(view::example()))),
)]
#[post("/webhook-endpoints/{id}/disable")]
pub(super) async fn handler(caller: Caller, id: Path<EndpointId>, body: NoBody) -> Answer {
    let webhooks = caller.ctx.webhooks.clone();
    caller
        .act(Permission::WebhookEndpointDisable, &body, async |tx, actor| {
            let endpoint = endpoint::disable(tx, actor, *id).await?;
            EndpointOut::reply(endpoint, webhooks.keys.as_ref(), tx.now)
        })
        .await
}
