//! History: one row for each thing that happened, never changed again.
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::kernel::Actor;

/// Something that happened. The kind is the public name in timelines, webhooks and the audit trail.
pub trait Event: Serialize {
    /// `declaration.accepted`: the room, then the verb in the past tense.
    const KIND: &'static str;
    /// The kind of this very event, where one type tells of several.
    fn kind(&self) -> &'static str {
        Self::KIND
    }
    /// Whose timeline it stands in: the declaration, mostly.
    fn subject(&self) -> Uuid;
    /// The state left and the state entered, where one was.
    fn step(&self) -> Option<(&str, &str)> {
        None
    }
    /// Why, where a person had to say why.
    fn reason(&self) -> Option<&str> {
        None
    }
}

/// An event on its way into the ledger.
#[derive(Debug)]
pub(super) struct Entry {
    pub id: Uuid,
    pub kind: &'static str,
    pub subject: Uuid,
    pub actor_kind: &'static str,
    pub actor_id: Option<Uuid>,
    pub organisation: String,
    pub previous: Option<String>,
    pub next: Option<String>,
    pub reason: Option<String>,
    pub data: serde_json::Value,
}

impl Entry {
    pub(super) fn new<E: Event>(id: Uuid, actor: &Actor, event: &E) -> serde_json::Result<Self> {
        let step = event.step();
        Ok(Self {
            id,
            kind: event.kind(),
            subject: event.subject(),
            actor_kind: actor.kind(),
            actor_id: actor.id,
            organisation: actor.organisation().to_owned(),
            previous: step.map(|(from, _)| from.to_owned()),
            next: step.map(|(_, to)| to.to_owned()),
            reason: event.reason().map(str::to_owned),
            data: serde_json::to_value(event)?,
        })
    }
}

/// An event, read back from the ledger.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Happening {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    /// `declaration.accepted`.
    #[schema(max_length = 64)]
    pub kind: String,
    /// `SYSTEM`, `STAFF`, `CLIENT`, `BANK` or `PARTNER`.
    #[schema(max_length = 10)]
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    /// Office code, `reg_no`, bank code, bureau code or `SYSTEM`.
    #[schema(max_length = 20)]
    pub organisation: String,
    #[schema(max_length = 40)]
    pub previous: Option<String>,
    #[schema(max_length = 40)]
    pub next: Option<String>,
    #[schema(max_length = 1000)]
    pub reason: Option<String>,
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
}

/// The timeline of one record, oldest first.
pub async fn timeline(conn: &mut PgConnection, subject: Uuid) -> sqlx::Result<Vec<Happening>> {
    sqlx::query_as!(
        Happening,
        r#"
        select id, at, kind, actor_kind, actor_id, organisation, previous, next, reason, data
        from events where subject = $1
        order by at, seq
        "#,
        subject,
    )
    .fetch_all(conn)
    .await
}
