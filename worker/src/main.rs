//! Reads the settings, builds the parts, works until told to stop.
use std::{process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context as _;
use shared::{
    config, database, exchange::service::partner, inspection::DrawKeys, ledger::Tx,
    reference::Shelf, refuse_older_schema, telemetry,
};
use sqlx::{Connection as _, postgres::PgPoolOptions};
use tokio::signal::unix::{SignalKind, signal};
use worker::{
    Context, Stop,
    bell::Queue,
    health, metrics,
    outbound::{bank::Bank, exchange::Exchange, webhooks::Webhooks},
};

/// The queues of one Anyport share this name; each lane adds its own.
const QUEUES: &str = "anyport";

#[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[tokio::main]
async fn main() -> ExitCode {
    let settings = match config::Worker::read(env) {
        Ok(settings) => settings,
        Err(wrong) => {
            eprintln!("{wrong}");
            return ExitCode::from(2);
        }
    };
    if let Err(error) = telemetry::init_logs(&settings.common.log) {
        eprintln!("{error:#}");
        return ExitCode::from(2);
    }
    match run(settings).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("the worker ends: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// How long after its last use a connection is trusted to stand.
const FRESH: Duration = Duration::from_secs(1);

async fn run(settings: config::Worker) -> anyhow::Result<()> {
    let handle = telemetry::metrics()?.clone();
    metrics::describe();
    let pool = PgPoolOptions::new()
        .max_connections(settings.postgres.connections)
        .acquire_timeout(Duration::from_secs(5))
        // Asking each connection whether it still stands costs as much as many a statement. One that was in use a
        // moment ago does.
        .test_before_acquire(false)
        .before_acquire(|conn, last| {
            Box::pin(async move {
                if last.idle_for > FRESH {
                    conn.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(database::options(&settings.postgres.url).context("DATABASE_URL")?)
        .await
        .context("DATABASE_URL")?;
    refuse_older_schema(&pool).await?;
    let shelf = Shelf::load(&mut *pool.acquire().await?).await.context("reference tables")?;
    let draw_keys = Arc::new(DrawKeys::open(&settings.draw_keys)?);
    let bank = Bank::open(&settings.bank)?;
    let exchange = settings.exchange.as_ref().map(Exchange::open).transpose()?;
    if let Some(exchange) = &exchange {
        // What is signed here has to be verified by whoever knows the published keys alone.
        let mut tx = Tx::begin(&pool, &settings.common.clock).await?;
        partner::publish_own_keys(&mut tx, &exchange.keys).await?;
        tx.commit().await?;
    }
    let ctx = Context {
        exchange: exchange.map(Arc::new),
        webhooks: Webhooks::open(&settings.webhooks)?.map(Arc::new),
        mode: settings.common.mode,
        ..Context::new(pool, settings.common.clock, Arc::new(shelf), draw_keys, bank)
    };
    let queues = Queue::all(&settings.redis_url, QUEUES)?;

    let (say_stop, stop) = Stop::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("told to stop: running jobs finish, no new ones begin");
        let _ = say_stop.send(true);
    });
    tracing::info!(bind = %settings.bind, "working");
    let doors = health::serve(settings.bind, ctx.clone(), queues.clone(), handle);
    tokio::select! {
        worked = worker::work(ctx, queues, stop) => worked,
        served = doors => served.context("ANYPORT_WORKER_BIND"),
    }
}
