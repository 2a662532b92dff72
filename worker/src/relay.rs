//! The relay: reads in Postgres what is due and rings for it in Redis. There is no second way round: while
//! Redis is away it waits, and everything owed waits with it.
use std::{
    collections::BTreeMap,
    mem,
    time::{Duration, Instant},
};

use shared::ledger::{
    Lane,
    jobs::{self, Due},
};
use tokio::time::sleep;

use crate::{
    Context, Stop,
    bell::{BACKLOG, Bell, Queue},
    metrics,
};

/// After a tick that rang.
const BUSY: Duration = Duration::from_millis(10);
/// After a tick that rang in a crowd. Answering a bell takes a dozen statements, whatever it carries: with a little
/// patience one does the work of eight.
const CROWDED: Duration = Duration::from_millis(80);
/// Jobs that come closer to each other than this are a crowd.
const CLOSE: Duration = Duration::from_millis(3);
/// After a tick that found nothing: it cost one statement.
const IDLE: Duration = Duration::from_millis(20);
/// The longest pause while Redis or Postgres is away.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How many jobs one bell carries. Those of an outward bell call others side by side, so they are few.
const fn bell_size(lane: Lane) -> usize {
    match lane {
        Lane::Inward => 100,
        Lane::Outward => 25,
    }
}

/// Rings for what is due, as far as there is room in Redis. Returns how many jobs it rang for.
pub async fn tick(ctx: &Context, queues: &[Queue]) -> anyhow::Result<usize> {
    let due = jobs::has_due(&mut *ctx.pool.acquire().await?, ctx.clock.now()).await?;
    let mut rung = 0;
    for queue in queues.iter().filter(|queue| due.contains(&queue.lane)) {
        rung += ring(ctx, queue).await?;
    }
    Ok(rung)
}

async fn ring(ctx: &Context, queue: &Queue) -> anyhow::Result<usize> {
    let waiting = queue.waiting().await?;
    metrics::waiting(queue.lane, waiting);
    let room = BACKLOG.saturating_sub(waiting);
    if room == 0 {
        return Ok(0);
    }
    let limit = i64::try_from(room * bell_size(queue.lane))?;
    // Marked only if Redis took the bells: else the jobs stay due at once. A crash after the push rings
    // twice, and the second bell finds nothing to claim.
    let mut tx = ctx.pool.begin().await?;
    let due = jobs::ring(&mut tx, ctx.clock.now(), queue.lane, limit).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let rung = due.len();
    let bells = gather(due, bell_size(queue.lane));
    metrics::rung(queue.lane, bells.len());
    queue.push(bells).await?;
    tx.commit().await?;
    Ok(rung)
}

/// Bells of one kind each: full ones, and one with the rest of each kind. What was tried before rings alone: if it
/// takes its worker down, it takes no neighbour with it.
pub(crate) fn gather(due: Vec<Due>, size: usize) -> Vec<Bell> {
    let mut kinds: BTreeMap<String, Vec<_>> = BTreeMap::new();
    let mut alone = Vec::new();
    for job in due {
        if job.attempt > 0 {
            alone.push(Bell { kind: job.kind, jobs: vec![job.id] });
        } else {
            kinds.entry(job.kind).or_default().push(job.id);
        }
    }
    let bells = kinds.iter().flat_map(|(kind, ids)| {
        ids.chunks(size).map(|jobs| Bell { kind: kind.clone(), jobs: jobs.to_vec() })
    });
    bells.chain(alone).collect()
}

/// Ticks until told to stop. Failures only slow it down.
pub async fn keep_ringing(ctx: Context, queues: Vec<Queue>, mut stop: Stop) {
    let mut failures = 0_u32;
    let mut ticked_at = Instant::now();
    loop {
        let gathered = mem::replace(&mut ticked_at, Instant::now()).elapsed();
        let pause = match tick(&ctx, &queues).await {
            Ok(rung) => {
                if failures > 0 {
                    tracing::info!(failures, "the relay rings again");
                }
                failures = 0;
                pause_after(rung, gathered)
            }
            Err(error) => {
                metrics::relay_failed();
                if failures == 0 {
                    tracing::warn!("the relay cannot ring: {error:#}");
                }
                failures += 1;
                LONGEST_PAUSE.min(IDLE * 2_u32.pow(failures.min(6)))
            }
        };
        tokio::select! {
            () = sleep(pause) => {}
            () = stop.called() => return,
        }
    }
}

/// How long to wait for more, after a tick that rang for so many as came in while they `gathered`.
fn pause_after(rung: usize, gathered: Duration) -> Duration {
    match u32::try_from(rung) {
        Ok(0) => IDLE,
        Ok(rung) if gathered / rung > CLOSE => BUSY,
        _ => CROWDED,
    }
}

#[cfg(test)]
mod tests {
    use shared::ledger::JobId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_bell_carries_one_kind_and_no_more_than_fits() {
        let due = (0..250_u128).map(|n| Due {
            id: JobId(Uuid::from_u128(n)),
            attempt: 0,
            kind: if n % 5 == 0 { "payment.debit" } else { "handoff.answer" }.to_owned(),
        });

        let bells = gather(due.collect(), 100);

        let shape: Vec<_> =
            bells.iter().map(|bell| (bell.kind.as_str(), bell.jobs.len())).collect();
        assert_eq!(
            shape,
            [("handoff.answer", 100), ("handoff.answer", 100), ("payment.debit", 50)]
        );
    }

    #[test]
    fn what_was_tried_before_rings_alone() {
        let due = (0..4_u128).map(|n| Due {
            id: JobId(Uuid::from_u128(n)),
            attempt: i32::from(n == 2),
            kind: "handoff.answer".to_owned(),
        });

        let bells = gather(due.collect(), 100);

        let sizes: Vec<_> = bells.iter().map(|bell| bell.jobs.len()).collect();
        assert_eq!(sizes, [3, 1]);
    }

    #[test]
    fn only_a_crowd_is_gathered() {
        assert_eq!(pause_after(0, IDLE), IDLE);
        assert_eq!(pause_after(2, BUSY), BUSY);
        assert_eq!(pause_after(7, BUSY), CROWDED);
        assert_eq!(pause_after(28, CROWDED), CROWDED, "the same crowd");
        assert_eq!(pause_after(8, CROWDED), BUSY);
    }
}
