//! What the ledger promises about promises.
mod failing;
mod interleaving;
mod keeping;
mod leases;

use chrono::{DateTime, Duration, Utc};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};
use shared::{
    Clock,
    kernel::{Actor, Failure, PageRequest, Role, id},
    ledger::{
        JobId, Lane, Tx,
        desk::{self, State},
        flow::{self, Trouble},
        jobs::{self, Claimed, Outcome},
        reap,
    },
};
use sqlx::PgPool;
use tests::Bureau;
use worker::{Context, LEASE, bell::Bell, run, schedule};

use crate::chores::{self, Chore, Mood, Riddle, context, count, effects, promise, state_of};

fn noon() -> DateTime<Utc> {
    "2014-05-12T04:00:00Z".parse().unwrap()
}

fn at_noon(pool: &PgPool) -> Context {
    context(pool, &Clock::fixed(noon()))
}

fn pass(ctx: &Context, seconds: i64) {
    ctx.clock.advance(Duration::seconds(seconds)).unwrap();
}

async fn ring(ctx: &Context) -> Vec<JobId> {
    let mut conn = ctx.pool.acquire().await.unwrap();
    let due = jobs::ring(&mut conn, ctx.clock.now(), Lane::Inward, 100).await.unwrap();
    due.into_iter().map(|job| job.id).collect()
}

async fn claim(ctx: &Context, ids: &[JobId]) -> Vec<Claimed> {
    let mut conn = ctx.pool.acquire().await.unwrap();
    jobs::claim(&mut conn, ctx.clock.now(), ids, LEASE).await.unwrap()
}

async fn settle(ctx: &Context, runs: &[Claimed], outcome: &Outcome) -> Vec<JobId> {
    let mut conn = ctx.pool.acquire().await.unwrap();
    let runs = runs.iter().map(|job| (job.id, job.attempt, outcome.clone())).collect();
    jobs::settle(&mut conn, ctx.clock.now(), runs).await.unwrap()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nothing_is_promised_on_rollback(pool: PgPool) {
    let ctx = at_noon(&pool);
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await.unwrap();
    tx.enqueue(&Chore { id: id::mint(tx.now), mood: Mood::Willing }).unwrap();

    drop(tx);

    assert_eq!(count(&pool, "ready").await, 0);
    assert_eq!(run::drain(&ctx).await.unwrap(), 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_promise_is_kept_once(pool: PgPool) {
    let ctx = at_noon(&pool);
    let chore = promise(&ctx, &[Mood::Willing]).await[0];

    let done = run::drain(&ctx).await.unwrap();

    assert_eq!(done, 1);
    assert_eq!(run::drain(&ctx).await.unwrap(), 0, "once");
    assert_eq!(effects(&pool, chore).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_promise_for_later_waits_for_its_time(pool: PgPool) {
    let ctx = at_noon(&pool);
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await.unwrap();
    let (later, chore) = (tx.now + Duration::minutes(30), id::mint(tx.now));
    tx.enqueue_at(&Chore { id: chore, mood: Mood::Willing }, later).unwrap();
    tx.commit().await.unwrap();

    pass(&ctx, 30 * 60 - 1);
    assert_eq!(run::drain(&ctx).await.unwrap(), 0);
    pass(&ctx, 1);
    assert_eq!(run::drain(&ctx).await.unwrap(), 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_lost_bell_rings_again(pool: PgPool) {
    let ctx = at_noon(&pool);
    promise(&ctx, &[Mood::Willing]).await;
    let first = ring(&ctx).await;
    assert_eq!(ring(&ctx).await, [], "not while the first may still be heard");

    pass(&ctx, 3);
    let second = ring(&ctx).await;

    assert_eq!(first, second);
    assert_eq!(claim(&ctx, &second).await.len(), 1);
    assert_eq!(claim(&ctx, &first).await.len(), 0, "a bell that rings twice finds nothing");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_bell_heard_before_the_relay_has_committed_is_not_lost(pool: PgPool) {
    let ctx = at_noon(&pool);
    promise(&ctx, &[Mood::Willing]).await;
    let mut relay = pool.begin().await.unwrap();
    let due = jobs::ring(&mut relay, noon(), Lane::Inward, 100).await.unwrap();
    let ids = [due[0].id];

    let (claimed, ()) = tokio::join!(claim(&ctx, &ids), async {
        chores::eventually("the claim waits", async || waiting_for_locks(&pool).await == 1).await;
        relay.commit().await.unwrap();
    });

    assert_eq!(claimed.len(), 1);
}

async fn waiting_for_locks(pool: &PgPool) -> i64 {
    sqlx::query_scalar(
        "select count(*) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'",
    )
    .fetch_one(pool)
    .await
    .unwrap()
}
