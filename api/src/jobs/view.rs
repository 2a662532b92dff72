//! Jobs as the wire shows them.
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use shared::ledger::{
    JobId,
    desk::{Record, State},
};
use utoipa::ToSchema;
use uuid::Uuid;

/// One promised piece of work.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct JobOut {
    /// Ours.
    #[schema(value_type = Uuid)]
    pub id: JobId,
    /// The room, then what is to be done.
    #[schema(example = "handoff.answer", max_length = 64)]
    pub kind: String,
    /// The record the work is about; all zeros for work on a whole table.
    pub subject: Uuid,
    /// What the work is about, by id.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
    /// Where it stands.
    pub state: State,
    /// How often it was begun.
    #[schema(minimum = 0, maximum = 100_000)]
    pub attempt: i32,
    /// How often it may be begun before it is given up.
    #[schema(minimum = 0, maximum = 100_000)]
    pub max_attempts: i32,
    /// When it was promised.
    pub created_at: DateTime<Utc>,
    /// When it is (or was) to be done.
    pub due_at: DateTime<Utc>,
    /// When it was done or given up.
    pub settled_at: Option<DateTime<Utc>>,
    /// How the last attempt failed.
    #[schema(max_length = 10_000)]
    pub error: Option<String>,
}

impl From<Record> for JobOut {
    fn from(row: Record) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            subject: row.subject,
            data: row.data,
            state: row.state,
            attempt: row.attempt,
            max_attempts: row.max_attempts,
            created_at: row.created_at,
            due_at: row.due_at,
            settled_at: row.settled_at,
            error: row.error,
        }
    }
}

/// One page of jobs, with its cursor.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct JobPage {
    /// Newest first.
    #[schema(max_items = 200)]
    data: Vec<JobOut>,
    /// Send it as `cursor` to get the next page.
    next_cursor: Option<Uuid>,
    /// Is there another page?
    has_more: bool,
}

pub(super) fn example(state: &str) -> serde_json::Value {
    let is_dead = state == "DEAD";
    json!({
        "id": "0145f011-9a00-7000-8000-000000000001", "kind": "handoff.answer",
        "subject": "0145f011-9a00-7000-8000-000000000002",
        "data": { "handoff": "0145f011-9a00-7000-8000-000000000002" }, "state": state,
        "attempt": 12, "max_attempts": if is_dead { 12 } else { 24 },
        "created_at": "2014-05-12T04:00:00Z",
        "due_at": if is_dead { "2014-05-12T04:17:00Z" } else { "2014-05-12T06:00:00Z" },
        "settled_at": is_dead.then_some("2014-05-12T04:17:01Z"), "error": "the office does not answer"
    })
}

pub(super) fn example_page() -> serde_json::Value {
    json!({ "data": [example("DEAD")], "next_cursor": null, "has_more": false })
}
