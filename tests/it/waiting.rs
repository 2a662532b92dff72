//! When to ask again: what waits for somebody says so, by what the office ended of late.
mod money;
mod wishes;

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{Bureau, Consignment, HAIYUAN, Reply, SSE, screws, wine};

use crate::cases::{Case, DOUBTFUL_CONTAINER};

fn doubtful(reference: &str) -> Consignment {
    screws(reference).with("/containers/0/cont_no", json!(DOUBTFUL_CONTAINER))
}

fn moment(reply: &Reply, pointer: &str) -> DateTime<Utc> {
    reply.text(pointer).parse().unwrap()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_office_without_history_promises_nothing_and_says_when_to_ask(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::filed(&bureau, &derui, doubtful("WAIT-1")).await;

    let read = derui.get(&format!("/v1/declarations/{}", case.id)).await.expect(200);

    assert_eq!(read.text("/status"), "MANUAL_REVIEW");
    assert_eq!(read.body["expected_at"], Value::Null);
    assert_eq!((read.header("retry-after"), case.receipt.header("retry-after")), ("60", "60"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_waits_is_expected_after_as_long_as_the_office_took_of_late(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    for reference in ["WAIT-2", "WAIT-3", "WAIT-4"] {
        // A token lasts ten minutes.
        let derui = bureau.derui().await;
        let before = Case::filed(&bureau, &derui, doubtful(reference)).await;
        bureau.wait(Duration::minutes(10) - Duration::seconds(1));
        before.officer(SSE, Role::AcceptanceOfficer, "accept", Value::Null).await.expect(200);
    }
    bureau.ctx.waiting.refresh(bureau.pool()).await.unwrap();
    let derui = bureau.derui().await;
    let case = Case::filed(&bureau, &derui, doubtful("WAIT-5")).await;

    let read = derui.get(&format!("/v1/declarations/{}", case.id)).await.expect(200);

    let expected = moment(&read, "/expected_at");
    assert_eq!(expected, moment(&read, "/filed_at") + Duration::minutes(10));
    assert_eq!(read.header("retry-after"), "601");
    assert_eq!(case.receipt.header("retry-after"), "601");
    bureau.wait(Duration::minutes(11));
    let derui = bureau.derui().await;
    let late = derui.get(&format!("/v1/declarations/{}", case.id)).await.expect(200);
    assert_eq!(
        moment(&late, "/expected_at"),
        expected + Duration::minutes(10),
        "never in the past"
    );
    let again = derui.post("/v1/declarations", doubtful("WAIT-5").0).await.expect(200);
    assert_eq!(again.body, case.receipt.body, "the receipt is word for word the same");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_waits_for_nobody_says_nothing_of_waiting(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let returned = derui.post("/v1/declarations", screws("WAIT-6").without("/release_org").0).await;

    let read = derui.get(&format!("/v1/declarations/{}", returned.text("/id"))).await.expect(200);

    assert_eq!(read.text("/status"), "NEEDS_CORRECTION");
    assert!(read.header("retry-after").is_empty() && returned.header("retry-after").is_empty());
    assert_eq!(read.body["expected_at"], Value::Null);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_open_handoff_says_when_to_ask_again(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let owner = bureau.declarant(HAIYUAN).await;
    let case = Case::filed(&bureau, &owner, wine("WAIT-7")).await;
    let open = case.handoff().await;
    let path = format!("/v1/handoffs/{}", open["id"].as_str().unwrap());

    let read = owner.get(&path).await.expect(200);
    bureau.settle().await;
    let answered = owner.get(&path).await.expect(200);

    assert_eq!((read.text("/state"), read.header("retry-after")), ("OFFERED", "60"));
    assert_eq!(answered.text("/state"), "ACCEPTED");
    assert!(answered.header("retry-after").is_empty());
}
