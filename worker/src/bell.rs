//! Bells, and the queues in Redis that carry them. Redis holds nothing we cannot lose.
use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use apalis::prelude::TaskSink;
use apalis_redis::{Config, ConnectionManager, RedisStorage};
use redis::{Client, aio::ConnectionManagerConfig};
use serde::{Deserialize, Serialize};
use shared::ledger::{JobId, Lane};
use tokio::time::timeout;

/// "There is work": many jobs of one kind. What the work is stands in Postgres.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bell {
    pub kind: String,
    pub jobs: Vec<JobId>,
}

/// How many bells may wait in Redis per lane; one more for each kind that is mixed in. apalis-redis breaks for ever at 8,000 entries. Far fewer are
/// enough to keep all hands busy until the relay looks again, and what waits in Redis for longer than
/// [`RING_AGAIN`](shared::ledger::jobs::RING_AGAIN) is rung for twice. The rest waits in Postgres, where
/// waiting costs nothing.
pub const BACKLOG: usize = 30;

/// How long Redis may take to answer the relay before the relay counts it as away.
const PATIENCE: Duration = Duration::from_secs(2);

/// One lane's queue.
#[derive(Clone)]
pub struct Queue {
    pub lane: Lane,
    config: Arc<Config>,
    /// The relay's, the reaper's: a stuck worker must not hold them up, nor they the worker.
    conn: ConnectionManager,
    client: Client,
}

impl Queue {
    /// Both lanes under one name. Redis need not be there yet.
    pub fn all(redis_url: &str, name: &str) -> anyhow::Result<Vec<Self>> {
        let client = Client::open(redis_url).context("REDIS_URL")?;
        let queue = |lane: Lane| {
            let conn = connect(&client)?;
            let config = Arc::new(config(&format!("{name}:{}", lane.name())));
            Ok(Self { lane, config, conn, client: client.clone() })
        };
        Lane::ALL.into_iter().map(queue).collect()
    }

    /// A storage on a connection of its own, for one life of a worker.
    pub(crate) fn storage(&self) -> RedisStorage<Bell> {
        // Only a client that was never opened fails here, and `all` opened it.
        let conn = connect(&self.client).unwrap_or_else(|_| self.conn.clone());
        RedisStorage::new(conn).with_config(Config::clone(&self.config))
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    pub(crate) fn connection(&self) -> ConnectionManager {
        self.conn.clone()
    }

    /// How many bells nobody has taken yet.
    pub async fn waiting(&self) -> anyhow::Result<usize> {
        let mut pipe = redis::pipe();
        pipe.zcard(self.config.scheduled_jobs_set()).llen(self.config.active_jobs_list());
        let mut conn = self.connection();
        let asked = timeout(PATIENCE, pipe.query_async::<(usize, usize)>(&mut conn)).await;
        let (scheduled, active) = asked.context("Redis does not answer")??;
        Ok(scheduled + active)
    }

    /// Pushes all bells in one call, or fails.
    pub async fn push(&self, bells: Vec<Bell>) -> anyhow::Result<()> {
        // A fresh storage each time: one whose push was abandoned would swallow the next.
        let config = Config::clone(&self.config);
        let mut storage = RedisStorage::new(self.connection()).with_config(config);
        timeout(PATIENCE, storage.push_bulk(bells))
            .await
            .context("Redis does not take bells")??;
        Ok(())
    }

    /// Does Redis answer?
    pub async fn ping(&self, patience: Duration) -> bool {
        let mut conn = self.connection();
        let pong = timeout(patience, redis::cmd("PING").query_async::<String>(&mut conn)).await;
        matches!(pong, Ok(Ok(_)))
    }
}

/// Each choice answers something apalis-redis does (`docs/adr/0001-postgres-keeps-the-ledger.md`).
fn config(queue: &str) -> Config {
    Config::default()
        .queue(queue)
        // One at a time: with bells in its buffer and all hands busy a worker forgets its heartbeat.
        .batch_size(1)
        .heartbeat_interval(Duration::from_secs(1))
        .missed_heartbeats(3)
        // A lock costs time in proportion to the backlog; our lease is in Postgres.
        .lock_tasks(false)
        .emit_events(false)
        // `false` would never acknowledge, and run every bell again.
        .persist_results(true)
        .idempotency_ttl(Some(Duration::from_mins(1)))
}

fn connect(client: &Client) -> redis::RedisResult<ConnectionManager> {
    let settings = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(Duration::from_secs(2)))
        // The default of half a second takes every hiccup for a death.
        .set_response_timeout(Some(Duration::from_secs(10)))
        .set_min_delay(Duration::from_millis(50))
        .set_max_delay(Duration::from_millis(500))
        .set_number_of_retries(4);
    ConnectionManager::new_lazy_with_config(client.clone(), settings)
}
