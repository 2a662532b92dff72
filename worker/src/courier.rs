//! The courier: brings to webhook receivers what the sequencer put on its way.
//!
//! Rows are the promise: the courier takes what is due under a lease, tries it, and writes down what came of it.
//! Delivering twice is safe, since the `webhook-id` stays the same. What it takes for one endpoint is bounded, and so
//! is what it sends to one at a time: an endpoint that hangs keeps the others waiting for nothing.
use std::{collections::HashMap, sync::Arc, time::Duration};

use shared::{
    ledger::Tx,
    notification::{
        EndpointId,
        model::{Parcel, Tried},
        service::delivery,
    },
};
use tokio::{sync::Semaphore, task::JoinSet, time::sleep};

use crate::{Context, Stop, metrics, outbound::webhooks::Webhooks};

/// How many requests an endpoint gets at a time from one worker.
const SIDE_BY_SIDE: usize = 16;
/// How much is taken for one endpoint ahead of being sent.
const EACH: i64 = 64;
/// How much is taken for all of them.
const ALL: usize = 2_000;
/// A lease outlasts the last of what was taken ahead, if each before it takes all the time it may.
const LEASE: chrono::Duration = chrono::Duration::seconds(90);

/// How long results are gathered before they are written.
const GATHER: Duration = Duration::from_millis(10);
/// After a look that found nothing.
const IDLE: Duration = Duration::from_millis(100);
/// While Postgres is away.
const AWAY: Duration = Duration::from_secs(1);
/// How long what is on the line may take to end once we are told to stop.
const GRACE: Duration = Duration::from_secs(16);

/// One for each worker process.
pub struct Courier {
    ctx: Context,
    webhooks: Arc<Webhooks>,
    /// Who may send to an endpoint now, and how much is in hand for it.
    doors: HashMap<EndpointId, (Arc<Semaphore>, i64)>,
    under_way: JoinSet<Tried>,
    /// What has ended and is not written yet.
    ended: Vec<Tried>,
}

impl Courier {
    #[must_use]
    pub fn new(ctx: Context, webhooks: Arc<Webhooks>) -> Self {
        Self { ctx, webhooks, doors: HashMap::new(), under_way: JoinSet::new(), ended: Vec::new() }
    }

    /// Delivers until told to stop. What it has in hand then is finished, or its lease runs out.
    pub async fn keep_delivering(mut self, mut stop: Stop) {
        let mut is_broken = false;
        loop {
            let pause = match self.round().await {
                Ok(count) => {
                    is_broken = false;
                    if count > 0 { GATHER } else { IDLE }
                }
                Err(error) => {
                    if !is_broken {
                        tracing::warn!("webhooks wait: {error:#}");
                    }
                    is_broken = true;
                    AWAY
                }
            };
            tokio::select! {
                () = stop.called() => break,
                () = sleep(pause) => {}
                Some(one) = self.under_way.join_next(), if pause == IDLE => {
                    self.ended.extend(one);
                    sleep(GATHER).await;
                }
            }
        }
        // The last results are worth a moment; without them everything in hand would be told twice.
        let _ = tokio::time::timeout(GRACE, self.finish()).await;
    }

    /// Writes down what has ended, and takes what is due. Returns how much that was together.
    async fn round(&mut self) -> anyhow::Result<usize> {
        let settled = self.settle().await?;
        Ok(settled + self.take().await?)
    }

    /// Delivers all that is due, and waits for every answer; returns how many there were. For tests and for the end.
    pub async fn deliver_all(&mut self) -> anyhow::Result<usize> {
        let mut count = 0;
        while self.take().await? > 0 || !self.under_way.is_empty() {
            count += self.finish().await?;
        }
        Ok(count)
    }

    async fn finish(&mut self) -> anyhow::Result<usize> {
        while let Some(one) = self.under_way.join_next().await {
            self.ended.extend(one);
        }
        self.write().await
    }

    async fn settle(&mut self) -> anyhow::Result<usize> {
        while let Some(one) = self.under_way.try_join_next() {
            self.ended.extend(one);
        }
        self.write().await
    }

    /// Writes down what has ended. What cannot be written now is written in the next round.
    async fn write(&mut self) -> anyhow::Result<usize> {
        if self.ended.is_empty() {
            return Ok(0);
        }
        let mut tx = Tx::begin(&self.ctx.pool, &self.ctx.clock).await?;
        delivery::settle(&mut tx, &self.ended).await?;
        tx.commit().await?;
        let count = self.ended.len();
        for one in self.ended.drain(..) {
            metrics::webhook(one.answer.is_good());
            if let Some((_, in_hand)) = self.doors.get_mut(&one.endpoint) {
                *in_hand -= 1;
            }
        }
        self.doors.retain(|_, (_, in_hand)| *in_hand > 0);
        Ok(count)
    }

    async fn take(&mut self) -> anyhow::Result<usize> {
        let room = i64::try_from(ALL.saturating_sub(self.under_way.len()))?;
        if room == 0 {
            return Ok(0);
        }
        let now = self.ctx.clock.now();
        let mut conn = self.ctx.pool.acquire().await?;
        if !delivery::is_due(&mut conn, now).await? {
            return Ok(0);
        }
        let busy: Vec<_> = self.doors.iter().map(|(id, (_, in_hand))| (*id, *in_hand)).collect();
        let taken = delivery::claim(&mut conn, (now, LEASE), &busy, (EACH, room)).await?;
        drop(conn);
        let count = taken.len();
        for parcel in taken {
            self.send(parcel);
        }
        Ok(count)
    }

    fn send(&mut self, parcel: Parcel) {
        let (door, in_hand) = self
            .doors
            .entry(parcel.endpoint)
            .or_insert_with(|| (Arc::new(Semaphore::new(SIDE_BY_SIDE)), 0));
        *in_hand += 1;
        let (door, webhooks) = (Arc::clone(door), Arc::clone(&self.webhooks));
        let clock = self.ctx.clock.clone();
        self.under_way.spawn(async move {
            // It is never closed; if it were, too many at a time would be the lesser evil.
            let _turn = door.acquire().await.ok();
            let at = clock.now();
            let begun = std::time::Instant::now();
            let answer = webhooks.deliver(&clock, &parcel).await;
            Tried {
                endpoint: parcel.endpoint,
                event: parcel.event,
                subject: parcel.subject,
                attempt: parcel.attempt,
                tries: parcel.tries,
                at,
                took: chrono::Duration::from_std(begun.elapsed()).unwrap_or(chrono::Duration::MAX),
                answer,
            }
        });
    }
}
