//! The courier with a real Redis of its own and a real apalis worker: whatever happens to Redis, work is
//! only delayed.
use std::{
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use shared::{
    Clock,
    kernel::id,
    ledger::{
        Tx,
        flow::{self, Trouble},
    },
};
use sqlx::PgPool;
use tokio::{sync::watch, task::JoinHandle};
use uuid::Uuid;
use worker::{
    Context, Stop,
    bell::{BACKLOG, Queue},
    relay,
};

use crate::chores::{Errand, Mood, context, count, effects, eventually, promise};

/// A redis-server of one test, on a port of its own; gone with the test.
struct Redis {
    port: u16,
    folder: PathBuf,
    child: Option<Child>,
}

impl Redis {
    async fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let folder = std::env::temp_dir().join(format!("anyport-redis-{port}"));
        std::fs::create_dir_all(&folder).unwrap();
        let mut redis = Self { port, folder, child: None };
        redis.back().await;
        redis
    }

    /// Starts (again), empty.
    async fn back(&mut self) {
        let port = self.port.to_string();
        let child = Command::new("redis-server")
            .args(["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .arg("--dir")
            .arg(&self.folder)
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed");
        self.child = Some(child);
        let client = redis::Client::open(self.url()).unwrap();
        eventually("redis answers", async || {
            client.get_multiplexed_async_connection().await.is_ok()
        })
        .await;
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Killed with -9.
    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    fn signal(&self, name: &str) {
        let pid = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    async fn ask<T: redis::FromRedisValue>(&self, command: &[&str]) -> T {
        let client = redis::Client::open(self.url()).unwrap();
        let mut conn = client.get_multiplexed_async_connection().await.unwrap();
        let mut cmd = redis::cmd(command[0]);
        cmd.arg(&command[1..]);
        cmd.query_async(&mut conn).await.unwrap()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A worker at work in this process.
struct Crew {
    say_stop: watch::Sender<bool>,
    work: JoinHandle<anyhow::Result<()>>,
}

impl Crew {
    fn start(ctx: &Context, redis: &Redis) -> Self {
        let queues = Queue::all(&redis.url(), "test").unwrap();
        let (say_stop, stop) = Stop::new();
        Self { say_stop, work: tokio::spawn(worker::work(ctx.clone(), queues, stop)) }
    }

    async fn stop(self) {
        self.say_stop.send(true).unwrap();
        self.work.await.unwrap().unwrap();
    }
}

fn now(pool: &PgPool) -> Context {
    context(pool, &Clock::System)
}

async fn all_done_once(pool: &PgPool, chores: &[Uuid]) {
    let wanted = i64::try_from(chores.len()).unwrap();
    eventually("all is done", async || count(pool, "done").await == wanted).await;
    let (subjects, all): (i64, i64) = sqlx::query_as(
        "select count(distinct subject), count(*) from events where kind = 'test.did'",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    assert_eq!((subjects, all), (wanted, wanted), "each once");
}

async fn troubles(pool: &PgPool) -> Vec<Trouble> {
    let now = Clock::System.now();
    let mut conn = pool.acquire().await.unwrap();
    flow::judge(&flow::read(&mut conn, now).await.unwrap(), now)
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn ten_thousand_jobs_due_at_once_drain(pool: PgPool) {
    let (redis, ctx) = (Redis::start().await, now(&pool));
    let chores = promise(&ctx, &[Mood::Willing; 10_000]).await;
    let queues = Queue::all(&redis.url(), "test").unwrap();

    let crew = Crew::start(&ctx, &redis);
    eventually("all is done", async || {
        let waiting = queues[0].waiting().await.unwrap();
        assert!(waiting <= 2 * BACKLOG, "{waiting} bells in Redis");
        count(&pool, "done").await == 10_000
    })
    .await;

    all_done_once(&pool, &chores).await;
    eventually("Redis has forgotten the bells", async || redis.ask::<i64>(&["DBSIZE"]).await < 20)
        .await;
    crew.stop().await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn redis_emptied_in_flight_only_delays(pool: PgPool) {
    let (redis, ctx) = (Redis::start().await, now(&pool));
    let chores = promise(&ctx, &[Mood::Willing; 3_000]).await;
    let crew = Crew::start(&ctx, &redis);
    eventually("work has begun", async || count(&pool, "done").await > 0).await;

    redis.ask::<()>(&["FLUSHALL"]).await;

    all_done_once(&pool, &chores).await;
    crew.stop().await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn redis_killed_and_back_work_goes_on(pool: PgPool) {
    let (mut redis, ctx) = (Redis::start().await, now(&pool));
    let mut chores = promise(&ctx, &[Mood::Willing; 3_000]).await;
    let crew = Crew::start(&ctx, &redis);
    eventually("work has begun", async || count(&pool, "done").await > 0).await;

    redis.kill();
    chores.extend(promise(&ctx, &[Mood::Willing; 100]).await);
    eventually("the flow is red", async || troubles(&pool).await == [Trouble::RedisGone]).await;
    redis.back().await;

    all_done_once(&pool, &chores).await;
    eventually("the flow is green", async || troubles(&pool).await.is_empty()).await;
    crew.stop().await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_worker_that_starts_before_redis_waits_for_it(pool: PgPool) {
    let (mut redis, ctx) = (Redis::start().await, now(&pool));
    redis.kill();
    let chores = promise(&ctx, &[Mood::Willing; 10]).await;

    let crew = Crew::start(&ctx, &redis);
    eventually("the worker beats", async || troubles(&pool).await == [Trouble::RedisGone]).await;
    redis.back().await;

    all_done_once(&pool, &chores).await;
    crew.stop().await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_frozen_redis_only_delays(pool: PgPool) {
    let (redis, ctx) = (Redis::start().await, now(&pool));
    let crew = Crew::start(&ctx, &redis);
    eventually("the flow is green", async || troubles(&pool).await.is_empty()).await;

    redis.signal("-STOP");
    let chores = promise(&ctx, &[Mood::Willing; 100]).await;
    eventually("the flow is red", async || troubles(&pool).await == [Trouble::RedisGone]).await;
    redis.signal("-CONT");

    all_done_once(&pool, &chores).await;
    crew.stop().await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn jobs_stay_due_when_redis_does_not_take_their_bells(pool: PgPool) {
    let (mut redis, ctx) = (Redis::start().await, now(&pool));
    promise(&ctx, &[Mood::Willing]).await;
    let queues = Queue::all(&redis.url(), "test").unwrap();
    redis.kill();

    assert!(relay::tick(&ctx, &queues).await.is_err());
    redis.back().await;
    eventually("the relay reaches Redis", async || queues[0].waiting().await.is_ok()).await;

    assert_eq!(relay::tick(&ctx, &queues).await.unwrap(), 1, "at once, not after a lost bell");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_bell_that_nobody_can_read_does_not_stop_the_queue(pool: PgPool) {
    let (redis, ctx) = (Redis::start().await, now(&pool));
    redis.ask::<()>(&["RPUSH", "test:inward:active", "no-such-bell"]).await;
    let crew = Crew::start(&ctx, &redis);

    let chores = promise(&ctx, &[Mood::Willing; 10]).await;

    all_done_once(&pool, &chores).await;
    crew.stop().await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_backlog_that_would_break_apalis_is_mended(pool: PgPool) {
    let (redis, ctx) = (Redis::start().await, now(&pool));
    let ids: Vec<String> = (0..9_000).flat_map(|n| ["0".to_owned(), format!("bell-{n}")]).collect();
    let mut command = vec!["ZADD", "test:inward:scheduled"];
    command.extend(ids.iter().map(String::as_str));
    redis.ask::<()>(&command).await;
    let crew = Crew::start(&ctx, &redis);

    let chores = promise(&ctx, &[Mood::Willing; 10]).await;

    all_done_once(&pool, &chores).await;
    crew.stop().await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_graceful_stop_finishes_what_runs_and_loses_nothing(pool: PgPool) {
    let (redis, ctx) = (Redis::start().await, now(&pool));
    let mut gate = pool.begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(7)").execute(&mut *gate).await.unwrap();
    let running = errand(&ctx, 7).await;
    let crew = Crew::start(&ctx, &redis);
    eventually("the errand runs", async || count(&pool, "running").await == 1).await;

    crew.say_stop.send(true).unwrap();
    eventually("the worker has said goodbye", async || {
        troubles(&pool).await.contains(&Trouble::WorkerGone)
    })
    .await;
    let waiting = errand(&ctx, 8).await;
    gate.commit().await.unwrap();
    crew.work.await.unwrap().unwrap();

    assert_eq!((effects(&pool, running).await, effects(&pool, waiting).await), (1, 0));
    let next = Crew::start(&ctx, &redis);
    all_done_once(&pool, &[running, waiting]).await;
    next.stop().await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_run_outlives_the_redis_that_rang_for_it(pool: PgPool) {
    let (redis, ctx) = (Redis::start().await, now(&pool));
    let mut gate = pool.begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(7)").execute(&mut *gate).await.unwrap();
    let errand = errand(&ctx, 7).await;
    let crew = Crew::start(&ctx, &redis);
    eventually("the errand runs", async || count(&pool, "running").await == 1).await;

    // Longer than a lease: what runs must be renewed, not taken over.
    redis.ask::<()>(&["FLUSHALL"]).await;
    let begun = Instant::now();
    eventually("a lease has passed", async || begun.elapsed() > Duration::from_secs(6)).await;
    gate.commit().await.unwrap();

    all_done_once(&pool, &[errand]).await;
    let attempts: i32 = sqlx::query_scalar("select attempt from jobs where kind = 'test.errand'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(attempts, 1);
    crew.stop().await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_silent_partner_does_not_hold_up_our_own_work(pool: PgPool) {
    let (redis, ctx) = (Redis::start().await, now(&pool));
    let mut gate = pool.begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(7)").execute(&mut *gate).await.unwrap();
    let stuck = errand(&ctx, 7).await;
    let crew = Crew::start(&ctx, &redis);
    eventually("the errand runs", async || count(&pool, "running").await == 1).await;

    let mut chores = promise(&ctx, &[Mood::Willing; 50]).await;
    eventually("our own work is done", async || count(&pool, "done").await == 50).await;

    gate.commit().await.unwrap();
    chores.push(stuck);
    all_done_once(&pool, &chores).await;
    crew.stop().await;
}

async fn errand(ctx: &Context, gate: i64) -> Uuid {
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await.unwrap();
    let id = id::mint(tx.now);
    tx.enqueue(&Errand { id, gate }).unwrap();
    tx.commit().await.unwrap();
    id
}
