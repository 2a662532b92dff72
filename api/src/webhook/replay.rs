//! `POST /v1/webhook-endpoints/{id}/deliveries/{event_id}/replay`
use actix_web::post;
use shared::{
    identity::Permission,
    notification::{
        EndpointId,
        service::{delivery, replay},
    },
};
use uuid::Uuid;

use super::view::{self, LogOut};
use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    reply::Reply,
};

/// Replay a delivery to a webhook endpoint
///
/// It is on its way again at once, from the beginning of the schedule and under the same `webhook-id`.
#[utoipa::path(
    operation_id = "replayWebhookDelivery", tag = "notification",
    params(
        ("id" = EndpointId, Path, description = "The id of the endpoint."),
        ("event_id" = Uuid, Path, description = "The id of the event: the `webhook-id`."),
    ),
    responses((status = 200, description = "The delivery as it stands now.", body = LogOut,
        example = json!(view::log_example()))),
)]
#[post("/webhook-endpoints/{id}/deliveries/{event_id}/replay")]
pub(super) async fn handler(
    caller: Caller,
    path: Path<(EndpointId, Uuid)>,
    body: NoBody,
) -> Answer {
    caller
        .act(Permission::WebhookDeliveryReplay, &body, async |tx, actor| {
            replay::one(tx, actor, *path).await?;
            Ok(Reply::ok(&LogOut::from(delivery::get(tx, actor, *path).await?))?)
        })
        .await
}
