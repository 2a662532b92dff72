//! The jobs table: what is owed. Redis only carries the bell.
//!
//! A job is `ready` until it is done: on trust, [taken](take), done and settled within one transaction, its row lock
//! being all the hold that is needed; or under a lease, [claimed](claim) as `running` while somebody works on it.
//! Then it is `done`, `ready` again for a later try, or `dead` until an operator redrives it. Each try raises
//! `attempt`; only the latest claim may settle, so a worker that lost its lease changes nothing.
//!
//! `ring_at` says when the relay must ring: at once for a new job, again after [`RING_AGAIN`] where nobody
//! answered, and at the end of the lease where the worker died.
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sqlx::PgConnection;
use uuid::Uuid;

/// A promise of work. The payload names things by id; the worker reads the rest when it runs.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// `handoff.answer`: the room, then the verb.
    const KIND: &'static str;
    const MAX_ATTEMPTS: i32 = 12;
    /// Where it waits. Whatever calls another system says [`Lane::Outward`].
    const LANE: Lane = Lane::Inward;
    /// The record it is about.
    fn subject(&self) -> Uuid;
}

/// Two queues, so that a silent bank never holds up a handoff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Lane {
    /// Work that needs nothing but Postgres.
    Inward,
    /// Work that waits for somebody else's system.
    Outward,
}

impl Lane {
    pub const ALL: [Self; 2] = [Self::Inward, Self::Outward];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inward => "inward",
            Self::Outward => "outward",
        }
    }
}

crate::id!(
    /// One promised piece of work.
    JobId
);

/// The payload of a job that looks after a whole table: nothing to name.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Sweep {}

/// How often a sweep is tried: for a minute, so that it outlives a disk that is full or a server that starts again. There
/// is no second one meanwhile, so it is not tried for hours: after that an operator hears of it, and the next one does
/// what it left.
const SWEEP_ATTEMPTS: i32 = 7;

/// A job on its way into the table.
#[derive(Debug)]
pub(super) struct Promise {
    pub(super) id: JobId,
    pub(super) kind: &'static str,
    pub(super) lane: Lane,
    pub(super) subject: Uuid,
    pub(super) data: serde_json::Value,
    pub(super) max_attempts: i32,
    pub(super) due_at: DateTime<Utc>,
}

impl Promise {
    pub(super) fn new<J: Job>(
        job: &J,
        now: DateTime<Utc>,
        due_at: DateTime<Utc>,
    ) -> serde_json::Result<Self> {
        Ok(Self {
            id: JobId::mint(now),
            kind: J::KIND,
            lane: J::LANE,
            subject: job.subject(),
            data: serde_json::to_value(job)?,
            max_attempts: J::MAX_ATTEMPTS,
            due_at,
        })
    }

    pub(super) fn sweep(kind: &'static str, now: DateTime<Utc>) -> serde_json::Result<Self> {
        Ok(Self {
            id: JobId::mint(now),
            kind,
            lane: Lane::Inward,
            subject: Uuid::nil(),
            data: serde_json::to_value(Sweep {})?,
            max_attempts: SWEEP_ATTEMPTS,
            due_at: now,
        })
    }
}

/// How long a rung bell may go unanswered before it is rung again.
pub const RING_AGAIN: Duration = Duration::seconds(3);

