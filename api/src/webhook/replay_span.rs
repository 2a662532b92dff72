//! `POST /v1/webhook-endpoints/{id}/replay`
use actix_web::post;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shared::{
    identity::Permission,
    notification::{EndpointId, service::replay},
};
use utoipa::ToSchema;

use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// The span of time that is replayed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookReplayIn)]
pub(super) struct SpanIn {
    /// What happened at or after this moment.
    pub from: DateTime<Utc>,
    /// And before this one.
    pub to: DateTime<Utc>,
}

/// What a replay came to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookReplayed)]
pub(super) struct ReplayedOut {
    /// How many events are on their way (again).
    #[schema(minimum = 0)]
    pub replayed: u64,
}

/// Replay a span of time to a webhook endpoint
///
/// All that happened then is on its way, whether it was told before or not: also what happened while the endpoint was
/// disabled, or was not there yet. At most 10,000 events at a time.
#[utoipa::path(
    operation_id = "replayWebhookSpan", tag = "notification",
    params(("id" = EndpointId, Path, description = "The id of the endpoint.")),
    request_body(content = SpanIn, example = json!({
        "from": "2014-05-11T16:00:00Z", "to": "2014-05-12T16:00:00Z" })),
    responses((status = 200, description = "How many events that are.", body = ReplayedOut,
        example = json!({ "replayed": 17 }))),
)]
#[post("/webhook-endpoints/{id}/replay")]
pub(super) async fn handler(caller: Caller, id: Path<EndpointId>, body: Body<SpanIn>) -> Answer {
    let span = (body.value.from, body.value.to);
    caller
        .act(Permission::WebhookDeliveryReplay, &body, async |tx, actor| {
            let replayed = replay::range(tx, actor, *id, span).await?;
            Ok(Reply::ok(&ReplayedOut { replayed })?)
        })
        .await
}
