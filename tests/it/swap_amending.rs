//! Amending goods that came with a transfer: what the port may do alone, and what it asks the origin.
use serde_json::{Value, json};
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{League, MODEL, SSE};

use crate::{
    cases::Case,
    swaps::{
        ZHEJIANG, annotated, answers, claimed, decides, forms, open, states, swapped, transferred,
        wants,
    },
};

const LOWER: (&str, &str) = ("/goods/0/goods_total_val", "317900.00");

async fn asked(league: &League, case: &Case<'_>) -> tests::Reply {
    let wish = wants(case, &[(LOWER.0, json!(LOWER.1))]).await.expect(201);
    decides(case, &wish, "approve", Value::Null).await.expect(200);
    league.settle().await;
    wish
}

async fn amendment(case: &Case<'_>) -> String {
    case.text("select state from amendments where declaration_id = $1 order by id desc limit 1")
        .await
}

/// What the origin keeps of it.
async fn at_origin(league: &League) -> String {
    let sql = "select state from transfer_amendments order by id desc limit 1";
    sqlx::query_scalar(sql).fetch_one(league.at(ZHEJIANG).pool()).await.unwrap()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_port_lessens_what_has_arrived_and_changes_container_day_and_value_within_a_tenth(
    pool: PgPool,
) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    let case = swapped(&league, &password).await;

    let changes = [
        ("/goods/0/weight", json!("8450")),
        ("/goods/0/std_weight", json!("8450")),
        ("/goods/0/goods_total_val", json!("325125.00")),
        ("/goods/0/container_nos/0", json!("CSQU3054383")),
        ("/containers/0/cont_no", json!("CSQU3054383")),
        ("/containers/0/cntnr_mode_code", json!("211")),
        ("/desp_date", json!("2014-07-19")),
    ];
    let wish = wants(&case, &changes).await.expect(201);
    decides(&case, &wish, "approve", Value::Null).await.expect(200);

    assert_eq!(amendment(&case).await, "APPROVED", "nobody else is asked");
    let cleared = "select lines->0->>'weight' from clearance_forms where declaration_id = $1 and state = 'ISSUED'";
    assert_eq!(case.text(cleared).await, "8450");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_07_no_line_of_a_swap_is_ever_above_what_was_transferred(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    let agent = league.at(tests::SHANGHAI).declarant(MODEL).await;
    let mut body = crate::swaps::claim(&password);
    body["lines"] = json!([{ "goods_no": 1, "quantity": "171", "weight": "8400" }]);
    let above = crate::swaps::claims(&agent, body).await.expect(422);
    let case = swapped(&league, &password).await;

    let later = wants(&case, &[("/goods/0/weight", json!("8500.5"))]).await.expect(422);

    assert_eq!(above.codes(), ["goes-back-to-origin"]);
    assert_eq!(later.codes(), ["not-amendable"], "the origin could not agree to it either");
    let lines = "select lines->0->>'weight' from clearance_forms where declaration_id = $1";
    assert_eq!(case.text(lines).await, "8500");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn all_that_nobody_can_agree_to_is_told_at_once(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    let case = swapped(&league, &password).await;

    let changes = [
        ("/decl_code", json!("24")),
        ("/goods/0/hs_code", json!("0207141100")),
        ("/goods/0/qty", json!("171")),
        ("/goods/0/goods_total_val", json!("1.00")),
    ];
    let refused = wants(&case, &changes).await.expect(422);

    let pointers: Vec<_> = refused.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| tests::text(one, "/pointer"))
        .collect();
    assert_eq!(pointers, ["/decl_code", "/goods/0/hs_code", "/goods/0/qty"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_10_no_amendment_lets_excluded_goods_travel(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    let case = swapped(&league, &password).await;

    let shared = wants(&case, &[("/containers/0/lcl_flag", json!(true))]).await.expect(409);

    assert_eq!(shared.problem(), "transfer/excluded");
    assert_eq!(shared.codes(), ["transfer-excluded"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nothing_is_amended_once_customs_has_used_the_form(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    let case = swapped(&league, &password).await;
    let early = wants(&case, &[("/convynce_name", json!("EASTERN STAR"))]).await.expect(201);
    annotated(&case).await;

    let approved = decides(&case, &early, "approve", Value::Null).await.expect(409);
    let body = json!({ "reason": "海关已核注" });
    decides(&case, &early, "refuse", body).await.expect(200);
    let late = wants(&case, &[("/trans_mean_no", json!("0720E"))]).await.expect(409);

    assert_eq!(approved.problem(), "clearance-form/annotated");
    assert_eq!(late.problem(), "clearance-form/annotated");
    assert_eq!(forms(&case).await.len(), 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn before_the_swap_an_amendment_changes_the_form_that_is_still_to_come(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    let case = claimed(&league, &password).await;

    let wish = wants(&case, &[("/convynce_name", json!("EASTERN STAR"))]).await.expect(201);
    decides(&case, &wish, "approve", Value::Null).await.expect(200);
    let before = forms(&case).await.len();
    league.settle().await;

    assert_eq!((before, forms(&case).await.len()), (0, 1));
    assert_eq!(states(&league).await, ("SWAPPED".into(), "SWAPPED".into()));
    let version = "select version::text from declarations where id = $1";
    assert_eq!(case.text(version).await, "2");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_the_origin_refuses_stays_as_it_is_declared(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    let case = swapped(&league, &password).await;
    let wish = asked(&league, &case).await;
    let impatient = decides(&case, &wish, "approve", Value::Null).await.expect(409);

    let (_, answer) = answers(&league, "refuse").await;
    let again = {
        let officer = league.at(ZHEJIANG).officer(crate::swaps::XIAOSHAN, Role::DutyChief).await;
        let path = format!("/v1/transfer-amendments/{}/agree", answer.text("/id"));
        officer.post(&path, json!({ "reason": "改变主意" })).await.expect(409)
    };
    league.settle().await;

    assert_eq!(impatient.problem(), "amendment/already-decided");
    assert_eq!(again.problem(), "amendment/already-decided");
    assert_eq!(answer.text("/state"), "REFUSED");
    assert_eq!(amendment(&case).await, "REFUSED");
    assert_eq!(forms(&case).await.len(), 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_agreement_that_comes_after_customs_used_the_form_changes_nothing(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    let case = swapped(&league, &password).await;
    asked(&league, &case).await;
    annotated(&case).await;

    let (_, answer) = answers(&league, "agree").await;
    league.settle().await;

    answer.expect(200);
    assert_eq!(amendment(&case).await, "REFUSED");
    assert_eq!(at_origin(&league).await, "DROPPED", "and the origin knows");
    assert_eq!(forms(&case).await.len(), 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_wish_that_lies_with_the_origin_is_taken_back_and_the_origin_is_told(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    let case = swapped(&league, &password).await;
    let wish = asked(&league, &case).await;

    let agent = case.bureau.declarant(MODEL).await;
    let path = format!("/v1/amendments/{}/withdraw", wish.text("/id"));
    agent.post(&path, Value::Null).await.expect(200);
    league.settle().await;

    assert_eq!(amendment(&case).await, "WITHDRAWN");
    assert_eq!(at_origin(&league).await, "DROPPED");
    let officer = league.at(ZHEJIANG).officer(crate::swaps::XIAOSHAN, Role::DutyChief).await;
    let due = officer.get("/v1/worklists/transfer-amendments").await.expect(200);
    assert_eq!(due.body["data"], json!([]));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn only_the_inspecting_office_answers_and_only_the_claiming_office_decides(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    let case = swapped(&league, &password).await;
    asked(&league, &case).await;
    let (origin, port) = (league.at(ZHEJIANG), case.bureau);
    let sql = "select id::text from transfer_amendments";
    let id: String = sqlx::query_scalar(sql).fetch_one(origin.pool()).await.unwrap();
    let path = format!("/v1/transfer-amendments/{id}/agree");
    let because = json!({ "reason": "同意" });

    let elsewhere = origin.officer(ZHEJIANG, Role::CertificationOfficer).await;
    elsewhere.post(&path, because.clone()).await.expect(404);
    let inspector = origin.officer(crate::swaps::XIAOSHAN, Role::Inspector).await;
    inspector.post(&path, because).await.expect(403);
    let wish = case.text("select id::text from amendments where declaration_id = $1").await;
    let stranger = port.officer(tests::YANGSHAN, Role::AcceptanceOfficer).await;
    let refuse = format!("/v1/amendments/{wish}/refuse");
    assert_ne!(stranger.post(&refuse, json!({ "reason": "否" })).await.status, 200);
    let own = port.officer(SSE, Role::AcceptanceOfficer).await;
    own.post(&refuse, json!({ "reason": "否" })).await.expect(200);
}