/// Is there anything to ring for? Asked many times a second, so it reads one index entry per lane and
/// writes nothing.
pub async fn has_due(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<Vec<Lane>> {
    // The first of each lane, not `exists(… ring_at <= $1)`: that looks so likely to the planner that it reads
    // the table from its beginning, through all the jobs that are done.
    let due = sqlx::query!(
        r#"
        select coalesce((select ring_at from jobs where lane = 'inward' and ring_at is not null
                         order by ring_at limit 1) <= $1, false) as "inward!",
               coalesce((select ring_at from jobs where lane = 'outward' and ring_at is not null
                         order by ring_at limit 1) <= $1, false) as "outward!"
        "#,
        now,
    )
    .fetch_one(conn)
    .await?;
    let lanes = [(Lane::Inward, due.inward), (Lane::Outward, due.outward)];
    Ok(lanes.into_iter().filter_map(|(lane, is_due)| is_due.then_some(lane)).collect())
}

/// A due job somebody should be woken for.
#[derive(Clone, Debug)]
pub struct Due {
    pub id: JobId,
    pub kind: String,
    /// How often it was tried before.
    pub attempt: i32,
}

/// Due jobs nobody has rung for; jobs whose bell was lost; jobs whose worker died. Marks them rung.
pub async fn ring(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    lane: Lane,
    limit: i64,
) -> sqlx::Result<Vec<Due>> {
    sqlx::query_as!(
        Due,
        r#"
        with due as (
            select id from jobs where lane = $4 and ring_at <= $1
            order by ring_at
            limit $3
            for update skip locked
        )
        update jobs set state = 'ready', ring_at = $2, rings = rings + 1
        from due where jobs.id = due.id
        returning jobs.id as "id: JobId", jobs.kind, jobs.attempt
        "#,
        now,
        now + RING_AGAIN,
        limit,
        lane.name(),
    )
    .fetch_all(conn)
    .await
}

/// A job in hand.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub id: JobId,
    pub kind: String,
    pub subject: Uuid,
    pub data: serde_json::Value,
    pub attempt: i32,
    pub max_attempts: i32,
    pub due_at: DateTime<Utc>,
}

/// How often a job may be rung for before it is trusted no longer: a job that takes its worker down leaves no trace
/// but its rings, and from then on each of its tries is written down before it begins.
pub const TRUSTED_RINGS: i32 = 3;

/// Takes those jobs of a bell that are still to be had, and to be trusted, for the length of this transaction: they
/// stay locked until they are settled in it. If it breaks, nothing was written, and they are rung for again.
///
/// `attempt` counts the try that now begins. Waits for the relay, as [`claim`] does.
pub async fn take(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    ids: &[JobId],
) -> sqlx::Result<Vec<Claimed>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    sqlx::query_as!(
        Claimed,
        r#"
        select id as "id: JobId", kind, subject, data, attempt + 1 as "attempt!", max_attempts, due_at
        from jobs
        where id = any($1) and state = 'ready' and due_at <= $2 and rings <= $3
        order by uuid_send(id) for update
        "#,
        &ids,
        now,
        TRUSTED_RINGS,
    )
    .fetch_all(conn)
    .await
}

/// Takes all jobs of a bell that are still to be had, under a lease. A bell that rings twice finds nothing.
///
/// A worker can hear a bell before the relay has committed that it rang: then this waits for the relay.
/// Skipping what is locked would lose the bell.
pub async fn claim(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    ids: &[JobId],
    lease: Duration,
) -> sqlx::Result<Vec<Claimed>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    sqlx::query_as!(
        Claimed,
        r#"
        update jobs set state = 'running', ring_at = $2, attempt = attempt + 1
        where id in (
            select id from jobs where id = any($1) and state = 'ready' and due_at <= $3
            order by uuid_send(id) for update)
        returning id as "id: JobId", kind, subject, data, attempt, max_attempts, due_at
        "#,
        &ids,
        now + lease,
        now,
    )
    .fetch_all(conn)
    .await
}

/// Holds on to jobs that take longer than their lease. Waits for nobody: a job that its own transaction
/// holds at this moment needs no longer lease.
pub async fn renew(
    conn: &mut PgConnection,
    jobs: &[(JobId, i32)],
    until: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let (ids, attempts) = columns(jobs);
    let renewed = sqlx::query!(
        r#"
        update jobs set ring_at = $3
        where id in (
            select jobs.id from jobs join unnest($1::uuid[], $2::int4[]) as mine(id, attempt)
                on jobs.id = mine.id and jobs.attempt = mine.attempt
            where jobs.state = 'running'
            for update of jobs skip locked)
        "#,
        &ids,
        &attempts,
        until,
    )
    .execute(conn)
    .await?;
    Ok(renewed.rows_affected())
}

