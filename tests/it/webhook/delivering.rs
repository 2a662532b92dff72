//! Order, and neighbours that do not disturb each other.
use sqlx::PgPool;

use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_happens_to_one_declaration_comes_in_its_order(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    active(&bureau, &derui, &outside.url("ok-1"), &[]).await;
    for number in 0..5 {
        released(&bureau, &format!("SORTED-{number}")).await;
    }

    bureau.tell().await;

    let feed = derui.get("/v1/changes?after=0&limit=200").await.expect(200);
    let feed = feed.body["data"].as_array().unwrap().clone();
    let mut told = std::collections::BTreeMap::<String, Vec<String>>::default();
    for message in outside.hooks.received("ok-1") {
        let subject = tests::text(&body(&message), "/data/id").to_owned();
        told.entry(subject).or_default().push(message.id);
    }
    assert_eq!(told.len(), 5);
    for (subject, ids) in told {
        let of_it = feed.iter().filter(|change| change["event"]["data"]["id"] == subject.as_str());
        let expected: Vec<_> = of_it.map(|change| tests::text(change, "/id")).collect();
        assert_eq!(ids, expected);
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_failed_holds_up_its_own_declaration_and_no_other(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    active(&bureau, &derui, &outside.url("500-1"), &[]).await;
    let first = released(&bureau, "HELD-1").await;
    bureau.tell().await;
    outside.hooks.behave("500-1", sandbox::hooks::Manner::Ok);
    let second = released(&bureau, "HELD-2").await;
    bureau.tell().await;
    let subjects = |from: usize| {
        let told = outside.hooks.received("500-1");
        let subject = |message| tests::text(&body(message), "/data/id").to_owned();
        told[from..].iter().map(subject).collect::<Vec<_>>()
    };
    let meanwhile = subjects(1);

    bureau.wait(chrono::Duration::seconds(6));
    bureau.tell().await;

    assert_eq!(subjects(0)[0], first);
    assert!(!meanwhile.is_empty() && meanwhile.iter().all(|subject| *subject == second));
    let rest = subjects(1 + meanwhile.len());
    assert!(rest.len() >= 2 && rest.iter().all(|subject| *subject == first), "{rest:?}");
    let waiting = "select count(*) from webhook_deliveries where state = 'WAITING'";
    assert_eq!(bureau.count(waiting).await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_endpoint_that_hangs_delays_no_other(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    let bad = active(&bureau, &derui, &outside.url("hang-1"), &[]).await;
    active(&bureau, &derui, &outside.url("ok-1"), &[]).await;
    let (say_stop, stop) = worker::Stop::new();
    let webhooks = bureau.worker.webhooks.clone().unwrap();
    let courier = worker::courier::Courier::new(bureau.worker.clone(), webhooks);
    let courier = tokio::spawn(courier.keep_delivering(stop));
    for number in 0..30 {
        released(&bureau, &format!("HANG-{number}")).await;
    }
    worker::notification::sequence(&bureau.worker).await.unwrap();
    let feed = usize::try_from(bureau.count("select count(*) from changes").await).unwrap();

    // Each of its messages takes two seconds to fail, sixteen at a time; the other has long had them all.
    tests::eventually("the good one has all", async || outside.ids("ok-1").len() == feed).await;

    let log = derui.get(&bad.path("/deliveries?state=DELIVERED")).await.expect(200);
    assert_eq!(log.body["data"], json!([]));
    say_stop.send(true).unwrap();
    courier.await.unwrap();
}
