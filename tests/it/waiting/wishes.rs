//! What waits for an officer's decision, and what waits between bureaus.
use chrono::Duration;
use serde_json::{Value, json};
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{Bureau, HAIYUAN, MODEL, SHANGHAI, SSE, wine};
use uuid::Uuid;

use super::moment;
use crate::{
    cases::Case,
    swaps::{self, XIAOSHAN, ZHEJIANG},
};

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_wish_to_amend_is_expected_to_be_decided_as_soon_as_others_were(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let owner = bureau.declarant(HAIYUAN).await;
    let case = Case::filed(&bureau, &owner, wine("WA-1")).await;
    bureau.settle().await;
    let wish = async |place: &str| {
        let content = wine("WA-1").with("/goods_place", json!(place)).0;
        let body = json!({ "reason": "货物移场", "content": content });
        bureau.declarant(HAIYUAN).await.post(&case.url("amendments"), body).await.expect(201)
    };
    let first = wish("外高桥堆场").await;
    let unknown = owner.get(&case.url("amendments")).await.expect(200);
    bureau.wait(Duration::minutes(20));
    let officer = bureau.officer(SSE, Role::AcceptanceOfficer).await;
    let refuse = format!("/v1/amendments/{}/refuse", first.text("/id"));
    officer.post(&refuse, json!({ "reason": "无需更改" })).await.expect(200);
    bureau.ctx.waiting.refresh(bureau.pool()).await.unwrap();
    wish("洋山堆场").await;

    let owner = bureau.declarant(HAIYUAN).await;
    let read = owner.get(&case.url("amendments")).await.expect(200);

    assert_eq!(unknown.header("retry-after"), "60");
    assert_eq!(unknown.body["data"][0]["expected_at"], Value::Null);
    assert_eq!(read.header("retry-after"), "1201");
    assert_eq!(read.body["data"][0]["expected_at"], Value::Null, "decided");
    let asked_at = moment(&read, "/data/1/requested_at");
    assert_eq!(moment(&read, "/data/1/expected_at"), asked_at + Duration::minutes(20));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_transfer_waits_for_the_port_to_receive_it_and_to_swap_it(pool: PgPool) {
    let league = swaps::open(pool).await;
    let case = swaps::conforming(&league).await;
    let wish = swaps::wish();
    let made = case.officer(XIAOSHAN, Role::CertificationOfficer, "transfers", wish).await;
    let password = made.expect(201).text("/password").to_owned();

    let created = swaps::at_origin(&league, "", Value::Null).await.expect(200);
    league.settle().await;
    let arrived = swaps::at_origin(&league, "", Value::Null).await.expect(200);
    let port = league.at(SHANGHAI);
    swaps::claimed(&league, &password).await;
    let agent = port.declarant(MODEL).await;
    let mine = agent.get("/v1/transfers").await.expect(200);
    let path = format!("/v1/transfers/{}", mine.text("/data/0/id"));
    let claimed = agent.get(&path).await.expect(200);
    league.settle().await;
    let swapped = agent.get(&path).await.expect(200);

    assert_eq!((created.text("/state"), created.header("retry-after")), ("CREATED", "60"));
    assert_eq!(arrived.text("/state"), "RECEIVED_BY_PORT");
    assert!(arrived.header("retry-after").is_empty(), "whoever holds the password may claim it");
    assert_eq!((claimed.text("/state"), claimed.header("retry-after")), ("CLAIMED", "60"));
    assert_eq!(swapped.text("/state"), "SWAPPED");
    assert!(swapped.header("retry-after").is_empty());
    assert_eq!(swapped.body["expected_at"], Value::Null);

    // As if the swap had taken half an hour, and another one were under way.
    let half_an_hour = "update transfers set swapped_at = claimed_at + interval '30 minutes'";
    sqlx::query(half_an_hour).execute(port.pool()).await.unwrap();
    port.ctx.waiting.refresh(port.pool()).await.unwrap();
    sqlx::query("update transfers set state = 'CLAIMED'").execute(port.pool()).await.unwrap();
    let another = port.declarant(MODEL).await.get(&path).await.expect(200);
    let claimed_at = moment(&another, "/claimed_at");
    assert_eq!(moment(&another, "/expected_at"), claimed_at + Duration::minutes(30));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_a_port_asks_waits_for_an_officer_and_then_for_the_port(pool: PgPool) {
    let league = swaps::open(pool).await;
    let (_origin, password) = swaps::transferred(&league).await;
    let case = swaps::swapped(&league, &password).await;
    let lower = ("/goods/0/goods_total_val", json!("317900.00"));
    let wish = swaps::wants(&case, &[lower]).await.expect(201);
    swaps::decides(&case, &wish, "approve", Value::Null).await.expect(200);
    league.settle().await;
    let origin = league.at(ZHEJIANG);
    let path =
        format!("/v1/transfers/{}/amendments", one(origin, "select id from transfers").await);
    let read = async || {
        let officer = origin.officer(XIAOSHAN, Role::CertificationOfficer).await;
        officer.get(&path).await.expect(200)
    };

    let asked = read().await;
    league.wait(Duration::minutes(15));
    let (_, answer) = swaps::answers(&league, "agree").await;
    answer.expect(200);
    let agreed = read().await;
    origin.ctx.waiting.refresh(origin.pool()).await.unwrap();
    league.settle().await;
    let applied = read().await;

    assert_eq!((asked.text("/data/0/state"), asked.header("retry-after")), ("ASKED", "60"));
    assert_eq!((agreed.text("/data/0/state"), agreed.header("retry-after")), ("AGREED", "60"));
    assert_eq!(applied.text("/data/0/state"), "APPLIED");
    assert!(applied.header("retry-after").is_empty());
    let again =
        "update transfer_amendments set state = 'ASKED', decided_at = null, ended_at = null";
    sqlx::query(again).execute(origin.pool()).await.unwrap();
    let late = moment(&read().await, "/data/0/expected_at") - moment(&asked, "/data/0/asked_at");
    assert!((15 * 60..=2 * 16 * 60).contains(&late.num_seconds()), "{late}");
}

/// What Anhui told of an enterprise at that moment.
async fn told(bureau: &Bureau, reg_no: &str) -> String {
    sqlx::query(
        "insert into partners (code, name_zh, created_at, updated_at)
         values ('340000', '安徽出入境检验检疫局', now(), now()) on conflict do nothing",
    )
    .execute(bureau.pool())
    .await
    .unwrap();
    let id: Uuid = sqlx::query_scalar(
        "insert into credit_recognitions (id, partner, reg_no, version, class, valid_from, hs_scope, privileges,
             evidence, status, told_at, created_at, updated_at)
         values (gen_random_uuid(), '340000', $1, 1, 'AA', '2014-05-01', '{}', '{}', '皖检信2014-1', 'PROPOSED',
             $2, $2, $2)
         returning id",
    )
    .bind(reg_no)
    .bind(bureau.ctx.clock.now())
    .fetch_one(bureau.pool())
    .await
    .unwrap();
    format!("/v1/credit-recognitions/{id}")
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_class_that_another_bureau_told_waits_for_officers_here(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let earlier = told(&bureau, "3400601234").await;
    bureau.wait(Duration::minutes(25));
    let officer = bureau.all_round_officer(SSE).await;
    let unknown = officer.get(&earlier).await.expect(200);
    let refused =
        officer.post(&format!("{earlier}/refuse"), json!({ "reason": "查验不合格" })).await;
    refused.expect(200);
    bureau.ctx.waiting.refresh(bureau.pool()).await.unwrap();
    let path = told(&bureau, "3400601235").await;

    let read = officer.get(&path).await.expect(200);
    let decided = officer.get(&earlier).await.expect(200);

    assert_eq!(unknown.header("retry-after"), "60");
    assert_eq!(moment(&read, "/expected_at"), moment(&read, "/told_at") + Duration::minutes(25));
    assert_eq!(read.header("retry-after"), "1501");
    assert!(decided.header("retry-after").is_empty());
    assert_eq!(decided.body["expected_at"], Value::Null);
}

async fn one(bureau: &Bureau, sql: &'static str) -> Uuid {
    sqlx::query_scalar(sql).fetch_one(bureau.pool()).await.unwrap()
}