/// Locks those of the runs that are still ours until the transaction ends: nobody can take them away
/// between their effects and their settlement.
pub async fn hold(conn: &mut PgConnection, jobs: &[(JobId, i32)]) -> sqlx::Result<Vec<JobId>> {
    let (ids, attempts) = columns(jobs);
    sqlx::query_scalar!(
        r#"
        select jobs.id as "id: JobId"
        from jobs join unnest($1::uuid[], $2::int4[]) as mine(id, attempt)
            on jobs.id = mine.id and jobs.attempt = mine.attempt
        where jobs.state = 'running'
        order by uuid_send(jobs.id)
        for update of jobs
        "#,
        &ids,
        &attempts,
    )
    .fetch_all(conn)
    .await
}

fn columns(jobs: &[(JobId, i32)]) -> (Vec<Uuid>, Vec<i32>) {
    jobs.iter().map(|(id, attempt)| (id.0, *attempt)).unzip()
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    Retry { at: DateTime<Utc>, error: String },
    Dead { error: String },
}

impl Outcome {
    fn columns(self) -> (&'static str, Option<DateTime<Utc>>, Option<String>) {
        match self {
            Self::Done => ("done", None, None),
            Self::Retry { at, error } => ("ready", Some(at), Some(error)),
            Self::Dead { error } => ("dead", None, Some(error)),
        }
    }
}

/// Settles many runs in one statement. Returns the jobs that were still ours to settle: `attempt` fences,
/// so a worker that lost its lease cannot settle somebody else's run.
pub async fn settle(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    runs: Vec<(JobId, i32, Outcome)>,
) -> sqlx::Result<Vec<JobId>> {
    end(conn, now, ("running", 0), runs).await
}

/// Settles what was [taken](take) in this transaction, and counts the try.
pub async fn settle_taken(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    runs: Vec<(JobId, i32, Outcome)>,
) -> sqlx::Result<Vec<JobId>> {
    end(conn, now, ("ready", 1), runs).await
}

/// `held` says how the runs stand in the table: their state, and how many tries are not counted there yet.
async fn end(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    held: (&str, i32),
    runs: Vec<(JobId, i32, Outcome)>,
) -> sqlx::Result<Vec<JobId>> {
    let mut ids = Vec::with_capacity(runs.len());
    let mut attempts = Vec::with_capacity(runs.len());
    let mut states = Vec::with_capacity(runs.len());
    let mut due = Vec::with_capacity(runs.len());
    let mut errors = Vec::with_capacity(runs.len());
    for (id, attempt, outcome) in runs {
        let (state, at, error) = outcome.columns();
        ids.push(id.0);
        attempts.push(attempt);
        states.push(state.to_owned());
        due.push(at);
        errors.push(error);
    }
    sqlx::query_scalar!(
        r#"
        update jobs
        set state = run.state, attempt = run.attempt, due_at = coalesce(run.due_at, jobs.due_at),
            ring_at = run.due_at, error = run.error,
            settled_at = case when run.state = 'ready' then null else $6::timestamptz end
        from unnest($1::uuid[], $2::int4[], $3::text[], $4::timestamptz[], $5::text[])
            as run(id, attempt, state, due_at, error)
        where jobs.id = run.id and jobs.attempt = run.attempt - $8 and jobs.state = $7
        returning jobs.id as "id: JobId"
        "#,
        &ids,
        &attempts,
        &states,
        &due as &[Option<DateTime<Utc>>],
        &errors as &[Option<String>],
        now,
        held.0,
        held.1,
    )
    .fetch_all(conn)
    .await
}
