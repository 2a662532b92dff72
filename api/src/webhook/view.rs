//! Endpoints and deliveries as the wire shows them.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    kernel::Failure,
    notification::{
        Attempt, Delivery, DeliveryState, DisabledBecause, Endpoint, EndpointId, EndpointState,
        WebhookKeys, service::endpoint::Input,
    },
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::reply::Reply;

/// Where to be told, and of what.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookEndpointIn)]
pub(super) struct EndpointIn {
    /// An https address that answers POST, outside private networks.
    #[schema(max_length = 500, pattern = r"^https?://[!-~]+$")]
    pub url: String,
    /// What its owner calls it.
    #[schema(max_length = 200)]
    pub description: Option<String>,
    /// The types to be told of, from `GET /v1/event-types`; left out or empty: all, also those that are yet to come.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub event_types: Vec<String>,
}

impl From<EndpointIn> for Input {
    fn from(given: EndpointIn) -> Self {
        let EndpointIn { url, description, event_types } = given;
        Self { url, description, event_types }
    }
}

/// Where a client is told, and how that goes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookEndpoint)]
pub(super) struct EndpointOut {
    #[schema(value_type = Uuid)]
    pub id: EndpointId,
    /// Where it is told.
    #[schema(max_length = 500)]
    pub url: String,
    /// What its owner calls it.
    #[schema(max_length = 200)]
    pub description: Option<String>,
    /// The types it is told of; empty: all.
    #[schema(max_items = 200)]
    pub event_types: Vec<String>,
    /// Whether it is told.
    pub state: EndpointState,
    /// Why it is told nothing, where that is so.
    pub disabled_because: Option<DisabledBecause>,
    /// With this `v1a` signatures are verified: `whpk_` and 32 bytes in base64.
    #[schema(max_length = 60, example = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")]
    pub public_key: Option<String>,
    /// Until then the secret and the key before the latest rotation sign as well.
    pub previous_until: Option<DateTime<Utc>>,
    /// When a challenge was last asked for.
    pub challenged_at: Option<DateTime<Utc>>,
    /// Why the last challenge was not met.
    #[schema(max_length = 300)]
    pub challenge_error: Option<String>,
    /// When the address last met one.
    pub verified_at: Option<DateTime<Utc>>,
    /// How often it failed since it last took something; what was tried together counts once.
    #[schema(minimum = 0)]
    pub failures: i32,
    /// Since when every attempt fails.
    pub failing_since: Option<DateTime<Utc>>,
    /// Until then nothing is sent: it asked for a pause, or is not well.
    pub held_until: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl EndpointOut {
    pub(super) fn of(endpoint: Endpoint, keys: Option<&WebhookKeys>, now: DateTime<Utc>) -> Self {
        let current = endpoint.credentials(now).current;
        // A key that is gone from its folder leaves the endpoint without one, which its owner should see.
        let pair = keys.and_then(|keys| keys.pair(endpoint.id, &current).ok());
        Self {
            id: endpoint.id,
            public_key: pair.map(|pair| pair.public_key()),
            previous_until: endpoint.previous_until.filter(|until| *until > now),
            url: endpoint.url,
            description: endpoint.description,
            event_types: endpoint.event_types,
            state: endpoint.state,
            disabled_because: endpoint.disabled_because,
            challenged_at: endpoint.challenged_at,
            challenge_error: endpoint.challenge_error,
            verified_at: endpoint.verified_at,
            failures: endpoint.failures,
            failing_since: endpoint.failing_since,
            held_until: endpoint.held_until.filter(|until| *until > now),
            created_at: endpoint.created_at,
            updated_at: endpoint.updated_at,
        }
    }

    /// With its revision.
    pub(super) fn reply(
        endpoint: Endpoint,
        keys: Option<&WebhookKeys>,
        now: DateTime<Utc>,
    ) -> Result<Reply, Failure> {
        let revision = endpoint.revision();
        Ok(Reply::ok(&Self::of(endpoint, keys, now))?.revision(revision))
    }
}

/// An endpoint with its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookEndpointIssued)]
pub(super) struct IssuedOut {
    /// The endpoint.
    pub endpoint: EndpointOut,
    /// Its secret, `whsec_` and 32 bytes in base64. It is shown this once; null in an answer that is repeated under its
    /// `Idempotency-Key`.
    #[schema(max_length = 60)]
    pub secret: Option<String>,
}

impl IssuedOut {
    pub(super) fn reply(
        endpoint: Endpoint,
        keys: &WebhookKeys,
        now: DateTime<Utc>,
    ) -> Result<Reply, Failure> {
        let (id, is_new) = (endpoint.id, endpoint.generation == 1);
        let revision = endpoint.revision();
        let pair = keys.pair(id, &endpoint.credentials(now).current)?;
        let endpoint = EndpointOut::of(endpoint, Some(keys), now);
        let out = Self { endpoint, secret: Some(pair.secret()) };
        let reply = if is_new {
            Reply::created(&out, format!("/v1/webhook-endpoints/{id}"))?
        } else {
            Reply::ok(&out)?
        };
        Ok(reply.revision(revision).shown_once("secret"))
    }
}

/// A page of endpoints.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookEndpointPage)]
pub(super) struct EndpointPage {
    /// The endpoints of this page, newest first.
    #[schema(max_items = 200)]
    pub data: Vec<EndpointOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// One event on its way to an endpoint.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub(super) struct DeliveryOut {
    /// The id of the event, and the `webhook-id`.
    pub id: Uuid,
    /// Its place in the feed.
    #[schema(minimum = 1)]
    pub position: i64,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(max_length = 64)]
    pub kind: String,
    /// To what: its id.
    pub subject: Uuid,
    /// What has become of it.
    pub state: DeliveryState,
    /// How often it was tried.
    #[schema(minimum = 0)]
    pub attempts: i32,
    /// When it is tried next, where it waits.
    pub due_at: Option<DateTime<Utc>>,
    /// The status of the latest answer.
    #[schema(minimum = 100, maximum = 999)]
    pub last_status: Option<i16>,
    /// What went wrong the last time.
    #[schema(max_length = 300)]
    pub last_error: Option<String>,
    pub created_at: DateTime<Utc>,
    /// When it was delivered or given up.
    pub settled_at: Option<DateTime<Utc>>,
}

