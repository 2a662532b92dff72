//! Two real ledgers and a bad line between them.
use std::collections::BTreeSet;

use chrono::Duration;
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value, json};
use shared::{
    acts,
    exchange::{MessageId, Outgoing, Receipt, service::outbox},
    ledger::Tx,
};
use sqlx::{PgPool, Row as _};
use tests::{Bureau, League, SHANGHAI};
use uuid::Uuid;

use super::{PING, ZHEJIANG};

/// What may happen next.
#[derive(Clone, Debug)]
enum Step {
    /// A side says something in one of three conversations.
    Say { by: usize, talk: u128 },
    /// Some of what waits reaches the other side: backwards, doubled, or neither.
    Carry { by: usize, which: u32, is_backwards: bool, is_doubled: bool, are_receipts_lost: bool },
    /// A side dies in the middle of applying what it stored.
    Crash { at: usize },
    /// A side does all its promised work.
    Work { at: usize },
    /// Time goes by.
    Wait { seconds: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    let side = || 0..2_usize;
    prop_oneof![
        4 => (side(), 1..4_u128).prop_map(|(by, talk)| Step::Say { by, talk }),
        5 => (side(), any::<u32>(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
            |(by, which, is_backwards, is_doubled, are_receipts_lost)| Step::Carry {
                by, which, is_backwards, is_doubled, are_receipts_lost,
            }
        ),
        2 => side().prop_map(|at| Step::Crash { at }),
        2 => side().prop_map(|at| Step::Work { at }),
        1 => (1..200_i64).prop_map(|seconds| Step::Wait { seconds }),
    ]
}

const SIDES: [&str; 2] = [SHANGHAI, ZHEJIANG];

async fn say(bureau: &Bureau, receiver: &str, talk: u128) {
    let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
    let (receiver, correlation) = (receiver.to_owned(), Uuid::from_u128(talk));
    let message = Outgoing { receiver, kind: PING, version: 1, correlation, payload: json!({}) };
    outbox::send(&mut tx, message).await.unwrap();
    tx.commit().await.unwrap();
}

/// Applies whatever is stored, and dies before it is kept.
async fn crash(bureau: &Bureau, sender: &str) {
    let stored = sqlx::query_scalar("select id from inbox where state = 'STORED' order by id");
    let stored: Vec<Uuid> = stored.fetch_all(bureau.pool()).await.unwrap();
    let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
    for id in stored {
        let books = bureau.ctx.shelf.books();
        acts::exchange::apply(&mut tx, &books, sender, MessageId(id)).await.unwrap();
    }
}

async fn take(league: &League, step: Step) {
    match step {
        Step::Say { by, talk } => say(league.at(SIDES[by]), SIDES[1 - by], talk).await,
        Step::Carry { by, which, is_backwards, is_doubled, are_receipts_lost } => {
            let (from, to) = (SIDES[by], SIDES[1 - by]);
            let mut messages = league.waiting(from, to).await;
            let mut bits = (0..32).cycle().map(|bit| which & (1 << bit) != 0);
            messages.retain(|_| bits.next().unwrap_or_default());
            if is_backwards {
                messages.reverse();
            }
            if is_doubled {
                messages.extend(messages.clone());
            }
            if messages.is_empty() {
                return;
            }
            let receipts: Vec<Receipt> = league.bring(from, to, &messages).await;
            if !are_receipts_lost {
                league.acknowledge(from, to, &receipts).await;
            }
        }
        Step::Crash { at } => crash(league.at(SIDES[at]), SIDES[1 - at]).await,
        Step::Work { at } => drop(league.at(SIDES[at]).settle().await),
        Step::Wait { seconds } => league.wait(Duration::seconds(seconds)),
    }
}

/// The messages of a kind in a box: ids, and what they are about.
async fn listed(bureau: &Bureau, sql: &'static str) -> Vec<(Uuid, Value)> {
    let rows = sqlx::query(sql).fetch_all(bureau.pool()).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

const SAID: &str = "select id, payload from outbox where kind = 'exchange.ping' order by id";
const HEARD: &str =
    "select id, payload from inbox where kind = 'exchange.ping' and state = 'APPLIED' order by id";
const ANSWERED: &str = "select id, payload from outbox where kind = 'exchange.pong' order by id";
const HEARD_BACK: &str =
    "select id, payload from inbox where kind = 'exchange.pong' and state = 'APPLIED' order by id";

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_26_no_message_to_a_partner_is_lost_or_applied_twice(pool: PgPool) {
    let league = League::open(pool, &SIDES, &[]).await;
    let seed = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), seed);
    let steps = prop::collection::vec(step(), 150).new_tree(&mut runner).unwrap().current();

    for step in steps {
        take(&league, step).await;
    }
    // The line is mended; gaps are asked for after a moment, and once more.
    for _ in 0..3 {
        league.wait(Duration::minutes(2));
        league.settle().await;
    }

    for by in [0, 1] {
        let (own, other) = (league.at(SIDES[by]), league.at(SIDES[1 - by]));
        let said = listed(own, SAID).await;
        assert!(said.len() > 10, "{} messages prove little", said.len());
        assert_eq!(said, listed(other, HEARD).await, "nothing is lost, and nothing invented");
        let answers = listed(other, ANSWERED).await;
        assert_eq!(answers.len(), said.len(), "each took effect once");
        let about: BTreeSet<&str> =
            answers.iter().filter_map(|(_, pong)| pong["message_id"].as_str()).collect();
        assert_eq!(about.len(), said.len(), "each");
        assert_eq!(answers, listed(own, HEARD_BACK).await, "and every answer came home");
        assert_eq!(own.count("select count(*) from inbox where state <> 'APPLIED'").await, 0);
        assert_eq!(own.count("select count(*) from outbox where state <> 'DELIVERED'").await, 0);
        assert_eq!(own.count("select count(*) from jobs where state = 'dead'").await, 0);
    }
}
