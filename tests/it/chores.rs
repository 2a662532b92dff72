//! Jobs that only tests promise, and who does them.
use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use shared::{
    Clock,
    inspection::DrawKeys,
    kernel::{Actor, id},
    ledger::{Event, Job, Lane, Tx},
    payment::signature::SealingKey,
    reference::{Books, Shelf},
};
use sqlx::PgPool;
use uuid::Uuid;
use worker::{Context, Handler, JobError, outbound::bank::Bank, outward, together, transactional};

/// How the doer of a chore feels about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Mood {
    Willing,
    Failing,
    Refusing,
    Panicking,
    /// Breaks a constraint, which spoils a transaction without a savepoint.
    Clumsy,
    /// Always loses a deadlock.
    Deadlocked,
}

/// Work in Postgres only.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Chore {
    pub id: Uuid,
    pub mood: Mood,
}

impl Job for Chore {
    const KIND: &'static str = "test.chore";
    const MAX_ATTEMPTS: i32 = 3;
    fn subject(&self) -> Uuid {
        self.id
    }
}

/// Work in Postgres that is done together with all others of its bell.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Share {
    pub id: Uuid,
    pub mood: Mood,
}

impl Job for Share {
    const KIND: &'static str = "test.share";
    const MAX_ATTEMPTS: i32 = 3;
    fn subject(&self) -> Uuid {
        self.id
    }
}

/// Work that waits outside: for an advisory lock that a test holds.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Errand {
    pub id: Uuid,
    pub gate: i64,
}

impl Job for Errand {
    const KIND: &'static str = "test.errand";
    const LANE: Lane = Lane::Outward;
    fn subject(&self) -> Uuid {
        self.id
    }
}

/// A job whose kind nobody answers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Riddle {
    pub id: Uuid,
}

impl Job for Riddle {
    const KIND: &'static str = "test.riddle";
    fn subject(&self) -> Uuid {
        self.id
    }
}

#[derive(Serialize)]
struct Did {
    #[serde(skip)]
    subject: Uuid,
}

impl Event for Did {
    const KIND: &'static str = "test.did";
    fn subject(&self) -> Uuid {
        self.subject
    }
}

/// The switchboard of the tests.
pub(crate) fn find(kind: &str) -> Option<Handler> {
    Some(match kind {
        Chore::KIND => transactional!(do_chore),
        Share::KIND => together!(do_shares),
        Errand::KIND => outward!(run_errand),
        other => return worker::switchboard::find(other),
    })
}

async fn do_chore(_: &Context, tx: &mut Tx, chore: Chore) -> Result<(), JobError> {
    tx.record(&Actor::system(), &Did { subject: chore.id })?;
    // An effect that must vanish with its job.
    sqlx::query("insert into idempotency_keys values ($1, 'chore', '', '', 200, '{}', now())")
        .bind(chore.id)
        .execute(&mut **tx)
        .await?;
    match chore.mood {
        Mood::Willing => Ok(()),
        Mood::Failing => Err(io::Error::other("not today").into()),
        Mood::Refusing => Err(JobError::permanent(io::Error::other("never"))),
        Mood::Panicking => panic!("spiders"),
        Mood::Clumsy => {
            sqlx::query("insert into jobs (id) values (null)").execute(&mut **tx).await?;
            Ok(())
        }
        Mood::Deadlocked => {
            sqlx::query("do $$ begin raise sqlstate '40P01'; end $$").execute(&mut **tx).await?;
            Ok(())
        }
    }
}

/// Fails as a whole where one of them fails.
async fn do_shares(ctx: &Context, tx: &mut Tx, shares: Vec<Share>) -> Result<(), JobError> {
    for Share { id, mood } in shares {
        do_chore(ctx, tx, Chore { id, mood }).await?;
    }
    Ok(())
}

async fn run_errand(ctx: &Context, errand: Errand) -> Result<(), JobError> {
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    sqlx::query("select pg_advisory_xact_lock_shared($1)")
        .bind(errand.gate)
        .execute(&mut *tx)
        .await?;
    tx.record(&Actor::system(), &Did { subject: errand.id })?;
    tx.commit().await?;
    Ok(())
}

/// A worker's context with the tests' switchboard, the seeded books and a bank that is not there.
pub(crate) fn context(pool: &PgPool, clock: &Clock) -> Context {
    let key = SealingKey::from_seed(&[7; 32]);
    let their_key = key.checking_key();
    let patience = Duration::from_secs(1);
    let bank = Bank::new("SPDB", "http://127.0.0.1:9", key, their_key, patience).unwrap();
    let shelf = Arc::new(Shelf::holding(Books::seeded()));
    let keys = Arc::new(DrawKeys::parse("2004-04-01 fixture anyport-fixture-1667").unwrap());
    Context { switchboard: find, ..Context::new(pool.clone(), clock.clone(), shelf, keys, bank) }
}

/// Promises one chore for each mood, in one transaction.
pub(crate) async fn promise(ctx: &Context, moods: &[Mood]) -> Vec<Uuid> {
    promise_all(ctx, moods, |id, mood| Chore { id, mood }).await
}

/// Promises one share for each mood, in one transaction.
pub(crate) async fn promise_shares(ctx: &Context, moods: &[Mood]) -> Vec<Uuid> {
    promise_all(ctx, moods, |id, mood| Share { id, mood }).await
}

async fn promise_all<J: Job>(
    ctx: &Context,
    moods: &[Mood],
    job: impl Fn(Uuid, Mood) -> J,
) -> Vec<Uuid> {
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await.unwrap();
    let ids: Vec<_> = moods
        .iter()
        .map(|&mood| {
            let id = id::mint(tx.now);
            tx.enqueue(&job(id, mood)).unwrap();
            id
        })
        .collect();
    tx.commit().await.unwrap();
    ids
}

/// How often each chore left its effect: once is right.
pub(crate) async fn effects(pool: &PgPool, subject: Uuid) -> i64 {
    sqlx::query_scalar("select count(*) from events where kind = 'test.did' and subject = $1")
        .bind(subject)
        .fetch_one(pool)
        .await
        .unwrap()
}

/// How many jobs are in a state.
pub(crate) async fn count(pool: &PgPool, state: &str) -> i64 {
    // What recurs comes and goes by itself; only the tests' own jobs count.
    sqlx::query_scalar("select count(*) from jobs where state = $1 and kind like 'test.%'")
        .bind(state)
        .fetch_one(pool)
        .await
        .unwrap()
}

/// The one state all chores of a list are in, or what there is instead.
pub(crate) async fn state_of(pool: &PgPool, subject: Uuid) -> String {
    sqlx::query_scalar("select state from jobs where subject = $1")
        .bind(subject)
        .fetch_one(pool)
        .await
        .unwrap()
}

/// Waits for something that must become true soon.
pub(crate) async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !is_so().await {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