impl From<Delivery> for DeliveryOut {
    fn from(delivery: Delivery) -> Self {
        let waits = delivery.state == DeliveryState::Waiting;
        Self {
            id: delivery.event_id,
            position: delivery.position,
            kind: delivery.kind,
            subject: delivery.subject,
            state: delivery.state,
            attempts: delivery.attempts,
            due_at: waits.then_some(delivery.due_at),
            last_status: delivery.last_status,
            last_error: delivery.last_error,
            created_at: delivery.created_at,
            settled_at: delivery.settled_at,
        }
    }
}

/// A page of deliveries.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookDeliveryPage)]
pub(super) struct DeliveryPage {
    /// The deliveries of this page, newest events first.
    #[schema(max_items = 200)]
    pub data: Vec<DeliveryOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// One attempt, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookAttempt)]
pub(super) struct AttemptOut {
    /// The first is 1.
    #[schema(minimum = 1)]
    pub number: i32,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// How many milliseconds the answer took.
    #[schema(minimum = 0)]
    pub took_ms: i32,
    /// The status of the answer; null: there was none.
    #[schema(minimum = 100, maximum = 999)]
    pub status: Option<i16>,
    /// What went wrong.
    #[schema(max_length = 300)]
    pub error: Option<String>,
}

/// A delivery with every attempt.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookDeliveryLog)]
pub(super) struct LogOut {
    /// The delivery.
    pub delivery: DeliveryOut,
    /// Every attempt, oldest first.
    #[schema(max_items = 200)]
    pub attempts: Vec<AttemptOut>,
}

impl From<(Delivery, Vec<Attempt>)> for LogOut {
    fn from((delivery, attempts): (Delivery, Vec<Attempt>)) -> Self {
        let attempts = attempts.into_iter().map(|attempt| AttemptOut {
            number: attempt.number,
            at: attempt.at,
            took_ms: attempt.took_ms,
            status: attempt.status,
            error: attempt.error,
        });
        Self { delivery: delivery.into(), attempts: attempts.collect() }
    }
}

pub(super) fn input_example() -> Value {
    json!({
        "url": "https://erp.example/hooks/anyport", "description": "ERP",
        "event_types": ["declaration.accepted", "declaration.released"],
    })
}

pub(super) fn example() -> Value {
    json!({
        "id": "0145f011-9a00-7000-8000-0000000000e1", "url": "https://erp.example/hooks/anyport",
        "description": "ERP", "event_types": ["declaration.accepted", "declaration.released"],
        "state": "ACTIVE", "disabled_because": null,
        "public_key": "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "previous_until": null,
        "challenged_at": "2014-05-12T02:20:00Z", "challenge_error": null, "verified_at": "2014-05-12T02:20:01Z",
        "failures": 0, "failing_since": null, "held_until": null,
        "created_at": "2014-05-12T02:19:00Z", "updated_at": "2014-05-12T02:20:01Z",
    })
}

pub(super) fn issued_example() -> Value {
    json!({ "endpoint": example(), "secret": "whsec_c2hvd24gb25jZSBhbmQga2VwdCBub3doZXJlIGhlcmU=" })
}

pub(super) fn delivery_example() -> Value {
    json!({
        "id": "0145f011-9a00-7000-8000-000000000002", "position": 41, "type": "declaration.released",
        "subject": "0145f011-9a00-7000-8000-000000000001", "state": "WAITING", "attempts": 1,
        "due_at": "2014-05-12T02:20:05Z", "last_status": 500, "last_error": "it answered 500",
        "created_at": "2014-05-12T02:20:00Z", "settled_at": null,
    })
}

pub(super) fn log_example() -> Value {
    json!({
        "delivery": delivery_example(),
        "attempts": [{ "number": 1, "at": "2014-05-12T02:20:00Z", "took_ms": 12, "status": 500,
            "error": "it answered 500" }],
    })
}
