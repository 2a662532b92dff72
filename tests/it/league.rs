//! Several bureaus that speak with each other, nobody played.
use chrono::Duration;
use serde_json::json;
use shared::{
    exchange::{Outgoing, service::outbox},
    ledger::Tx,
};
use sqlx::PgPool;
use tests::{Bureau, League, SHANGHAI};
use uuid::Uuid;

const ZHEJIANG: &str = "330000";
const JIANGSU: &str = "320000";

async fn say(bureau: &Bureau, receiver: &str, number: i32) {
    let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
    let (receiver, kind) = (receiver.to_owned(), "exchange.resend");
    let payload = json!({ "correlation_id": Uuid::from_u128(9), "first": number, "last": number });
    let correlation = Uuid::from_u128(7);
    let message = Outgoing { receiver, kind, version: 1, correlation, payload };
    outbox::send(&mut tx, message).await.unwrap();
    tx.commit().await.unwrap();
}

const APPLIED: &str = "select count(*) from inbox where state = 'APPLIED'";
const DELIVERED: &str = "select count(*) from outbox where state = 'DELIVERED'";

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn bureaus_keep_ledgers_of_their_own_and_settle_what_they_say_to_each_other(pool: PgPool) {
    let league = League::open(pool, &[SHANGHAI, ZHEJIANG, JIANGSU], &[]).await;
    for number in 1..=3 {
        say(league.at(SHANGHAI), ZHEJIANG, number).await;
    }
    say(league.at(ZHEJIANG), JIANGSU, 1).await;

    league.settle().await;

    let counts = async |sql| {
        [
            league.at(SHANGHAI).count(sql).await,
            league.at(ZHEJIANG).count(sql).await,
            league.at(JIANGSU).count(sql).await,
        ]
    };
    assert_eq!(counts(APPLIED).await, [0, 3, 1]);
    assert_eq!(counts(DELIVERED).await, [3, 1, 0]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_receipt_lost_on_the_way_costs_a_repetition_and_nothing_else(pool: PgPool) {
    let league = League::open(pool, &[SHANGHAI, ZHEJIANG], &[]).await;
    say(league.at(SHANGHAI), ZHEJIANG, 1).await;

    let messages = league.waiting(SHANGHAI, ZHEJIANG).await;
    let lost = league.bring(SHANGHAI, ZHEJIANG, &messages).await;
    league.wait(Duration::minutes(1));
    league.settle().await;

    assert_eq!(lost.len(), 1);
    assert_eq!(league.at(ZHEJIANG).count("select count(*) from inbox").await, 1);
    assert_eq!(league.at(SHANGHAI).count(DELIVERED).await, 1);
}
