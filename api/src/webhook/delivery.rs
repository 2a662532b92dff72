//! `GET /v1/webhook-endpoints/{id}/deliveries/{event_id}`
use actix_web::get;
use shared::{
    identity::Permission,
    notification::{EndpointId, service::delivery},
};
use uuid::Uuid;

use super::view::{self, LogOut};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Get a delivery to a webhook endpoint
///
/// With every attempt: when it was made, how long the answer took, and what it was.
#[utoipa::path(
    operation_id = "getWebhookDelivery", tag = "notification",
    params(
        ("id" = EndpointId, Path, description = "The id of the endpoint."),
        ("event_id" = Uuid, Path, description = "The id of the event: the `webhook-id`."),
    ),
    responses((status = 200, description = "The delivery and its attempts.", body = LogOut,
        example = json!(view::log_example()))),
)]
#[get("/webhook-endpoints/{id}/deliveries/{event_id}")]
pub(super) async fn handler(caller: Caller, path: Path<(EndpointId, Uuid)>) -> Answer {
    caller
        .look(Permission::WebhookEndpointRead, async |conn, actor| {
            Ok(Reply::ok(&LogOut::from(delivery::get(conn, actor, *path).await?))?)
        })
        .await
}
