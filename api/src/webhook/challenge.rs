//! `POST /v1/webhook-endpoints/{id}/challenge`
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

/// Challenge a webhook endpoint
///
/// Its address is sent a signed message of type `webhook.challenge` and has to say `data.challenge` back in its answer; then it
/// is active. The answer here does not wait for that: read the endpoint again.
#[utoipa::path(
    operation_id = "challengeWebhookEndpoint", tag = "notification",
    params(("id" = EndpointId, Path, description = "The id of the endpoint.")),
    responses((status = 200, description = "The endpoint as it stands now.", body = EndpointOut,
        example = json!(view::example()))),
)]
#[post("/webhook-endpoints/{id}/challenge")]
pub(super) async fn handler(caller: Caller, id: Path<EndpointId>, body: NoBody) -> Answer {
    let webhooks = caller.ctx.webhooks.clone();
    caller
        .act(Permission::WebhookEndpointChallenge, &body, async |tx, actor| {
            let endpoint = endpoint::challenge(tx, actor, *id).await?;
            EndpointOut::reply(endpoint, webhooks.keys.as_ref(), tx.now)
        })
        .await
}
