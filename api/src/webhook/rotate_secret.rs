//! `POST /v1/webhook-endpoints/{id}/rotate-secret`
use actix_web::post;
use chrono::Duration;
use serde::Deserialize;
use shared::{
    identity::Permission,
    notification::{EndpointId, service::endpoint},
};
use utoipa::ToSchema;

use super::view::{self, IssuedOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
};

/// For how long the secret before is good as well.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RotateWebhookSecretIn)]
pub(super) struct RotateIn {
    /// For so many hours the secret before signs as well, 0 to 168; 24 where not said.
    #[schema(minimum = 0, maximum = 168)]
    pub overlap_hours: Option<i32>,
}

/// Rotate the secret of a webhook endpoint
///
/// A new secret and a new key pair. Until the overlap is over every message carries the signatures of both, so that the
/// receiver can change over when it likes.
#[utoipa::path(
    operation_id = "rotateWebhookSecret", tag = "notification",
    params(("id" = EndpointId, Path, description = "The id of the endpoint.")),
    request_body(content = RotateIn, example = json!({ "overlap_hours": 24 })),
    responses((status = 200, description = "The endpoint and its new secret.", body = IssuedOut,
        example = json!(view::issued_example()))),
)]
#[post("/webhook-endpoints/{id}/rotate-secret")]
pub(super) async fn handler(caller: Caller, id: Path<EndpointId>, body: Body<RotateIn>) -> Answer {
    let webhooks = caller.ctx.webhooks.clone();
    let overlap = Duration::hours(body.value.overlap_hours.unwrap_or(24).into());
    caller
        .act(Permission::WebhookEndpointRotateSecret, &body, async |tx, actor| {
            let keys = webhooks.keys()?;
            let with = (keys.newest(), overlap);
            let endpoint = endpoint::rotate(tx, actor, *id, with).await?;
            IssuedOut::reply(endpoint, keys, tx.now)
        })
        .await
}
