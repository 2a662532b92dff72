//! apalis at work: takes bells out of Redis, survives Redis, stops gracefully.
//!
//! What apalis-redis does wrong when used as shipped, and what we do about each point, stands in
//! `docs/adr/0001-postgres-keeps-the-ledger.md`.
use std::{sync::Arc, time::Duration};

use anyhow::{anyhow, bail};
use apalis::prelude::{BackendExt, BoxDynError, Monitor, WorkerBuilder, WorkerBuilderExt};
use shared::{kernel::id, ledger::Lane};
use tokio::{
    sync::Semaphore,
    time::{sleep, timeout},
};

use crate::{
    Context, Stop,
    bell::{Bell, Queue},
    poll::Steady,
    reaper, run,
};

/// How often an idle worker looks into Redis.
const LOOK: Duration = Duration::from_millis(10);

/// How long a worker that Redis threw out waits before it comes back.
const PAUSE: Duration = Duration::from_millis(500);

/// How long running jobs may take to finish once we are told to stop.
const GRACE: Duration = Duration::from_secs(20);

/// How many bells of a lane are answered at once.
const fn hands(lane: Lane) -> usize {
    match lane {
        // As many transactions as two cores of Postgres can use.
        Lane::Inward => 4,
        Lane::Outward => 8,
    }
}

/// Answers bells until told to stop; then takes no more, and returns when the running ones have ended.
///
/// # Errors
/// When the monitor ends by itself: a worker that answers nothing must not look alive.
pub(crate) async fn keep_answering(
    ctx: Context,
    queues: Vec<Queue>,
    mut stop: Stop,
) -> anyhow::Result<()> {
    let mut monitor = Monitor::new().should_restart(|worker, error| {
        tracing::warn!("a worker of apalis died: {error}");
        !worker.is_shutting_down()
    });
    let mut busy = Vec::new();
    for queue in queues {
        let count = hands(queue.lane);
        let free = Arc::new(Semaphore::new(count));
        busy.push((Arc::clone(&free), u32::try_from(count)?));
        let ctx = ctx.clone();
        monitor = monitor.register(move |restarts| {
            let (ctx, free, lane) = (ctx.clone(), Arc::clone(&free), queue.lane.name());
            let returning = queue.clone();
            // A name of its own for each life: Redis still believes in the one before.
            WorkerBuilder::new(format!("{lane}-{}", id::mint(ctx.clock.now())))
                .backend(
                    queue
                        .storage()
                        .poll_with_strategy(Steady::every(LOOK))
                        .before_start(move |_| come_back(returning.clone(), restarts)),
                )
                .concurrency(count)
                .catch_panic()
                .build(move |bell: Bell| answer(ctx.clone(), Arc::clone(&free), bell))
        });
    }
    let control = monitor.context();
    let running = monitor.run();
    tokio::pin!(running);
    tokio::select! {
        ended = &mut running => bail!("the monitor of apalis ended by itself: {ended:?}"),
        () = stop.called() => {}
    }
    control.shutdown().map_err(|error| anyhow!("{error}"))?;
    let finish = async {
        if let Err(error) = running.await {
            tracing::warn!("apalis did not say goodbye to Redis: {error}");
        }
        // Runs that outlived their worker in apalis.
        for (free, count) in busy {
            drop(free.acquire_many(count).await);
        }
    };
    if timeout(GRACE, finish).await.is_err() {
        tracing::warn!("jobs were still running; others take them over when their leases end");
    }
    Ok(())
}

/// A worker that died waits, and looks whether something unreadable killed it.
async fn come_back(queue: Queue, restarts: usize) -> Result<(), apalis_redis::Error> {
    if restarts == 0 {
        return Ok(());
    }
    sleep(PAUSE).await;
    match timeout(PAUSE, reaper::mend(&queue)).await {
        Ok(Ok(0)) | Err(_) => {}
        Ok(Ok(bells)) => tracing::warn!(bells, "took unreadable bells out of Redis"),
        Ok(Err(error)) => tracing::debug!("cannot look into Redis: {error}"),
    }
    Ok(())
}

/// The only handler apalis knows. It always succeeds: how each job ended stands in Postgres.
async fn answer(ctx: Context, free: Arc<Semaphore>, bell: Bell) -> Result<(), BoxDynError> {
    let hand = free.acquire_owned().await?;
    // Spawned, so that it ends even when apalis drops this future with its connection to Redis.
    let run = tokio::spawn(async move {
        let done = run::answer(&ctx, &bell).await;
        drop(hand);
        done
    });
    match run.await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!("cannot answer a bell, it will ring again: {error:#}"),
        Err(error) => tracing::error!("answering a bell broke off: {error}"),
    }
    Ok(())
}
