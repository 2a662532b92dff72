//! `POST /v1/webhook-endpoints/{id}/enable`
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

/// Enable a webhook endpoint
///
/// It is challenged at once, and active when it has met the challenge. What waited for it then goes on.
#[utoipa::path(
    operation_id = "enableWebhookEndpoint", tag = "notification",
    params(("id" = EndpointId, Path, description = "The id of the endpoint.")),
    responses((status = 200, description = "The endpoint as it stands now.", body = EndpointOut,
        example = json!(view::example()))),
)]
#[post("/webhook-endpoints/{id}/enable")]
pub(super) async fn handler(caller: Caller, id: Path<EndpointId>, body: NoBody) -> Answer {
    let webhooks = caller.ctx.webhooks.clone();
    caller
        .act(Permission::WebhookEndpointEnable, &body, async |tx, actor| {
            let endpoint = endpoint::enable(tx, actor, *id).await?;
            EndpointOut::reply(endpoint, webhooks.keys.as_ref(), tx.now)
        })
        .await
}
