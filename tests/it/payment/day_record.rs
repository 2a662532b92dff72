//! What is signed when a day of the bank closes: it verifies years later, by the published keys alone.
use std::sync::Arc;

use api::exchange::Bureaus;
use reqwest::{Method, StatusCode};
use sandbox::Plant;
use serde_json::{Value, json};
use shared::{
    kernel::{Actor, Role, signature::CheckingKey},
    payment::recon::RECORD,
};
use sqlx::PgPool;
use tests::keys_of;
use worker::outbound::exchange::Exchange;

use super::{
    days::{DAY, night},
    desk::{Desk, serve},
};

const KEY: &str = "2014-a";

/// A desk of a bureau that has a key, with one fee paid; a cashier and a duty chief.
async fn open(pool: PgPool) -> (Desk, Actor, Actor) {
    let mut desk = Desk::open(pool).await;
    let keys = keys_of("310000", KEY);
    let (pool, clock) = (&desk.ctx.pool, &desk.ctx.clock);
    desk.api.bureaus = Bureaus::publish(keys.clone(), pool, clock).await.unwrap();
    desk.door = serve(desk.api.clone());
    let (patience, pause) = (std::time::Duration::from_secs(1), chrono::Duration::minutes(5));
    desk.ctx.exchange = Some(Arc::new(Exchange::new(keys, patience, pause).unwrap()));
    let (cashier, chief) = a_fee(&desk).await;
    (desk, cashier, chief)
}

async fn a_fee(desk: &Desk) -> (Actor, Actor) {
    desk.agree("acct-ok").await;
    desk.notice(1).await;
    desk.work().await;
    let cashier = desk.person(&[Role::Cashier], 1).await;
    (cashier, desk.person(&[Role::DutyChief], 1).await)
}

async fn record(desk: &Desk, who: &Actor) -> (StatusCode, Value) {
    desk.send(who, Method::GET, &format!("/v1/bank-days/{DAY}/record"), Value::Null).await
}

/// Explains and approves what differs, and closes the day. Whatever was explained.
async fn close(desk: &Desk, cashier: &Actor, chief: &Actor) -> Value {
    let url = format!("/v1/bank-days/{DAY}");
    let (_, sheet) = desk.send(chief, Method::GET, &url, Value::Null).await;
    for one in sheet["differences"].as_array().unwrap() {
        let url = format!("/v1/day-differences/{}", one["id"].as_str().unwrap());
        let why = json!({ "reason": "银行误记，\"B-stray\"" });
        desk.send(cashier, Method::POST, &format!("{url}/explain"), why).await;
        desk.send(chief, Method::POST, &format!("{url}/approve"), json!({})).await;
    }
    let (status, closed) = desk.send(chief, Method::POST, &format!("{url}/close"), json!({})).await;
    assert_eq!(status, StatusCode::OK, "{closed}");
    closed
}

/// What anybody does who has a record, and nothing else of us but what is published.
async fn verifies(desk: &Desk, kept: &Value, record: &[u8]) -> bool {
    let published = reqwest::get(format!("{}/v1/exchange/keys", desk.door)).await.unwrap();
    let published: Value = published.json().await.unwrap();
    let keys = published["keys"].as_array().unwrap();
    let Some(key) = keys.iter().find(|key| key["key_id"] == kept["key_id"]) else { return false };
    assert_eq!(published["bureau"], kept["bureau"]);
    let key = CheckingKey::from_base64(key["public_key"].as_str().unwrap()).unwrap();
    key.verifies(record, kept["signature"].as_str().unwrap())
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_record_of_a_day_that_closed_itself_verifies_by_the_published_keys_alone(pool: PgPool) {
    let (desk, _, chief) = open(pool).await;

    night(&desk).await;

    let (status, kept) = record(&desk, &chief).await;
    assert_eq!(status, StatusCode::OK, "{kept}");
    let said = kept["record"].as_str().unwrap();
    assert!(verifies(&desk, &kept, said.as_bytes()).await, "{kept}");
    let changed = said.replace("48400", "48401");
    assert!(changed != said && !verifies(&desk, &kept, changed.as_bytes()).await);
    let said: Value = serde_json::from_str(said).unwrap();
    assert_eq!((&said["record"], &said["day"]), (&json!(RECORD), &json!(DAY)));
    assert_eq!((&said["bank_fen"], &said["own_fen"]), (&json!(48400), &json!(48400)));
    assert_eq!((&said["lines"], &said["differences"]), (&json!(1), &json!([])));
    assert_eq!((&said["closed_by"], &said["key_id"]), (&Value::Null, &json!(KEY)));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_record_names_every_difference_and_who_answers_for_it(pool: PgPool) {
    let (desk, cashier, chief) = open(pool).await;
    desk.bank.plant(&[Plant::OrphanBank, Plant::Amount]);
    night(&desk).await;
    let (early, _) = record(&desk, &chief).await;

    let closed = close(&desk, &cashier, &chief).await;

    assert_eq!(early, StatusCode::NOT_FOUND, "an open day has no record");
    let (_, kept) = record(&desk, &cashier).await;
    let said = kept["record"].as_str().unwrap();
    assert!(verifies(&desk, &kept, said.as_bytes()).await, "{kept}");
    let said: Value = serde_json::from_str(said).unwrap();
    let people = [&cashier, &chief].map(|person| json!(person.id));
    let told = said["differences"].as_array().unwrap();
    assert_eq!(told.len(), 2, "{said}");
    for one in told {
        assert_eq!([&one["explained_by"], &one["approved_by"]], [&people[0], &people[1]]);
        assert_eq!(one["explanation"], "银行误记，\"B-stray\"");
    }
    assert_eq!(said["closed_by"], people[1]);
    assert_eq!(said["statement_sha256"], closed["digest"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_record_stays_what_it_is_and_so_does_its_signature_when_the_key_is_over(pool: PgPool) {
    let (desk, _, chief) = open(pool).await;
    night(&desk).await;
    let (_, before) = record(&desk, &chief).await;
    let write = |sql: &'static str| sqlx::query(sql).execute(&desk.ctx.pool);

    let changed = write("update day_records set record = replace(record, '48400', '48401')").await;
    let unsigned = write("update day_records set bureau = null, key_id = null, signature = null");
    let gone = write("delete from day_records");

    assert!(changed.is_err() && unsigned.await.is_err() && gone.await.is_err());
    // Years later the key is another one, and the old one was revoked.
    write("update bureau_keys set revoked_at = '2016-01-01'").await.unwrap();
    let (_, after) = record(&desk, &chief).await;
    assert_eq!(before, after);
    assert!(verifies(&desk, &after, after["record"].as_str().unwrap().as_bytes()).await);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn without_a_key_a_day_closes_all_the_same_and_says_that_nobody_signed(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (_, chief) = a_fee(&desk).await;

    night(&desk).await;

    let (status, kept) = record(&desk, &chief).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!([&kept["signature"], &kept["key_id"], &kept["bureau"]], [&Value::Null; 3]);
    assert!(kept["record"].as_str().unwrap().contains(r#""key_id":null"#));
}
