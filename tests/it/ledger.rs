//! What the ledger promises about promises.
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

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_dead_workers_job_is_done_by_another_after_its_lease(pool: PgPool) {
    let ctx = at_noon(&pool);
    let chore = promise(&ctx, &[Mood::Willing]).await[0];
    let dead_workers = claim(&ctx, &ring(&ctx).await).await;
    assert_eq!(dead_workers.len(), 1);
    pass(&ctx, 4);
    assert_eq!(run::drain(&ctx).await.unwrap(), 0, "the lease still holds");

    pass(&ctx, 1);
    let done = run::drain(&ctx).await.unwrap();

    assert_eq!(done, 1);
    assert_eq!(effects(&pool, chore).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_lease_that_is_renewed_does_not_end(pool: PgPool) {
    let ctx = at_noon(&pool);
    promise(&ctx, &[Mood::Willing]).await;
    let job = claim(&ctx, &ring(&ctx).await).await.remove(0);
    pass(&ctx, 4);

    let mut conn = pool.acquire().await.unwrap();
    let runs = [(job.id, job.attempt)];
    assert_eq!(jobs::renew(&mut conn, &runs, ctx.clock.now() + LEASE).await.unwrap(), 1);

    pass(&ctx, 4);
    assert_eq!(ring(&ctx).await, []);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_worker_that_lost_its_lease_settles_nothing(pool: PgPool) {
    let ctx = at_noon(&pool);
    promise(&ctx, &[Mood::Willing]).await;
    let slow = claim(&ctx, &ring(&ctx).await).await;
    pass(&ctx, 5);
    let quick = claim(&ctx, &ring(&ctx).await).await;
    let runs = [(slow[0].id, slow[0].attempt)];

    let mut tx = Tx::begin(&pool, &ctx.clock).await.unwrap();
    assert_eq!(jobs::hold(&mut tx, &runs).await.unwrap(), [], "nor may it leave effects");
    tx.commit().await.unwrap();
    assert_eq!(settle(&ctx, &slow, &Outcome::Done).await, []);

    assert_eq!(count(&pool, "running").await, 1);
    assert_eq!(settle(&ctx, &quick, &Outcome::Done).await, [quick[0].id]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn one_bad_job_never_fails_its_neighbours(pool: PgPool) {
    let ctx = at_noon(&pool);
    let mut moods = [Mood::Willing; 60];
    (moods[3], moods[20], moods[57]) = (Mood::Failing, Mood::Refusing, Mood::Clumsy);
    let chores = promise(&ctx, &moods).await;

    run::drain(&ctx).await.unwrap();

    for (chore, mood) in chores.into_iter().zip(moods) {
        let (state, left) = (state_of(&pool, chore).await, effects(&pool, chore).await);
        match mood {
            Mood::Willing => assert_eq!((state.as_str(), left), ("done", 1)),
            Mood::Refusing => assert_eq!((state.as_str(), left), ("dead", 0)),
            _ => assert_eq!((state.as_str(), left), ("ready", 0), "{mood:?}"),
        }
    }
    let kept: i64 =
        sqlx::query_scalar("select count(*) from idempotency_keys").fetch_one(&pool).await.unwrap();
    assert_eq!(kept, 57, "what the bad ones wrote is undone");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn one_that_cannot_proceed_holds_up_none_of_those_it_would_be_done_with(pool: PgPool) {
    let ctx = at_noon(&pool);
    let mut moods = [Mood::Willing; 40];
    (moods[3], moods[20], moods[37]) = (Mood::Failing, Mood::Refusing, Mood::Clumsy);
    (moods[11], moods[12]) = (Mood::Panicking, Mood::Deadlocked);
    let shares = chores::promise_shares(&ctx, &moods).await;

    run::drain(&ctx).await.unwrap();

    for (share, mood) in shares.into_iter().zip(moods) {
        let (state, left) = (state_of(&pool, share).await, effects(&pool, share).await);
        match mood {
            Mood::Willing => assert_eq!((state.as_str(), left), ("done", 1)),
            Mood::Refusing => assert_eq!((state.as_str(), left), ("dead", 0)),
            _ => assert_eq!((state.as_str(), left), ("ready", 0), "{mood:?}"),
        }
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_bell_answered_by_two_at_once_does_nothing_twice(pool: PgPool) {
    let ctx = at_noon(&pool);
    let shares = chores::promise_shares(&ctx, &[Mood::Willing; 20]).await;
    let bell = Bell { kind: "test.share".into(), jobs: ring(&ctx).await };

    let (one, other) = tokio::join!(run::answer(&ctx, &bell), run::answer(&ctx, &bell));

    assert_eq!(one.unwrap() + other.unwrap(), 20);
    assert_eq!(run::answer(&ctx, &bell).await.unwrap(), 0);
    for share in shares {
        assert_eq!(effects(&pool, share).await, 1);
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_a_worker_held_on_trust_when_it_died_is_rung_for_again(pool: PgPool) {
    let ctx = at_noon(&pool);
    let share = chores::promise_shares(&ctx, &[Mood::Willing]).await[0];
    assert!(die_with(&ctx, &ring(&ctx).await).await);
    pass(&ctx, 2);
    assert_eq!(run::drain(&ctx).await.unwrap(), 0, "the bell may still be heard");

    pass(&ctx, 1);
    assert_eq!(run::drain(&ctx).await.unwrap(), 1);

    assert_eq!(effects(&pool, share).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_job_that_takes_worker_after_worker_down_is_trusted_no_longer(pool: PgPool) {
    let ctx = at_noon(&pool);
    chores::promise_shares(&ctx, &[Mood::Willing]).await;
    for _ in 0..jobs::TRUSTED_RINGS {
        assert!(die_with(&ctx, &ring(&ctx).await).await);
        pass(&ctx, 3);
    }

    // From now on each try is written down before it begins, and they come to an end.
    let ids = ring(&ctx).await;
    assert!(!die_with(&ctx, &ids).await, "not on trust");
    for attempt in 1..=3 {
        assert_eq!(claim(&ctx, &ids).await[0].attempt, attempt);
        pass(&ctx, 5);
        ring(&ctx).await;
    }
    run::answer(&ctx, &Bell { kind: "test.share".into(), jobs: ids }).await.unwrap();

    assert_eq!(count(&pool, "dead").await, 1);
}

/// Takes jobs on trust and dies; says whether there were any.
async fn die_with(ctx: &Context, ids: &[JobId]) -> bool {
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await.unwrap();
    let now = tx.now;
    let taken = jobs::take(&mut tx, now, ids).await.unwrap();
    tx.roll_back().await.unwrap();
    !taken.is_empty()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_deadlock_takes_the_batch_apart_and_loses_nothing(pool: PgPool) {
    let ctx = at_noon(&pool);
    let chores = promise(&ctx, &[Mood::Willing, Mood::Deadlocked, Mood::Willing]).await;

    run::drain(&ctx).await.unwrap();

    assert_eq!(state_of(&pool, chores[1]).await, "ready");
    for willing in [chores[0], chores[2]] {
        assert_eq!(state_of(&pool, willing).await, "done");
        assert_eq!(effects(&pool, willing).await, 1);
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_panicking_handler_is_retried_then_dead(pool: PgPool) {
    let ctx = at_noon(&pool);
    let chores = promise(&ctx, &[Mood::Willing, Mood::Panicking]).await;

    assert_eq!(run::drain(&ctx).await.unwrap(), 2);
    pass(&ctx, 1);
    assert_eq!(run::drain(&ctx).await.unwrap(), 1, "after a second");
    pass(&ctx, 1);
    assert_eq!(run::drain(&ctx).await.unwrap(), 0);
    pass(&ctx, 1);
    assert_eq!(run::drain(&ctx).await.unwrap(), 1, "after two");

    assert_eq!(effects(&pool, chores[0]).await, 1);
    assert_eq!(effects(&pool, chores[1]).await, 0);
    let mut conn = pool.acquire().await.unwrap();
    let page = PageRequest { limit: 10, after: None };
    let dead = desk::list(&mut conn, Some(State::Dead), None, page).await.unwrap().data;
    assert_eq!(dead[0].subject, chores[1]);
    assert_eq!(dead[0].attempt, 3);
    assert_eq!(dead[0].error.as_deref(), Some("the handler panicked: spiders"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_kind_that_nobody_answers_is_dead_at_once(pool: PgPool) {
    let ctx = at_noon(&pool);
    let mut tx = Tx::begin(&pool, &ctx.clock).await.unwrap();
    tx.enqueue(&Riddle { id: id::mint(tx.now) }).unwrap();
    tx.commit().await.unwrap();

    run::drain(&ctx).await.unwrap();

    assert_eq!(count(&pool, "dead").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_job_that_takes_every_worker_down_is_dead_in_the_end(pool: PgPool) {
    let ctx = at_noon(&pool);
    promise(&ctx, &[Mood::Willing]).await;
    for _ in 0..3 {
        assert_eq!(claim(&ctx, &ring(&ctx).await).await.len(), 1);
        pass(&ctx, 5);
    }

    run::drain(&ctx).await.unwrap();

    assert_eq!(count(&pool, "dead").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_dead_job_comes_back_with_new_attempts_and_leaves_an_event(pool: PgPool) {
    let ctx = at_noon(&pool);
    let chore = promise(&ctx, &[Mood::Refusing]).await[0];
    run::drain(&ctx).await.unwrap();
    sqlx::query("update jobs set data = jsonb_set(data, '{mood}', '\"Willing\"')")
        .execute(&pool)
        .await
        .unwrap();
    let id: JobId = sqlx::query_scalar("select id from jobs").fetch_one(&pool).await.unwrap();

    let mut tx = Tx::begin(&pool, &ctx.clock).await.unwrap();
    let job = desk::redrive(&mut tx, &Actor::system(), id).await.unwrap();
    let again = desk::redrive(&mut tx, &Actor::system(), id).await;
    tx.commit().await.unwrap();

    assert_eq!((job.state, job.attempt, job.max_attempts), (State::Ready, 1, 13));
    assert!(matches!(again, Err(Failure::Refused(no)) if no.code == "ledger/job-not-dead"));
    assert_eq!(run::drain(&ctx).await.unwrap(), 1);
    assert_eq!(effects(&pool, chore).await, 1);
    let mut conn = pool.acquire().await.unwrap();
    let history = shared::ledger::event::timeline(&mut conn, chore).await.unwrap();
    assert!(history.iter().any(|event| event.kind == "ledger.job_redriven"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_dead_job_is_redriven_over_http(pool: PgPool) {
    let bureau = Bureau::open(pool.clone()).await;
    let ctx = context(&pool, &bureau.ctx.clock);
    promise(&ctx, &[Mood::Refusing]).await;
    run::drain(&ctx).await.unwrap();
    let administrator = bureau.administrator().await;
    let dead = administrator.get("/v1/jobs?state=DEAD&kind=test.chore").await.expect(200);
    let url = format!("/v1/jobs/{}", dead.text("/data/0/id"));

    let redriven = administrator.post(&format!("{url}/redrive"), Value::Null).await.expect(200);
    let again = administrator.post(&format!("{url}/redrive"), Value::Null).await.expect(409);

    assert_eq!(redriven.text("/state"), "READY");
    assert_eq!(again.problem(), "ledger/job-not-dead");
    assert_eq!(run::drain(&ctx).await.unwrap(), 1, "it is tried again at once");
    let job = administrator.get(&url).await.expect(200);
    assert_eq!((job.text("/state"), job.text("/error")), ("DEAD", "never"));
    assert_eq!(job.body["attempt"], 2);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn jobs_are_for_administrators_only(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let url = format!("/v1/jobs/{}", bureau.nobody());

    bureau.derui().await.get("/v1/jobs").await.expect(403);
    bureau.officer("310900", Role::DutyChief).await.get("/v1/jobs").await.expect(403);
    bureau.stranger().get("/v1/jobs").await.expect(401);
    bureau.administrator().await.get(&url).await.expect(404);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn anybody_may_ask_whether_work_flows(pool: PgPool) {
    let bureau = Bureau::open(pool.clone()).await;
    let (anybody, now) = (bureau.stranger(), bureau.ctx.clock.now());
    let red = anybody.get("/health/flow").await.expect(503);
    assert_eq!(red.body["troubles"], json!(["WORKER_GONE", "REDIS_GONE"]));

    flow::beat(&mut pool.acquire().await.unwrap(), "worker-1", now, Some(now)).await.unwrap();

    assert_eq!(anybody.get("/health/flow").await.expect(200).body["is_flowing"], true);
    assert_eq!(anybody.get("/health/live").await.expect(200).text("/status"), "OK");
    assert_eq!(anybody.get("/health/ready").await.expect(200).text("/status"), "OK");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn done_jobs_are_forgotten_after_a_week_and_dead_ones_kept(pool: PgPool) {
    let ctx = at_noon(&pool);
    promise(&ctx, &[Mood::Willing, Mood::Refusing]).await;
    run::drain(&ctx).await.unwrap();
    let mut conn = pool.acquire().await.unwrap();

    let week = noon() + reap::KEPT;
    assert_eq!(reap::jobs(&mut conn, week).await.unwrap(), 0);
    assert_eq!(reap::jobs(&mut conn, week + Duration::seconds(1)).await.unwrap(), 1);

    assert_eq!(count(&pool, "dead").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_recurs_is_promised_once_by_two_workers(pool: PgPool) {
    let (one, other) = (at_noon(&pool), at_noon(&pool));
    schedule::know_all(&one).await.unwrap();
    schedule::know_all(&other).await.unwrap();

    let (first, second) = tokio::join!(schedule::tick(&one), schedule::tick(&other));

    assert_eq!(first.unwrap() + second.unwrap(), schedule::RECURRING.len());
    assert_eq!(promises(&pool).await, schedule::RECURRING.len());
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_recurs_does_not_pile_up_while_nobody_works(pool: PgPool) {
    let ctx = at_noon(&pool);
    schedule::know_all(&ctx).await.unwrap();

    for _ in 0..5 {
        schedule::tick(&ctx).await.unwrap();
        pass(&ctx, 24 * 3600);
    }

    assert_eq!(promises(&pool).await, schedule::RECURRING.len());
}

async fn promises(pool: &PgPool) -> usize {
    let count: i64 = sqlx::query_scalar("select count(*) from jobs").fetch_one(pool).await.unwrap();
    usize::try_from(count).unwrap()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_flow_is_told_from_postgres_alone(pool: PgPool) {
    let ctx = at_noon(&pool);
    promise(&ctx, &[Mood::Willing, Mood::Failing]).await;
    let mut conn = pool.acquire().await.unwrap();
    let nobody = flow::read(&mut conn, noon()).await.unwrap();
    assert_eq!(flow::judge(&nobody, noon()), [Trouble::WorkerGone, Trouble::RedisGone]);

    flow::beat(&mut conn, "worker-1", noon(), Some(noon())).await.unwrap();
    let later = noon() + Duration::seconds(4);
    let flowing = flow::read(&mut conn, later).await.unwrap();

    assert_eq!(flow::judge(&flowing, later), []);
    assert_eq!((flowing.ready, flowing.oldest_age(later)), (2, Duration::seconds(4)));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_older_schema_is_refused(pool: PgPool) {
    shared::refuse_older_schema(&pool).await.unwrap();
    sqlx::query("delete from _sqlx_migrations where version = 8").execute(&pool).await.unwrap();

    let refused = shared::refuse_older_schema(&pool).await.unwrap_err().to_string();

    assert!(refused.contains("run `api migrate`") && refused.contains('8'), "{refused}");
}

/// What can happen between the relay, two workers and a clock.
#[derive(Clone, Debug)]
enum Step {
    Ring,
    /// A worker answers one of the bells that were rung so far, perhaps an old one.
    Claim {
        worker: usize,
        bell: prop::sample::Index,
    },
    Settle {
        worker: usize,
    },
    SetBack {
        worker: usize,
    },
    /// The worker forgets what it had claimed; in truth it may only be slow.
    Crash {
        worker: usize,
    },
    LoseBells,
    Pass {
        seconds: i64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let worker = 0..2_usize;
    prop_oneof![
        4 => Just(Step::Ring),
        4 => (worker.clone(), any::<prop::sample::Index>())
            .prop_map(|(worker, bell)| Step::Claim { worker, bell }),
        3 => worker.clone().prop_map(|worker| Step::Settle { worker }),
        1 => worker.clone().prop_map(|worker| Step::SetBack { worker }),
        1 => worker.prop_map(|worker| Step::Crash { worker }),
        1 => Just(Step::LoseBells),
        3 => (1..7_i64).prop_map(|seconds| Step::Pass { seconds }),
    ]
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn no_interleaving_runs_a_settled_job_again_or_loses_one(pool: PgPool) {
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        prop::test_runner::TestRng::deterministic_rng(prop::test_runner::RngAlgorithm::ChaCha),
    );
    for _ in 0..40 {
        let steps = prop::collection::vec(step(), 1..60).new_tree(&mut runner).unwrap().current();
        sqlx::query("truncate jobs").execute(&pool).await.unwrap();
        walk(&at_noon(&pool), &steps).await;
    }
}

async fn walk(ctx: &Context, steps: &[Step]) {
    promise(ctx, &[Mood::Willing; 5]).await;
    let (mut bells, mut done) = (Vec::new(), Vec::new());
    let mut hands: [Vec<Claimed>; 2] = Default::default();
    // What crashed workers held: they may come back late and settle after all.
    let mut ghosts: Vec<Claimed> = Vec::new();
    for step in steps {
        match step {
            Step::Ring => bells.push(ring(ctx).await),
            Step::Claim { worker, bell } if !bells.is_empty() => {
                let claimed = claim(ctx, &bells[bell.index(bells.len())]).await;
                assert!(claimed.iter().all(|job| !done.contains(&job.id)), "ran again: {steps:?}");
                hands[*worker].extend(claimed);
            }
            Step::Settle { worker } => {
                let runs = std::mem::take(&mut hands[*worker]);
                let settled = settle(ctx, &runs, &Outcome::Done).await;
                assert!(settled.iter().all(|id| !done.contains(id)), "settled again: {steps:?}");
                done.extend(settled);
            }
            Step::SetBack { worker } => {
                let runs = std::mem::take(&mut hands[*worker]);
                let at = ctx.clock.now() + Duration::seconds(2);
                settle(ctx, &runs, &Outcome::Retry { at, error: "later".into() }).await;
            }
            Step::Crash { worker } => ghosts.append(&mut hands[*worker]),
            Step::LoseBells => bells.clear(),
            Step::Pass { seconds } => pass(ctx, *seconds),
            Step::Claim { .. } => {}
        }
    }
    // In the end somebody does the rest, and the ghosts find nothing left to settle.
    pass(ctx, 60);
    let rest = claim(ctx, &ring(ctx).await).await;
    done.extend(settle(ctx, &rest, &Outcome::Done).await);
    assert_eq!(settle(ctx, &ghosts, &Outcome::Done).await, [], "a ghost settled: {steps:?}");
    done.sort();
    assert_eq!(done.len(), 5, "lost or done twice: {steps:?}");
    assert_eq!(chores::count(&ctx.pool, "done").await, 5);
}
