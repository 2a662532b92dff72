//! `POST /v1/webhook-endpoints`
use actix_web::post;
use shared::{identity::Permission, notification::service::endpoint};

use super::view::{self, EndpointIn, IssuedOut};
use crate::{Answer, Caller, body::Body};

/// Register a webhook endpoint
///
/// Its secret is in this answer and nowhere else. It is told nothing before it has met a challenge: `POST …/challenge`.
#[utoipa::path(
    operation_id = "registerWebhookEndpoint", tag = "notification",
    request_body(content = EndpointIn, example = json!(view::input_example())),
    responses((status = 201, description = "The endpoint and its secret.", body = IssuedOut,
        example = json!(view::issued_example()))),
)]
#[post("/webhook-endpoints")]
pub(super) async fn handler(caller: Caller, body: Body<EndpointIn>) -> Answer {
    let webhooks = caller.ctx.webhooks.clone();
    caller
        .act(Permission::WebhookEndpointRegister, &body, async |tx, actor| {
            let keys = webhooks.keys()?;
            let rules = (webhooks.guard, keys.newest());
            let input = body.value.clone().into();
            let endpoint = endpoint::register(tx, actor, rules, input).await?;
            IssuedOut::reply(endpoint, keys, tx.now)
        })
        .await
}
