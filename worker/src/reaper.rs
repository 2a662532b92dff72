//! Keeps Redis small and its queues sound. apalis-redis forgets nothing by itself, and one unreadable entry
//! would stop a queue for ever.
use std::{collections::HashSet, time::Duration};

use redis::{AsyncCommands, RedisResult};
use tokio::time::sleep;

use crate::{Stop, bell::Queue};

/// How many finished bells are forgotten in one step, so that Redis is never busy for long.
const AT_ONCE: usize = 500;

/// Where a queue is so long that apalis-redis can no longer read it.
const UNREADABLE: usize = 7_000;

/// How long the names of workers that are gone are kept.
const NAMES_KEPT: i64 = 3_600;

/// Forgets finished bells until told to stop.
pub async fn keep_reaping(queues: Vec<Queue>, mut stop: Stop) {
    loop {
        for queue in &queues {
            if let Err(error) = tidy(queue).await {
                tracing::debug!("cannot tidy Redis up: {error:#}");
            }
        }
        tokio::select! {
            () = sleep(Duration::from_secs(1)) => {}
            () = stop.called() => return,
        }
    }
}

/// Forgets all bells that were answered or given up. What they rang for stands in Postgres.
pub async fn tidy(queue: &Queue) -> RedisResult<()> {
    let config = queue.config();
    for ended in [config.done_jobs_set(), config.dead_jobs_set()] {
        while forget_some(queue, &ended).await? == AT_ONCE {}
    }
    let mut conn = queue.connection();
    let workers: Vec<String> = conn.zrange(config.workers_set(), 0, -1).await?;
    for worker in workers {
        let named = format!("{}:workers:metadata:{worker}", config.queue);
        conn.expire::<_, ()>(named, NAMES_KEPT).await?;
    }
    Ok(())
}

async fn forget_some(queue: &Queue, ended: &str) -> RedisResult<usize> {
    let config = queue.config();
    let mut conn = queue.connection();
    let ids: Vec<String> = conn.srandmember_multiple(ended, AT_ONCE.cast_signed()).await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let metas: Vec<String> =
        ids.iter().map(|id| format!("{}:{id}", config.job_meta_hash())).collect();
    let mut pipe = redis::pipe();
    pipe.atomic().hdel(config.job_data_hash(), &ids).del(&metas).srem(ended, &ids);
    pipe.query_async::<()>(&mut conn).await?;
    Ok(ids.len())
}

/// Takes out what no worker could read: bells without a payload, or a queue grown too long. The jobs they
/// rang for are rung for again from Postgres. Called when a worker comes back from a death.
pub async fn mend(queue: &Queue) -> RedisResult<usize> {
    let config = queue.config();
    let mut conn = queue.connection();
    let (active, scheduled) = (config.active_jobs_list(), config.scheduled_jobs_set());
    let mut ids: Vec<String> = conn.lrange(&active, 0, -1).await?;
    ids.extend(conn.zrange::<_, Vec<String>>(&scheduled, 0, -1).await?);
    if ids.len() >= UNREADABLE {
        conn.del::<_, ()>(&[active, scheduled, config.job_data_hash()]).await?;
        return Ok(ids.len());
    }
    let known: HashSet<String> =
        conn.hkeys::<_, Vec<String>>(config.job_data_hash()).await?.into_iter().collect();
    ids.retain(|id| !known.contains(id));
    for id in &ids {
        let mut pipe = redis::pipe();
        pipe.atomic().lrem(&active, 0, id).zrem(&scheduled, id);
        pipe.query_async::<()>(&mut conn).await?;
    }
    Ok(ids.len())
}
