//! The operator's desk: jobs that wait, run or died, and the way back for the dead.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Event, JobId, Tx};
use crate::kernel::{Actor, Failure, Page, PageRequest};

/// Where a promised job stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[schema(as = JobState)]
pub enum State {
    /// Due now or later.
    Ready,
    /// Somebody works on it, under a lease.
    Running,
    /// Settled with its effect. Kept for a week.
    Done,
    /// Given up: waits for an operator.
    Dead,
}

impl State {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }
}

/// A job as an operator sees it. Its payload holds ids only.
#[derive(Clone, Debug)]
pub struct Record {
    pub id: JobId,
    pub kind: String,
    pub subject: Uuid,
    pub data: serde_json::Value,
    pub state: State,
    pub attempt: i32,
    pub max_attempts: i32,
    pub created_at: DateTime<Utc>,
    pub due_at: DateTime<Utc>,
    pub settled_at: Option<DateTime<Utc>>,
    pub error: Option<String>,
}

/// Jobs that are not done, newest first. What is done needs nobody's attention: ask for it by id.
pub async fn list(
    conn: &mut PgConnection,
    state: Option<State>,
    kind: Option<&str>,
    page: PageRequest,
) -> sqlx::Result<Page<Record>> {
    let rows = sqlx::query_as!(
        Record,
        r#"
        select id as "id: JobId", kind, subject, data, state as "state: State", attempt, max_attempts,
               created_at, due_at, settled_at, error
        from jobs
        where (ring_at is not null or state = 'dead')
          and ($1::text is null or state = $1)
          and ($2::text is null or kind = $2)
          and ($3::uuid is null or id < $3)
          and ($5::timestamptz is null or greatest(created_at, due_at, settled_at) >= $5)
        order by id desc
        limit $4
        "#,
        state.map(State::name),
        kind,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await?;
    Ok(Page::cut(rows, page))
}

/// Any job, also a done one as long as it is kept.
pub async fn find(conn: &mut PgConnection, id: JobId) -> sqlx::Result<Option<Record>> {
    sqlx::query_as!(
        Record,
        r#"
        select id as "id: JobId", kind, subject, data, state as "state: State", attempt, max_attempts,
               created_at, due_at, settled_at, error
        from jobs where id = $1
        "#,
        id as JobId,
    )
    .fetch_optional(conn)
    .await
}

/// How many more times a redriven job is tried before it dies again.
const MORE_ATTEMPTS: i32 = 12;

/// An operator gave a dead job another chance.
#[derive(Debug, Serialize)]
struct Redriven<'a> {
    job: JobId,
    kind: &'a str,
    #[serde(skip)]
    subject: Uuid,
}

impl Event for Redriven<'_> {
    const KIND: &'static str = "ledger.job_redriven";
    fn subject(&self) -> Uuid {
        self.subject
    }
    fn step(&self) -> Option<(&str, &str)> {
        Some(("DEAD", "READY"))
    }
}

/// Brings a dead job back, due at once. `attempt` goes on counting: it fences.
pub async fn redrive(tx: &mut Tx, actor: &Actor, id: JobId) -> Result<Record, Failure> {
    let now = tx.now;
    let redriven = sqlx::query_as!(
        Record,
        r#"
        update jobs set state = 'ready', due_at = $2, ring_at = $2, settled_at = null,
            max_attempts = attempt + $3
        where id = $1 and state = 'dead'
        returning id as "id: JobId", kind, subject, data, state as "state: State", attempt, max_attempts,
            created_at, due_at, settled_at, error
        "#,
        id as JobId,
        now,
        MORE_ATTEMPTS,
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(job) = redriven else {
        let found = find(tx, id).await?.ok_or(Failure::Missing("job"))?;
        let state = found.state.name();
        return Err(Failure::refused("ledger/job-not-dead", format!("the job is {state}")));
    };
    tx.record(actor, &Redriven { job: id, kind: &job.kind, subject: job.subject })?;
    Ok(job)
}
