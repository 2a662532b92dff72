//! `POST /v1/webhook-endpoints/{id}/change`
use actix_web::post;
use shared::{
    identity::Permission,
    notification::{EndpointId, service::endpoint},
};

use super::view::{self, EndpointIn, EndpointOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
};

/// Change a webhook endpoint
///
/// All three of address, description and types, as they shall be. Another address has to meet a challenge before it is
/// told anything; secret and key stay.
#[utoipa::path(
    operation_id = "changeWebhookEndpoint", tag = "notification",
    params(("id" = EndpointId, Path, description = "The id of the endpoint.")),
    request_body(content = EndpointIn, example = json!(view::input_example())),
    responses((status = 200, description = "The endpoint as it stands now.", body = EndpointOut,
        example = json!(view::example()))),
)]
#[post("/webhook-endpoints/{id}/change")]
pub(super) async fn handler(
    caller: Caller,
    id: Path<EndpointId>,
    body: Body<EndpointIn>,
) -> Answer {
    let webhooks = caller.ctx.webhooks.clone();
    caller
        .act(Permission::WebhookEndpointChange, &body, async |tx, actor| {
            let input = body.value.clone().into();
            let endpoint = endpoint::change(tx, actor, *id, webhooks.guard, input).await?;
            EndpointOut::reply(endpoint, webhooks.keys.as_ref(), tx.now)
        })
        .await
}
