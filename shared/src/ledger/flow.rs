//! Does work flow? Told from Postgres alone, so that asking never depends on Redis.
//!
//! Every worker writes a heartbeat each second, with the last moment Redis answered it. When either stops,
//! declarations can still be filed, but nothing will happen to them: that is what [`judge`] says out loud.
use chrono::{DateTime, Duration, Utc};
use sqlx::PgConnection;

/// How long a worker or Redis may be silent before they count as gone.
pub const SILENCE: Duration = Duration::seconds(5);

/// How long a due job may wait before something must be wrong with whoever should do it.
pub const PATIENCE: Duration = Duration::seconds(60);

/// Does the database answer a question, not only a greeting?
pub async fn is_there(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query_scalar!(r#"select true as "is_there!""#).fetch_one(conn).await?;
    Ok(())
}

/// A worker is alive; Redis answered it at `redis_at`.
pub async fn beat(
    conn: &mut PgConnection,
    worker: &str,
    now: DateTime<Utc>,
    redis_at: Option<DateTime<Utc>>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into heartbeats (name, at, redis_at) values ($1, $2, $3)
        on conflict (name) do update set at = excluded.at, redis_at = excluded.redis_at
        "#,
        worker,
        now,
        redis_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A worker went home. Others may still be there.
pub async fn leave(conn: &mut PgConnection, worker: &str) -> sqlx::Result<()> {
    sqlx::query!("delete from heartbeats where name = $1", worker).execute(conn).await?;
    Ok(())
}

/// What can be known about the flow at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// Due or scheduled.
    pub ready: i64,
    pub running: i64,
    pub dead: i64,
    /// Since when the oldest unfinished job is due; later ones do not count yet.
    pub oldest_due_at: Option<DateTime<Utc>>,
    /// When any worker was last seen.
    pub worker_at: Option<DateTime<Utc>>,
    /// When Redis last answered any worker.
    pub redis_at: Option<DateTime<Utc>>,
}

/// Reads the facts. Done jobs, which are many, are not counted.
pub async fn read(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<Flow> {
    sqlx::query_as!(
        Flow,
        r#"
        select open.ready as "ready!", open.running as "running!", dead.dead as "dead!",
               open.oldest_due_at, seen.worker_at, seen.redis_at
        from (select count(*) filter (where state = 'ready') as ready,
                     count(*) filter (where state = 'running') as running,
                     min(due_at) filter (where due_at <= $1) as oldest_due_at
              from jobs where ring_at is not null) as open,
             (select count(*) as dead from jobs where state = 'dead') as dead,
             (select max(at) as worker_at, max(redis_at) as redis_at from heartbeats) as seen
        "#,
        now,
    )
    .fetch_one(conn)
    .await
}

/// What holds the flow up.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = FlowTrouble)]
pub enum Trouble {
    /// No worker was seen for five seconds.
    WorkerGone,
    /// Redis has not answered any worker for five seconds.
    RedisGone,
    /// A due job has waited for more than a minute.
    JobsWaiting,
}

impl Flow {
    /// How long the oldest unfinished job has been due.
    #[must_use]
    pub fn oldest_age(&self, now: DateTime<Utc>) -> Duration {
        self.oldest_due_at.map_or(Duration::zero(), |due| now - due)
    }
}

/// Everything that is wrong with the flow; empty when work flows.
#[must_use]
pub fn judge(flow: &Flow, now: DateTime<Utc>) -> Vec<Trouble> {
    let is_silent = |seen: Option<DateTime<Utc>>| seen.is_none_or(|at| now - at > SILENCE);
    let checks = [
        (Trouble::WorkerGone, is_silent(flow.worker_at)),
        (Trouble::RedisGone, is_silent(flow.redis_at)),
        (Trouble::JobsWaiting, flow.oldest_age(now) > PATIENCE),
    ];
    checks.into_iter().filter_map(|(trouble, is_so)| is_so.then_some(trouble)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        "2014-05-12T04:00:00Z".parse().unwrap()
    }

    fn flowing() -> Flow {
        Flow { worker_at: Some(noon()), redis_at: Some(noon()), ..Flow::default() }
    }

    #[test]
    fn work_flows_while_a_worker_and_redis_answer() {
        assert_eq!(judge(&flowing(), noon() + SILENCE), []);
    }

    #[test]
    fn a_flow_that_nobody_ever_served_is_red() {
        assert_eq!(judge(&Flow::default(), noon()), [Trouble::WorkerGone, Trouble::RedisGone]);
    }

    #[test]
    fn a_silent_redis_is_told_even_while_the_worker_beats() {
        let flow = Flow { redis_at: Some(noon() - Duration::seconds(6)), ..flowing() };

        assert_eq!(judge(&flow, noon()), [Trouble::RedisGone]);
    }

    #[test]
    fn a_job_that_waited_longer_than_a_minute_is_told() {
        let flow = Flow { oldest_due_at: Some(noon() - Duration::seconds(61)), ..flowing() };

        assert_eq!(judge(&flow, noon()), [Trouble::JobsWaiting]);
    }
}
