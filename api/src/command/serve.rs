//! `api serve`: reads the settings and the keys, checks the schema, and answers until told to stop.
use std::{sync::Arc, time::Duration};

use actix_web::HttpServer;
use anyhow::Context as _;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use shared::{
    config, database, declaration::numbers::NumberBook, inspection::DrawKeys, reference::Shelf,
    refuse_older_schema, telemetry,
};
use sqlx::{PgPool, postgres::PgPoolOptions};

use super::Ended;
use crate::{
    Context,
    change::LongPoll,
    declaration::Filer,
    exchange::Bureaus,
    identity::{Passwords, Tokens},
    limits::{Limits, Shared},
    origins::Origins,
    payment::{Bank, Listener},
    version,
    webhook::Webhooks,
};

/// How many declaration numbers a process takes at a time.
const NUMBER_BLOCK: i32 = 50;

/// How long the head of a request may take: who sends a byte a second is not waited for. It counts from the connection
/// on, so a server with its hands full must not be stricter with itself.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
/// Files that are no caller's connection: Postgres, keys, logs, sockets.
const OWN_FILES: usize = 128;

pub(super) async fn run(env: fn(&str) -> Option<String>) -> Result<(), Ended> {
    let settings = config::Api::read(env)?;
    telemetry::init_logs(&settings.common.log)?;
    telemetry::metrics()?;
    let pool = pool(&settings.postgres).await?;
    refuse_older_schema(&pool).await?;
    let (bind, redis_url) = (settings.bind, settings.redis_url.clone());
    let ctx = context(settings, pool).await?;
    if let Some(redis_url) = redis_url {
        let shared = Shared::open(Arc::clone(&ctx.limits), &redis_url).context("REDIS_URL")?;
        tokio::spawn(shared.keep(ctx.clock.clone()));
    }
    tokio::spawn(Arc::clone(&ctx.tokens).keep_fresh());
    tokio::spawn(keep_books_fresh(ctx.clone()));
    tokio::spawn(keep_waits_fresh(ctx.clone()));

    let connections = open_files()?.saturating_sub(OWN_FILES) / workers();
    tracing::info!(%bind, connections = connections * workers(), "serving");
    HttpServer::new(move || crate::app(ctx.clone()))
        .workers(workers())
        .max_connections(connections.clamp(64, 25_000))
        .client_request_timeout(HEAD_PATIENCE)
        .shutdown_timeout(20)
        .bind(bind)
        .with_context(|| format!("ANYPORT_BIND: {bind} cannot be had"))?
        .run()
        .await
        .context("the server broke")?;
    Ok(())
}

/// How long an act waits for a lock that another holds. Whoever holds one longer was stopped in the middle, and every
/// act that waits for it keeps a connection from those that need not: better to be told to come again.
const LOCK_TIMEOUT: &str = "3s";

async fn pool(postgres: &config::Postgres) -> anyhow::Result<PgPool> {
    let options = database::options(&postgres.url).context("DATABASE_URL")?;
    PgPoolOptions::new()
        .max_connections(postgres.connections)
        .min_connections(2)
        .acquire_timeout(Duration::from_secs(5))
        // A broken connection shows in the act that meets it, and that act is safe to ask for again.
        .test_before_acquire(false)
        .connect_with(options.options([("lock_timeout", LOCK_TIMEOUT)]))
        .await
        .context("DATABASE_URL")
}

async fn context(settings: config::Api, pool: PgPool) -> anyhow::Result<Context> {
    let books = Shelf::load(&mut *pool.acquire().await?).await.context("reference tables")?;
    let clock = settings.common.clock;
    Ok(Context {
        tokens: Arc::new(Tokens::open(settings.token_keys, settings.public_url)?),
        passwords: Arc::new(Passwords::default()),
        shelf: Arc::new(books),
        numbers: Arc::new(NumberBook::new(NUMBER_BLOCK, &pool)),
        draw_keys: Arc::new(DrawKeys::open(&settings.draw_keys)?),
        filer: Filer::start(&clock),
        bank: Bank::open(&settings.bank_code, &settings.bank_public_key)?,
        listener: Listener::start(&pool, &clock, &settings.bank_code),
        bureaus: Bureaus::open(settings.exchange.as_ref(), &pool, &clock).await?,
        webhooks: Webhooks::open(&settings.webhooks)?,
        long_poll: LongPoll::start(&pool),
        limits: Arc::new(Limits::per_second(settings.rate_limit)),
        turns: Arc::default(),
        origins: Arc::new(Origins::new(settings.allowed_origins)),
        deprecated: &version::DEPRECATED,
        waiting: Arc::default(),
        mode: settings.common.mode,
        clock,
        pool,
    })
}

/// An import is seen by every process within a second.
async fn keep_books_fresh(ctx: Context) {
    let mut beat = tokio::time::interval(Duration::from_secs(1));
    loop {
        beat.tick().await;
        let refreshed = async {
            let mut conn = ctx.pool.acquire().await?;
            ctx.shelf.refresh(&mut conn).await
        };
        if let Err(error) = refreshed.await {
            tracing::warn!("the reference tables could not be read again: {error:#}");
        }
    }
}

/// What usually takes how long changes slowly.
async fn keep_waits_fresh(ctx: Context) {
    let mut beat = tokio::time::interval(Duration::from_mins(1));
    loop {
        beat.tick().await;
        if let Err(error) = ctx.waiting.refresh(&ctx.pool).await {
            tracing::warn!("the usual times could not be read again: {error:#}");
        }
    }
}

/// Every connection is an open file. The usual limit of 1,024 would let a thousand idle callers lock all others out,
/// so we take as many as the system grants, and accept no more connections than that.
fn open_files() -> anyhow::Result<usize> {
    let granted = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: granted, maximum: granted })
        .context("raising the limit of open files")?;
    Ok(granted.map_or(usize::MAX, |files| usize::try_from(files).unwrap_or(usize::MAX)))
}

fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
