//! What other bureaus say to us, well or badly, and what we say to them.
mod order;
mod partners;
mod refusals;

use actix_web::http::Method;
use chrono::Duration;
use serde_json::{Value, json};
use shared::{
    exchange::{Envelope, MessageId, Outcome, Outgoing, service::outbox},
    kernel::Role,
    ledger::Tx,
};
use sqlx::PgPool;
use tests::{Bureau, Neighbour, keys_of};
use uuid::Uuid;

const RESEND: &str = "exchange.resend";
const ZHEJIANG: &str = "330000";

/// A conversation of its own.
fn talk(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// Harmless whenever it is applied: nothing was ever said in that conversation.
fn harmless() -> Value {
    json!({ "correlation_id": talk(99), "first": 1, "last": 1 })
}

async fn state_of(bureau: &Bureau, message: &Envelope) -> String {
    let state = sqlx::query_scalar("select state from inbox where id = $1");
    state.bind(message.header.id.0).fetch_one(bureau.pool()).await.unwrap()
}

/// Says something to a partner, as a room would.
async fn say(bureau: &Bureau, correlation: Uuid, payload: Value) -> MessageId {
    let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
    let (receiver, kind) = (ZHEJIANG.to_owned(), "test.said");
    let message = Outgoing { receiver, kind, version: 1, correlation, payload };
    let id = outbox::send(&mut tx, message).await.unwrap();
    tx.commit().await.unwrap();
    id
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_message_is_stored_receipted_and_applied_after(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let message = zhejiang.says(RESEND, (talk(1), 1), harmless());

    let receipt = zhejiang.push_one(&message).await;
    let before = state_of(&bureau, &message).await;
    bureau.settle().await;

    assert_eq!(receipt.outcome, Outcome::Stored);
    assert_eq!(receipt.payload_hash, message.header.payload_hash);
    assert_eq!(
        (before.as_str(), state_of(&bureau, &message).await.as_str()),
        ("STORED", "APPLIED")
    );
    let told = zhejiang.asks_about(&message).await.expect(200);
    assert_eq!(told.body["outcome"], json!({ "sent_again": 0 }));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_receipt_can_be_verified_with_the_published_key_alone(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;

    let receipt = zhejiang.push_one(&zhejiang.says(RESEND, (talk(1), 1), harmless())).await;
    let published = bureau.stranger().get("/v1/exchange/keys").await.expect(200);

    let key = published.text("/keys/0/public_key");
    assert_eq!(published.text("/bureau"), "310000");
    assert_eq!(published.text("/keys/0/key_id"), receipt.key_id);
    assert!(receipt.is_signed_by(key));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn bringing_a_message_again_changes_nothing_and_gives_the_first_receipt(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let message = zhejiang.says(RESEND, (talk(1), 1), harmless());

    let first = zhejiang.push_one(&message).await;
    bureau.settle().await;
    bureau.wait(Duration::minutes(3));
    let again = zhejiang.push_one(&message).await;
    let jobs = bureau.settle().await;

    assert_eq!((first, jobs), (again, 0));
    assert_eq!(bureau.count("select count(*) from inbox").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_same_message_twice_in_one_call_is_stored_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let message = zhejiang.says(RESEND, (talk(1), 1), harmless());

    let reply = zhejiang.push(&[message.clone(), message]).await.expect(200);

    assert_eq!(reply.body["receipts"][0], reply.body["receipts"][1]);
    assert_eq!(bureau.count("select count(*) from inbox").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn one_id_for_two_messages_and_one_place_for_two_messages_are_refused(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let first = zhejiang.says(RESEND, (talk(1), 1), harmless());
    zhejiang.push_one(&first).await;

    let mut header = first.header.clone();
    header.correlation_id = talk(2);
    let same_id = zhejiang.push_one(&zhejiang.signed(header, first.payload.clone())).await;
    let same_place = zhejiang.push_one(&zhejiang.says(RESEND, (talk(1), 1), harmless())).await;

    assert_eq!(
        (same_id.outcome, same_id.errors[0].code.as_str()),
        (Outcome::Refused, "message-id-reused")
    );
    assert_eq!(
        (same_place.outcome, same_place.errors[0].code.as_str()),
        (Outcome::Refused, "sequence-taken")
    );
}
