//! Receivers that fail: the schedule, pauses, and the end of patience.
use chrono::Duration;
use sqlx::PgPool;

use super::*;

async fn log(owner: &Person<'_>, endpoint: &Known, event: &str) -> Value {
    owner.get(&endpoint.path(&format!("/deliveries/{event}"))).await.expect(200).body
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_delivery_is_tried_again_on_the_schedule_and_every_attempt_is_logged(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    let endpoint = active(&bureau, &derui, &outside.url("500-1"), &["declaration.filed"]).await;
    released(&bureau, "AGAIN-1").await;
    let pauses = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

    let first = bureau.tell().await;
    let at_once = bureau.tell().await;
    for (number, pause) in pauses.into_iter().enumerate() {
        bureau.wait(Duration::seconds(pause - 1));
        assert_eq!(bureau.tell().await, 0, "try {number} is not due yet");
        bureau.wait(Duration::seconds(pause / 10 + 2));
        assert_eq!(bureau.tell().await, 1, "try {number}");
    }
    bureau.wait(Duration::days(7));
    let after_all = bureau.tell().await;

    assert_eq!((first, at_once, after_all), (1, 0, 0));
    let ids = outside.ids("500-1");
    assert_eq!(ids.len(), 10);
    assert!(ids.iter().all(|id| *id == ids[0]), "the same id over all attempts");
    let log = log(&bureau.derui().await, &endpoint, &ids[0]).await;
    assert_eq!(log["delivery"]["state"], "GIVEN_UP");
    assert_eq!(log["delivery"]["last_error"], "it answered 500");
    let attempts = log["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 10);
    assert_eq!(attempts[0]["at"], "2014-05-12T02:20:00Z");
    assert_eq!(attempts[9]["number"], 10);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_endpoint_that_asks_for_a_pause_is_left_alone_for_so_long(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    let endpoint = active(&bureau, &derui, &outside.url("429-1"), &["declaration.filed"]).await;
    released(&bureau, "PAUSE-1").await;
    bureau.tell().await;
    outside.hooks.behave("429-1", sandbox::hooks::Manner::Ok);
    released(&bureau, "PAUSE-2").await;

    bureau.wait(Duration::seconds(59));
    let too_early = bureau.tell().await;
    let held = endpoint.read(&derui).await;
    bureau.wait(Duration::seconds(1));
    let then = bureau.tell().await;

    assert_eq!((too_early, then), (0, 2));
    assert_eq!(held.text("/held_until"), "2014-05-12T02:21:00Z");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_endpoint_that_is_gone_is_disabled_at_once_and_its_owner_told(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    let endpoint = active(&bureau, &derui, &outside.url("410-1"), &["declaration.filed"]).await;
    active(&bureau, &derui, &outside.url("ok-1"), &["webhook.endpoint_disabled"]).await;
    released(&bureau, "GONE-1").await;

    bureau.tell().await;
    bureau.tell().await;

    let read = endpoint.read(&derui).await;
    assert_eq!((read.text("/state"), read.text("/disabled_because")), ("DISABLED", "GONE"));
    let told = outside.hooks.received("ok-1");
    assert_eq!(tests::text(&body(&told[0]), "/data/id"), endpoint.id);
    assert_eq!(tests::text(&body(&told[0]), "/data/details/because"), "GONE");
    let feed = derui.get("/v1/changes?after=0").await.expect(200);
    assert!(feed.body.to_string().contains("webhook.endpoint_disabled"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_endpoint_that_fails_for_five_days_is_disabled_and_one_success_starts_them_anew(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    let endpoint = active(&bureau, &derui, &outside.url("500-1"), &["declaration.filed"]).await;
    let fail_for_days = async |days: i64, name: &str| {
        for day in 0..=days {
            released(&bureau, &format!("{name}-{day}")).await;
            bureau.tell().await;
            bureau.wait(Duration::days(1));
        }
    };
    fail_for_days(3, "A").await;
    outside.hooks.behave("500-1", sandbox::hooks::Manner::Ok);
    bureau.tell().await;
    let well = endpoint.read(&bureau.derui().await).await;
    outside.hooks.behave("500-1", sandbox::hooks::Manner::Broken);
    fail_for_days(4, "B").await;
    let patient = endpoint.read(&bureau.derui().await).await;
    fail_for_days(1, "C").await;

    let lost = endpoint.read(&bureau.derui().await).await;

    assert!(well.body["failing_since"].is_null());
    assert_eq!(patient.text("/state"), "ACTIVE");
    assert_eq!((lost.text("/state"), lost.text("/disabled_because")), ("DISABLED", "FAILING"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_redirect_is_a_failure_and_followed_nowhere(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    let endpoint = active(&bureau, &derui, &outside.url("302-1"), &["declaration.filed"]).await;
    released(&bureau, "ELSEWHERE-1").await;

    bureau.tell().await;

    assert_eq!(outside.ids("ok-elsewhere").len(), 0);
    let event = &outside.ids("302-1")[0];
    assert_eq!(log(&derui, &endpoint, event).await["delivery"]["last_status"], 302);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn private_addresses_are_called_neither_by_number_nor_by_name(pool: PgPool) {
    use worker::outbound::webhooks::Webhooks;
    let mut bureau = Bureau::open(pool).await;
    let (outside, endpoints) = (Outside::open(), ["127.0.0.1", "localhost"]);
    let guarded = Webhooks::new(
        bureau.ctx.webhooks.keys.clone().unwrap(),
        shared::notification::address::PrivateAddresses::Refuse,
        std::time::Duration::from_secs(2),
    );
    let mut known = Vec::new();
    let derui = bureau.derui().await;
    for host in endpoints {
        let url = outside.url("ok-1").replace("http://127.0.0.1", &format!("https://{host}"));
        let endpoint = registered(&derui, &url, &[]).await;
        derui.post(&endpoint.path("/challenge"), Value::Null).await.expect(200);
        known.push(endpoint);
    }
    drop(derui);
    bureau.worker.webhooks = Some(std::sync::Arc::new(guarded.unwrap()));

    bureau.settle().await;

    let derui = bureau.derui().await;
    let errors = [known[0].read(&derui).await, known[1].read(&derui).await];
    assert_eq!(errors[0].text("/challenge_error"), "it is an address of a private network");
    let by_name = "it has no address outside private networks";
    assert_eq!(errors[1].text("/challenge_error"), by_name);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_worker_that_dies_with_messages_in_hand_leaves_them_to_the_next(pool: PgPool) {
    use shared::notification::service::delivery;
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    active(&bureau, &derui, &outside.url("ok-1"), &["declaration.filed"]).await;
    released(&bureau, "DEAD-1").await;
    worker::notification::sequence(&bureau.worker).await.unwrap();
    let mut conn = bureau.pool().acquire().await.unwrap();
    let lease = (bureau.ctx.clock.now(), Duration::seconds(90));
    let in_hand = delivery::claim(&mut conn, lease, &[], (64, 64)).await.unwrap();
    drop(conn);

    let meanwhile = bureau.tell().await;
    bureau.wait(Duration::seconds(90));
    let then = bureau.tell().await;

    assert_eq!((in_hand.len(), meanwhile, then), (1, 0, 1));
    assert_eq!(outside.ids("ok-1"), [in_hand[0].event.to_string()]);
}
