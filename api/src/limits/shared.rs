//! One limit for a client, however many processes it asks.
//!
//! Each process counts by itself and answers at once. Ten times a second it adds what was taken here to one counter per
//! client in Redis, and what the counter says beyond that was taken elsewhere: it is missing here as well from then on. So
//! a client gets at most what comes within a tenth of a second at the other processes above its limit, no request ever
//! waits for Redis, and without Redis each process counts for itself.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use redis::{
    Client, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use shared::Clock;
use uuid::Uuid;

use super::{Limits, Who};

const BEAT: Duration = Duration::from_millis(100);
/// Redis is near, or it is not asked.
const PATIENCE: Duration = Duration::from_millis(500);
/// A bucket is full again after two of these.
const RECENT: TimeDelta = TimeDelta::seconds(1);
/// A counter that nobody adds to is forgotten, which takes nothing from anybody.
const KEPT_SECONDS: i64 = 60;

/// The limits of this process, beside those of the others.
pub struct Shared {
    limits: Arc<Limits>,
    redis: ConnectionManager,
    /// What each counter said when it was last read, and when that was.
    seen: Mutex<HashMap<Uuid, (u64, DateTime<Utc>)>>,
}

impl Shared {
    /// Connects when it is first used; the address alone can be wrong here.
    pub fn open(limits: Arc<Limits>, redis_url: &str) -> RedisResult<Self> {
        let settings = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(1);
        let redis = ConnectionManager::new_lazy_with_config(Client::open(redis_url)?, settings)?;
        Ok(Self { limits, redis, seen: Mutex::default() })
    }

    /// Tells and hears once. What could not be told is forgotten: it was counted here.
    pub async fn tell(&self, now: DateTime<Utc>) -> RedisResult<()> {
        let taken = self.limits.untold();
        if taken.is_empty() {
            return Ok(());
        }
        let mut pipe = redis::pipe();
        for (client, count) in &taken {
            let key = format!("anyport:taken:{client}");
            pipe.incr(&key, *count).expire(&key, KEPT_SECONDS).ignore();
        }
        let totals: Vec<u64> = pipe.query_async(&mut self.redis.clone()).await?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for ((client, count), total) in taken.into_iter().zip(totals) {
            // What was there before this process looked, or before Redis was emptied, is nobody's debt; and what was
            // taken long ago has been filled up again since.
            let before = seen.insert(client, (total, now));
            let before = before.filter(|(before, at)| *before <= total && now - *at <= RECENT);
            let elsewhere = before.map_or(0, |(before, _)| (total - before).saturating_sub(count));
            self.limits.spend(Who::Known(client), elsewhere, now);
        }
        self.limits.forget_strangers(&mut seen);
        Ok(())
    }

    /// Tells and hears for as long as the process runs.
    pub async fn keep(self, clock: Clock) {
        let mut beat = tokio::time::interval(BEAT);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut is_well = true;
        loop {
            beat.tick().await;
            let told = self.tell(clock.now()).await;
            if let (Err(error), true) = (&told, is_well) {
                tracing::warn!("limits are counted by this process alone: {error}");
            }
            is_well = told.is_ok();
        }
    }
}
