//! Changes as the wire shows them.
use serde::Serialize;
use serde_json::{Value, json};
use shared::notification::{
    Change, EventType, Payload, payload,
    service::feed::Stretch,
    types::{self, About},
};
use utoipa::ToSchema;
use uuid::Uuid;

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Change)]
pub(super) struct ChangeOut {
    /// Its place in the feed. Places grow; they are not without gaps, since others' changes have places too.
    #[schema(minimum = 1)]
    pub position: i64,
    /// The id of the event: the `webhook-id` under which webhooks tell the same.
    pub id: Uuid,
    /// What a webhook says of it, word for word.
    pub event: Payload,
}

impl From<Change> for ChangeOut {
    fn from(change: Change) -> Self {
        Self { position: change.position, id: change.id, event: change.payload }
    }
}

/// A stretch of the feed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChangeStretch)]
pub(super) struct StretchOut {
    /// What happened, oldest first.
    #[schema(max_items = 200)]
    pub data: Vec<ChangeOut>,
    /// Ask with this as `after` to read on: nothing will come before it any more.
    #[schema(minimum = 0)]
    pub next_after: i64,
    /// Whether there is more already.
    pub has_more: bool,
}

impl From<Stretch> for StretchOut {
    fn from(stretch: Stretch) -> Self {
        let data = stretch.changes.into_iter().map(ChangeOut::from).collect();
        Self { data, next_after: stretch.next, has_more: stretch.has_more }
    }
}

pub(super) fn example() -> Value {
    let kind = EventType::find("declaration.released").map(payload::example);
    json!({
        "data": [{ "position": 41, "id": "0145f011-9a00-7000-8000-000000000002", "event": kind }],
        "next_after": 41, "has_more": false,
    })
}

/// What an event is about.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EventAbout)]
pub(super) enum AboutOut {
    /// Told to the unit that declared it.
    Declaration,
    /// Told to whoever declared at the origin, or claimed it at the port.
    Transfer,
    /// Told to the client's organisation.
    WebhookEndpoint,
}

/// A kind of event that an outsider may learn of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventType)]
pub(super) struct EventTypeOut {
    /// Its name, as in timelines.
    #[schema(max_length = 64, example = "declaration.released")]
    pub name: &'static str,
    /// What it is about.
    pub about: AboutOut,
    /// What it means.
    #[schema(max_length = 100)]
    pub meaning_zh: &'static str,
    /// What it means, in English.
    #[schema(max_length = 200)]
    pub meaning_en: &'static str,
}

/// All event types that there are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventTypes)]
pub(super) struct EventTypesOut {
    /// Every kind of event of the feed and of webhooks.
    #[schema(max_items = 500)]
    pub data: Vec<EventTypeOut>,
}

impl EventTypesOut {
    pub(super) fn all() -> Self {
        let data = types::ALL.iter().map(|kind| EventTypeOut {
            name: kind.name,
            about: match kind.about {
                About::Declaration => AboutOut::Declaration,
                About::Transfer => AboutOut::Transfer,
                About::Endpoint => AboutOut::WebhookEndpoint,
            },
            meaning_zh: kind.meaning_zh,
            meaning_en: kind.meaning_en,
        });
        Self { data: data.collect() }
    }
}
