//! Telling again.
use chrono::Duration;
use sqlx::PgPool;

use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_delivery_is_replayed_under_the_same_id(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    let endpoint = active(&bureau, &derui, &outside.url("ok-1"), &["declaration.filed"]).await;
    released(&bureau, "REPLAY-1").await;
    bureau.tell().await;
    let event = outside.ids("ok-1")[0].clone();

    let act = endpoint.path(&format!("/deliveries/{event}/replay"));
    let replayed = derui.post(&act, Value::Null).await.expect(200);
    bureau.tell().await;

    assert_eq!(replayed.text("/delivery/state"), "WAITING");
    assert_eq!(outside.ids("ok-1"), [event.clone(), event.clone()]);
    let log = derui.get(&endpoint.path(&format!("/deliveries/{event}"))).await.expect(200);
    assert_eq!(log.body["attempts"].as_array().unwrap().len(), 2, "both are in the log");
    let nothing = endpoint.path(&format!("/deliveries/{}/replay", bureau.nobody()));
    derui.post(&nothing, Value::Null).await.expect(404);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_span_of_time_is_replayed_also_where_it_was_never_told(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let outside = Outside::open();
    released(&bureau, "SPAN-1").await;
    bureau.wait(Duration::hours(1));
    let first = released(&bureau, "SPAN-2").await;
    bureau.wait(Duration::hours(1));
    released(&bureau, "SPAN-3").await;
    bureau.tell().await;
    let derui = bureau.derui().await;
    let endpoint = active(&bureau, &derui, &outside.url("ok-1"), &[]).await;
    bureau.tell().await;

    let span = json!({ "from": "2014-05-12T03:00:00Z", "to": "2014-05-12T04:00:00Z" });
    let replayed = derui.post(&endpoint.path("/replay"), span).await.expect(200);
    bureau.tell().await;

    let told = outside.hooks.received("ok-1");
    assert_eq!(replayed.body["replayed"], told.len());
    assert!(told.len() >= 2);
    assert!(told.iter().all(|message| tests::text(&body(message), "/data/id") == first));
    let empty = json!({ "from": "2014-05-12T04:00:00Z", "to": "2014-05-12T04:00:00Z" });
    let empty = derui.post(&endpoint.path("/replay"), empty).await.expect(422);
    assert_eq!(empty.codes(), ["span-empty"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nothing_is_replayed_to_an_endpoint_that_is_not_active(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    let endpoint = registered(&derui, &outside.url("ok-1"), &[]).await;

    let span = json!({ "from": "2014-05-12T03:00:00Z", "to": "2014-05-12T04:00:00Z" });
    let refused = derui.post(&endpoint.path("/replay"), span).await.expect(409);

    assert_eq!(refused.problem(), "webhook/wrong-state");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_was_settled_a_month_ago_is_forgotten(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    active(&bureau, &derui, &outside.url("ok-1"), &["declaration.filed"]).await;
    released(&bureau, "OLD-1").await;
    bureau.tell().await;
    bureau.wait(Duration::days(31));
    released(&bureau, "OLD-2").await;
    bureau.tell().await;

    let mut tx = shared::ledger::Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
    let forgotten = shared::notification::service::delivery::forget(&mut tx).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(forgotten, 1);
    assert_eq!(bureau.count("select count(*) from webhook_deliveries").await, 1);
    assert_eq!(bureau.count("select count(*) from webhook_attempts").await, 1);
}
