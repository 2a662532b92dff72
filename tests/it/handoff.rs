//! Who has the case: offered, answered once, and responsible from that very moment (domain R9).
use chrono::Duration;
use serde_json::{Value, json};
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{Bureau, Consignment, HAIYUAN, Reply, SSE, WAIGAOQIAO, YANGSHAN, screws, toys, wine};

use crate::cases::{Case, force, tick};

const AIRPORT: &str = "310400";

/// Drawn for sure, inspected at Waigaoqiao and released at Yangshan.
fn three_offices(reference: &str) -> Consignment {
    toys(reference).at(SSE, YANGSHAN)
}

/// Inspected at the airport, whose officers answer by hand.
fn by_air(reference: &str) -> Consignment {
    toys(reference).at(SSE, WAIGAOQIAO).with("/enty_port_code", json!("310401"))
}

async fn answer(case: &Case<'_>, office: &str, act: &str, body: Value) -> Reply {
    let id = case.handoff().await["id"].as_str().unwrap().to_owned();
    let chief = case.bureau.officer(office, Role::DutyChief).await;
    chief.post(&format!("/v1/handoffs/{id}/{act}"), body).await
}

async fn at_the_airport(bureau: &Bureau) -> Case<'_> {
    let case = Case::accepted(bureau, &bureau.derui().await, by_air("H-1")).await;
    bureau.settle().await;
    assert_eq!(case.handoff().await["state"], "OFFERED", "nobody answers for the airport");
    case
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_case_that_stays_at_one_office_is_handed_to_nobody(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;

    let goods = screws("H-2").at(WAIGAOQIAO, WAIGAOQIAO);
    let case = Case::filed(&bureau, &derui, goods).await;
    bureau.settle().await;

    assert_eq!(case.status().await, "RELEASED");
    assert_eq!(case.handoffs().await.len(), 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_drawn_case_goes_to_the_inspecting_office_and_after_the_result_to_the_release_office(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let case = Case::accepted(&bureau, &bureau.derui().await, three_offices("H-3")).await;
    assert_eq!(case.holder().await, SSE, "until the other side accepts");
    bureau.settle().await;
    assert_eq!(case.holder().await, WAIGAOQIAO);
    let early = case.officer(YANGSHAN, Role::ReleaseOfficer, "release", Value::Null).await;
    assert_eq!(early.status, 409, "not releasable until there is a result");

    case.inspect(WAIGAOQIAO, "PASS").await;
    assert_eq!(case.holder().await, WAIGAOQIAO);
    bureau.settle().await;

    assert_eq!(case.holder().await, YANGSHAN);
    let route: Vec<_> = case
        .handoffs()
        .await
        .iter()
        .map(|one| {
            format!("{} {} {} {}", one["from_org"], one["to_org"], one["cause"], one["state"])
        })
        .map(|one| one.replace('"', ""))
        .collect();
    let expected = ["310900 310700 SELECTED ACCEPTED", "310700 311000 CONFORMING ACCEPTED"];
    assert_eq!(route, expected);
    case.officer(YANGSHAN, Role::ReleaseOfficer, "release", Value::Null).await.expect(200);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_handoff_leaves_a_receipt_with_each_side(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = Case::filed(&bureau, &bureau.derui().await, screws("H-4")).await;
    let offered = case.handoff().await;
    bureau.settle().await;
    let accepted = case.handoff().await;

    assert!(offered["answer_receipt"].is_null() && offered["receipt_at"].is_null());
    assert_eq!(accepted["offer_receipt"], offered["offer_receipt"]);
    let receipts = [&accepted["offer_receipt"], &accepted["answer_receipt"]];
    assert!(receipts.iter().all(|receipt| receipt.as_str().is_some_and(|text| text.len() == 64)));
    assert_ne!(receipts[0], receipts[1]);
    assert_eq!(accepted["receipt_at"], "2014-05-12T02:20:00Z");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_office_that_answers_by_hand_waits_for_its_officer(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = at_the_airport(&bureau).await;
    assert_eq!(case.holder().await, SSE);
    let chief = bureau.officer(AIRPORT, Role::DutyChief).await;
    let coming = chief.get("/v1/worklists/handoffs-in").await.expect(200);
    assert_eq!(coming.text("/data/0/declaration_id"), case.id);

    let accepted = answer(&case, AIRPORT, "accept", Value::Null).await.expect(200);

    assert_eq!(accepted.text("/state"), "ACCEPTED");
    assert_eq!(case.holder().await, AIRPORT);
    let checks = bureau.officer(AIRPORT, Role::Inspector).await.get("/v1/worklists/checks").await;
    assert_eq!(checks.text("/data/0/id"), case.id);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn only_the_receiving_office_answers_and_only_the_offerer_recalls(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = at_the_airport(&bureau).await;
    let refusal = json!({ "code": "WRONG_OFFICE" });

    for office in [SSE, WAIGAOQIAO] {
        let accepted = answer(&case, office, "accept", Value::Null).await;
        assert!(matches!(accepted.status.as_u16(), 403 | 404), "{office}");
        let refused = answer(&case, office, "refuse", refusal.clone()).await;
        assert!(matches!(refused.status.as_u16(), 403 | 404), "{office}");
    }
    answer(&case, YANGSHAN, "accept", Value::Null).await.expect(404);
    answer(&case, AIRPORT, "recall", Value::Null).await.expect(403);

    assert_eq!(case.handoff().await["state"], "OFFERED");
    assert_eq!(case.holder().await, SSE);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_refused_case_stays_with_its_holder_until_the_duty_chief_offers_it_again(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = at_the_airport(&bureau).await;

    let silent = answer(&case, AIRPORT, "refuse", json!({ "code": "OTHER" })).await.expect(422);
    assert_eq!(silent.codes(), ["reason-required"]);
    let refusal = json!({ "code": "OTHER", "text": "查验场已满" });
    answer(&case, AIRPORT, "refuse", refusal).await.expect(200);
    bureau.settle().await;
    let handoff = case.handoff().await;
    assert_eq!((&handoff["state"], &handoff["refusal_code"]), (&json!("REFUSED"), &json!("OTHER")));
    assert_eq!(case.holder().await, SSE);
    let chief = bureau.officer(SSE, Role::DutyChief).await;
    let out = chief.get("/v1/worklists/handoffs-out").await.expect(200);
    assert_eq!(out.text("/data/0/refusal_text"), "查验场已满", "its chief finds it");
    case.officer(AIRPORT, Role::DutyChief, "offer-handoff", Value::Null).await.expect(403);
    case.officer(SSE, Role::DutyChief, "offer-handoff", Value::Null).await.expect(200);
    answer(&case, AIRPORT, "accept", Value::Null).await.expect(200);

    assert_eq!(case.holder().await, AIRPORT);
    let again = case.officer(AIRPORT, Role::DutyChief, "offer-handoff", Value::Null).await;
    assert_eq!(again.expect(409).problem(), "handoff/nothing-to-hand-over");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_offer_that_nobody_answers_expires_after_half_an_hour_and_the_chief_finds_it(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let case = at_the_airport(&bureau).await;
    tick(&bureau).await;

    bureau.wait(Duration::minutes(29));
    tick(&bureau).await;
    assert_eq!(case.handoff().await["state"], "OFFERED");
    bureau.wait(Duration::minutes(2));
    tick(&bureau).await;

    let handoff = case.handoff().await;
    assert_eq!(handoff["state"], "EXPIRED");
    assert!(!handoff["escalated_at"].is_null());
    assert_eq!(case.holder().await, SSE);
    let chief = bureau.officer(SSE, Role::DutyChief).await;
    let out = chief.get("/v1/worklists/handoffs-out").await.expect(200);
    assert_eq!(out.text("/data/0/state"), "EXPIRED");
    let late = answer(&case, AIRPORT, "accept", Value::Null).await.expect(409);
    assert_eq!(late.problem(), "handoff/already-answered");
    case.officer(SSE, Role::DutyChief, "offer-handoff", Value::Null).await.expect(200);
    assert_eq!(case.handoff().await["state"], "OFFERED");
    assert_eq!(case.handoffs().await.len(), 2);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_recalled_offer_cannot_be_accepted_any_more(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = at_the_airport(&bureau).await;

    answer(&case, SSE, "recall", Value::Null).await.expect(200);
    let late = answer(&case, AIRPORT, "accept", Value::Null).await.expect(409);

    assert_eq!(late.problem(), "handoff/already-answered");
    assert_eq!(case.holder().await, SSE);
    assert_eq!(case.handoff().await["state"], "RECALLED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn of_two_answers_at_once_one_counts(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = at_the_airport(&bureau).await;

    for round in 0..4 {
        let refusal = json!({ "code": "WRONG_OFFICE" });
        let (accepted, refused) = tokio::join!(
            answer(&case, AIRPORT, "accept", Value::Null),
            answer(&case, AIRPORT, "refuse", refusal),
        );

        let mut answers = [accepted.status.as_u16(), refused.status.as_u16()];
        answers.sort_unstable();
        assert_eq!(answers, [200, 409], "round {round}");
        if case.holder().await == AIRPORT {
            assert_eq!(case.handoff().await["state"], "ACCEPTED");
            return;
        }
        assert_eq!(case.handoff().await["state"], "REFUSED");
        case.officer(SSE, Role::DutyChief, "offer-handoff", Value::Null).await.expect(200);
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn two_acceptances_at_once_are_one(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = at_the_airport(&bureau).await;

    let (one, other) = tokio::join!(
        answer(&case, AIRPORT, "accept", Value::Null),
        answer(&case, AIRPORT, "accept", Value::Null),
    );

    let mut answers = [one.status.as_u16(), other.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [200, 409]);
    let accepted = "select count(*) from events where kind = 'handoff.accepted'";
    assert_eq!(bureau.count(accepted).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn who_holds_a_case_may_only_recall_while_it_is_offered(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = at_the_airport(&bureau).await;

    let second = bureau.second_officer(SSE, Role::Inspector).await.id;
    let start = json!({ "second_inspector": second });
    let here = case.officer(SSE, Role::Inspector, "start-inspection", start.clone()).await;
    let there = case.officer(AIRPORT, Role::Inspector, "start-inspection", start).await;

    assert_eq!(here.status, 403);
    assert!(matches!(there.status.as_u16(), 409 | 422), "{:#}", there.body);
    assert_eq!(case.status().await, "SELECTED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_timeline_tells_who_held_the_case_when(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::accepted(&bureau, &derui, three_offices("H-5")).await;
    bureau.wait(Duration::minutes(5));
    bureau.settle().await;
    bureau.wait(Duration::hours(5));
    case.inspect(WAIGAOQIAO, "PASS").await;
    bureau.wait(Duration::minutes(1));
    bureau.settle().await;

    let derui = bureau.derui().await;
    let timeline = derui.get(&case.url("timeline")).await.expect(200);
    let moves: Vec<String> = timeline.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["kind"] == "handoff.accepted")
        .map(|event| {
            let text = |pointer| tests::text(event, pointer);
            format!("{} {} {}", text("/at"), text("/data/from_org"), text("/data/to_org"))
        })
        .collect();
    let expected = ["2014-05-12T02:25:00Z 310900 310700", "2014-05-12T07:26:02Z 310700 311000"];
    assert_eq!(moves, expected);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn all_three_offices_read_a_case_and_no_other_does(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = Case::accepted(&bureau, &bureau.derui().await, three_offices("H-6")).await;
    let url = format!("/v1/declarations/{}", case.id);

    for office in [SSE, WAIGAOQIAO, YANGSHAN] {
        bureau.officer(office, Role::DutyChief).await.get(&url).await.expect(200);
    }
    bureau.officer("310200", Role::DutyChief).await.get(&url).await.expect(404);
    bureau.declarant(HAIYUAN).await.get(&url).await.expect(404);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_check_ordered_at_the_last_moment_brings_the_case_back_from_the_release_office(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    bureau.next_serial(SSE, 123).await;
    let importer = bureau.declarant(HAIYUAN).await;
    let case = Case::filed(&bureau, &importer, wine("H-7").at(SSE, WAIGAOQIAO)).await;
    bureau.settle().await;
    assert_eq!(case.holder().await, WAIGAOQIAO);

    let why = json!({ "reason": "箱体破损" });
    case.officer(YANGSHAN, Role::Inspector, "order-check", why).await.expect(200);
    bureau.settle().await;

    assert_eq!(case.status().await, "SELECTED");
    assert_eq!(case.holder().await, YANGSHAN);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_case_that_cannot_be_released_holds_up_none_of_those_carried_with_it(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let mut cases = Vec::new();
    for n in 0..6 {
        cases.push(Case::filed(&bureau, &derui, screws(&format!("H-20{n}"))).await);
    }
    // Somebody's hand in the table: a release stands there already.
    force(
        bureau.pool(),
        &cases[4].id,
        "insert into releases (declaration_id, decl_no, release_org, kind, released_at)
         select id, decl_no, release_org, 'DELIVERY_ORDER', accepted_at from declarations where id = $1",
    )
    .await
    .unwrap();

    bureau.settle().await;

    for (n, case) in cases.iter().enumerate() {
        let expected = if n == 4 { "CONFORMING" } else { "RELEASED" };
        assert_eq!(case.status().await, expected);
    }
    assert_eq!(cases[4].holder().await, SSE, "nothing of its handoff is kept either");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_goes_by_itself_is_released_with_its_handoff(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = Case::filed(&bureau, &bureau.derui().await, screws("H-210")).await;

    assert_eq!(bureau.settle().await, 1, "one promise");

    let history = bureau.history(&case.id).await;
    assert_eq!(history[history.len() - 2..], ["handoff.accepted", "declaration.released"]);
    let written = "select count(*) from declarations where revision = 2";
    assert_eq!(bureau.count(written).await, 1, "and written once");
}
