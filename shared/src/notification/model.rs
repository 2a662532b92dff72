//! Endpoints, and what is on its way to them.
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    payload::Payload,
    secret::{Credentials, Seed},
    status::{DisabledBecause, EndpointState},
};

crate::id! {
    /// Where a client wants to be told.
    EndpointId
}

/// Where a client wants to be told, of what, and how that went lately.
#[derive(Clone, Debug)]
pub struct Endpoint {
    pub id: EndpointId,
    pub client_id: Uuid,
    pub reg_no: String,
    pub url: String,
    pub description: Option<String>,
    /// Empty: all.
    pub event_types: Vec<String>,
    pub state: EndpointState,
    pub disabled_because: Option<DisabledBecause>,
    pub key_id: String,
    pub generation: i32,
    pub previous_key_id: Option<String>,
    pub previous_until: Option<DateTime<Utc>>,
    pub challenged_at: Option<DateTime<Utc>>,
    pub challenge_error: Option<String>,
    pub verified_at: Option<DateTime<Utc>>,
    /// In a row; what was tried together counts once.
    pub failures: i32,
    pub failing_since: Option<DateTime<Utc>>,
    pub held_until: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Endpoint {
    /// Moves with every change and with every failure: its `ETag`.
    #[must_use]
    pub fn revision(&self) -> i64 {
        self.updated_at.timestamp_micros() + i64::from(self.failures)
    }

    /// With what its messages are signed at that moment.
    #[must_use]
    pub fn credentials(&self, at: DateTime<Utc>) -> Credentials {
        let previous = self.previous_key_id.clone().zip(self.previous_until);
        let previous = previous.filter(|(_, until)| *until > at);
        let previous = previous.map(|(key_id, _)| Seed { key_id, generation: self.generation - 1 });
        let current = Seed { key_id: self.key_id.clone(), generation: self.generation };
        Credentials { endpoint: self.id, current, previous }
    }
}

/// One thing that happened, as the feed has it.
#[derive(Clone, Debug)]
pub struct Change {
    pub position: i64,
    /// The event's id, and the `webhook-id`.
    pub id: Uuid,
    pub payload: Payload,
}

/// What has become of one event on its way to one endpoint.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeliveryState {
    /// It will be tried, or tried again.
    Waiting,
    /// The endpoint took it.
    Delivered,
    /// Every try failed. It can be replayed.
    GivenUp,
}

impl DeliveryState {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "WAITING",
            Self::Delivered => "DELIVERED",
            Self::GivenUp => "GIVEN_UP",
        }
    }
}

/// One event on its way to one endpoint.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub event_id: Uuid,
    pub position: i64,
    pub kind: String,
    pub subject: Uuid,
    pub state: DeliveryState,
    pub attempts: i32,
    pub due_at: DateTime<Utc>,
    pub last_status: Option<i16>,
    pub last_error: Option<String>,
    pub created_at: DateTime<Utc>,
    pub settled_at: Option<DateTime<Utc>>,
}

/// One attempt, and what came of it.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub number: i32,
    pub at: DateTime<Utc>,
    pub took_ms: i32,
    pub status: Option<i16>,
    pub error: Option<String>,
}

/// A delivery in hand: what to send, where, and signed with what.
#[derive(Clone, Debug)]
pub struct Parcel {
    pub endpoint: EndpointId,
    pub url: String,
    pub credentials: Credentials,
    pub event: Uuid,
    pub subject: Uuid,
    pub attempt: i32,
    pub tries: i32,
    pub payload: Payload,
}

/// What an endpoint said to one attempt.
#[derive(Clone, Debug)]
pub struct Tried {
    pub endpoint: EndpointId,
    pub event: Uuid,
    pub subject: Uuid,
    pub attempt: i32,
    pub tries: i32,
    pub at: DateTime<Utc>,
    pub took: Duration,
    pub answer: Answer,
}

/// An answer, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Status { status: u16, retry_after: Option<Duration> },
    Nothing(String),
}

impl Answer {
    /// Only this means that it was taken: a redirect is not followed, so nobody took it.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        matches!(self, Self::Status { status: 200..=299, .. })
    }

    /// It never wants to be told again.
    #[must_use]
    pub const fn is_gone(&self) -> bool {
        matches!(self, Self::Status { status: 410, .. })
    }

    /// How long it asks to be left alone.
    #[must_use]
    pub const fn pause(&self) -> Option<Duration> {
        match self {
            Self::Status { status: 429 | 503, retry_after } => *retry_after,
            _ => None,
        }
    }

    #[must_use]
    pub fn status(&self) -> Option<i16> {
        match self {
            Self::Status { status, .. } => i16::try_from(*status).ok(),
            Self::Nothing(_) => None,
        }
    }

    #[must_use]
    pub fn error(&self) -> Option<String> {
        match self {
            _ if self.is_good() => None,
            Self::Status { status, .. } => Some(format!("it answered {status}")),
            Self::Nothing(why) => Some(why.clone()),
        }
    }
}
