//! The sandbox that misbehaves: what a caller in test mode asks for, and what production makes of it.
mod bureau;

use std::time::{Duration, Instant};

use actix_web::{HttpServer, test::TestRequest};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use shared::{config::Mode, kernel::Role, rehearsal::Scenario};
use sqlx::PgPool;
use tests::{Bureau, MODEL, Person, Reply, SSE, screws, wine};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::cases::DOUBTFUL_CONTAINER;

/// All that exists in test mode only.
const OPERATIONS: [(&str, &str); 11] = [
    ("GET", "/v1/test/openapi.json"),
    ("GET", "/v1/test/clock"),
    ("POST", "/v1/test/clock"),
    ("POST", "/v1/test/officers"),
    ("POST", "/v1/test/declarations/00000000-0000-0000-0000-000000000000/inspect"),
    ("POST", "/v1/test/declarations/00000000-0000-0000-0000-000000000000/play"),
    ("POST", "/v1/test/payments/00000000-0000-0000-0000-000000000000/bank-says"),
    ("POST", "/v1/test/transfers/00000000-0000-0000-0000-000000000000/bureau-says"),
    ("POST", "/v1/test/declarations/00000000-0000-0000-0000-000000000000/bureau-says"),
    ("POST", "/v1/test/declarations/00000000-0000-0000-0000-000000000000/bureau-finds"),
    ("POST", "/v1/test/direct-consignments/00000000-0000-0000-0000-000000000000/bureau-says"),
];

fn filing(body: &Value, scenario: &str) -> TestRequest {
    let request = TestRequest::post().uri("/v1/declarations");
    request.insert_header(("test-scenario", scenario)).set_json(body)
}

async fn file(declarant: &Person<'_>, goods: &Value, scenario: &str) -> Reply {
    declarant.send(filing(goods, scenario)).await
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn no_test_operation_exists_in_production(pool: PgPool) {
    let mut bureau = Bureau::open(pool).await;
    let there = bureau.administrator().await.get("/v1/test/openapi.json").await.expect(200);
    let paths = there.body["paths"].as_object().unwrap();
    assert!(paths.keys().all(|path| path.starts_with("/v1/test/")), "{paths:#?}");
    let operations = paths.values().map(|item| item.as_object().unwrap().len()).sum::<usize>();
    assert_eq!(operations, OPERATIONS.len(), "this list is the whole of it");
    let published: Value = serde_json::from_str(&api::openapi_json()).unwrap();
    bureau.refit(|ctx| ctx.mode = Mode::Production);
    let administrator = bureau.administrator().await;

    for (method, path) in OPERATIONS {
        let reply = administrator.call(method, path).await;
        assert_eq!((reply.status.as_u16(), reply.problem()), (404, "not-found"), "{method} {path}");
    }

    let promised = published["paths"].as_object().unwrap();
    assert!(promised.keys().all(|path| !path.contains("/test")));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_scenario_is_refused_in_production(pool: PgPool) {
    let mut bureau = Bureau::open(pool).await;
    bureau.refit(|ctx| ctx.mode = Mode::Production);
    let derui = bureau.derui().await;

    let refused = file(&derui, &screws("TEST-PROD").0, "DELAY").await.expect(400);

    assert_eq!(refused.codes(), ["test-scenario-not-here"]);
    assert_eq!(bureau.count("select count(*) from declarations").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_unknown_scenario_is_told_the_known_ones(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;

    let refused = file(&derui, &screws("TEST-TYPO").0, "DELAYED").await.expect(400);

    assert_eq!(refused.codes(), ["test-scenario-unknown"]);
    for scenario in Scenario::ALL {
        assert!(refused.text("/errors/0/message_en").contains(scenario.name()), "{scenario:?}");
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_scenario_of_which_nothing_would_come_is_refused(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let pay = format!("/v1/fee-notices/{}/pay", bureau.nobody());

    for (path, scenario) in
        [("/v1/declarations/validate", "PAYMENT_REFUSED"), (pay.as_str(), "INSPECTION_DRAWN")]
    {
        let request = TestRequest::post().uri(path).insert_header(("test-scenario", scenario));
        let refused = derui.send(request.set_json(json!({}))).await.expect(400);
        assert_eq!(refused.codes(), ["test-scenario-unfit"], "{path}");
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn who_asks_for_a_refusal_gets_it_and_nothing_is_done(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;

    for (scenario, status) in [("TOO_MANY_REQUESTS", 429), ("UNAVAILABLE", 503)] {
        let refused = file(&derui, &screws("TEST-BUSY").0, scenario).await.expect(status);
        assert!(!refused.header("retry-after").is_empty(), "{scenario}");
    }

    assert_eq!(bureau.count("select count(*) from declarations").await, 0);
    derui.post("/v1/declarations", screws("TEST-BUSY").0).await.expect(201);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_delayed_answer_comes_late_and_whole(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let begun = Instant::now();

    let late = file(&derui, &screws("TEST-LATE").0, "DELAY").await.expect(201);

    assert!(begun.elapsed() >= Duration::from_secs(3));
    assert!(!late.text("/id").is_empty());
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_answer_dropped_after_the_commit_is_found_by_asking_again(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let ctx = (*bureau.ctx).clone();
    let server = HttpServer::new(move || api::app(ctx.clone())).workers(1).disable_signals();
    let server = server.shutdown_timeout(0).bind("127.0.0.1:0").unwrap();
    let door = server.addrs()[0];
    tokio::spawn(server.run());
    let body = screws("TEST-DROP").0;
    let text = body.to_string();
    let request = format!(
        "POST /v1/declarations HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ntest-scenario: \
         DROP_AFTER_COMMIT\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{text}",
        derui.token(),
        text.len(),
    );
    let mut line = TcpStream::connect(door).await.unwrap();
    line.write_all(request.as_bytes()).await.unwrap();

    let mut heard = Vec::new();
    let _ = line.read_to_end(&mut heard).await;

    assert_eq!(String::from_utf8_lossy(&heard), "", "not a byte of an answer");
    let again = derui.post("/v1/declarations", body).await.expect(200);
    assert_eq!(again.text("/ent_decl_no"), "TEST-DROP");
    assert_eq!(bureau.count("select count(*) from declarations").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_drawn_consignment_is_inspected_by_two_who_stand_in(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let filed = file(&derui, &screws("TEST-DRAWN").0, "INSPECTION_DRAWN").await.expect(201);
    bureau.settle().await;
    let inspect = format!("/v1/test/declarations/{}/inspect", filed.text("/id"));

    let inspected = derui.post(&inspect, json!({})).await.expect(200);

    assert_eq!(filed.text("/status"), "SELECTED", "{:#}", filed.body);
    assert_eq!(filed.body["is_selected"], true);
    assert_eq!(inspected.text("/rounds/0/result/verdict"), "PASS", "{:#}", inspected.body);
    let again = derui.post("/v1/declarations", screws("TEST-DRAWN").0).await.expect(200);
    assert_eq!(again.body, filed.body, "the first receipt, word for word");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_consignment_that_is_to_fail_fails(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let filed = file(&derui, &screws("TEST-FAILS").0, "INSPECTION_FAILED").await.expect(201);
    bureau.settle().await;
    let inspect = format!("/v1/test/declarations/{}/inspect", filed.text("/id"));

    derui.post(&inspect, json!({})).await.expect(200);

    assert_eq!(bureau.status(filed.text("/id")).await, "NON_CONFORMING");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_was_asked_for_outlasts_an_officers_review(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let goods = screws("TEST-DOUBT").with("/containers/0/cont_no", json!(DOUBTFUL_CONTAINER)).0;
    let filed = file(&derui, &goods, "INSPECTION_DRAWN").await.expect(201);
    assert_eq!(filed.text("/status"), "MANUAL_REVIEW", "{:#}", filed.body);
    let officer = bureau.officer(SSE, Role::AcceptanceOfficer).await;

    let accept = format!("/v1/declarations/{}/accept", filed.text("/id"));
    let accepted = officer.post(&accept, Value::Null).await.expect(200);

    assert_eq!(accepted.text("/status"), "SELECTED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nobody_plays_the_inspectors_of_anothers_case(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (derui, other) = (bureau.derui().await, bureau.declarant(MODEL).await);
    let filed = file(&derui, &screws("TEST-OTHER").0, "INSPECTION_DRAWN").await.expect(201);
    let inspect = format!("/v1/test/declarations/{}/inspect", filed.text("/id"));

    other.post(&inspect, json!({})).await.expect(404);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_declarant_plays_an_officer_by_the_officers_own_operations(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let goods = screws("TEST-OFFICER").with("/containers/0/cont_no", json!(DOUBTFUL_CONTAINER));
    let filed = derui.post("/v1/declarations", goods.0).await.expect(201);
    let uri = format!("/v1/declarations/{}/accept", filed.text("/id"));

    let officer = derui.post("/v1/test/officers", json!({ "office": SSE })).await.expect(201);

    let bearer = format!("Bearer {}", officer.text("/access_token"));
    let accept = TestRequest::post().uri(&uri).insert_header(("authorization", bearer));
    let accepted = bureau.stranger().send(accept).await.expect(200);
    assert!(!accepted.text("/decl_no").is_empty(), "{:#}", accepted.body);
    let same = derui.post("/v1/test/officers", json!({ "office": SSE })).await.expect(201);
    assert_eq!(same.text("/staff_id"), officer.text("/staff_id"), "always the same person");
    derui.post("/v1/test/officers", json!({ "office": "999999" })).await.expect(404);
    derui.post("/v1/test/officers", json!({ "office": SSE, "which": 10 })).await.expect(422);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nobody_signs_in_as_who_stands_in(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    derui.post("/v1/test/officers", json!({ "office": SSE })).await.expect(201);

    for password in ["", "correct horse battery"] {
        let body = json!({ "login": format!("stand-in-1.{SSE}"), "password": password });
        let refused = bureau.stranger().post("/v1/sign-in", body).await;
        assert!(refused.status.is_client_error(), "{}", refused.body);
    }
}

/// A notice of the enterprise that is being paid, and its payment.
async fn paying(bureau: &Bureau, owner: &Person<'_>, reference: &str) -> Reply {
    let limit = json!({ "amount": "20000.00", "currency": "CNY" });
    let agreement = json!({
        "reg_no": tests::HAIYUAN, "account_token": "acct-ok", "signed_on": "2014-05-01",
        "single_limit": limit, "daily_limit": limit,
    });
    let fee_officer = bureau.officer(SSE, Role::FeeOfficer).await;
    fee_officer.post("/v1/agreements", agreement).await.expect(201);
    let filed = owner.post("/v1/declarations", wine(reference).0).await.expect(201);
    let pay = format!("/v1/fee-notices/{}/pay", filed.text("/fee_notice/id"));
    owner.post(&pay, Value::Null).await.expect(200)
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_declarant_plays_the_bank_and_is_heard_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let owner = bureau.declarant(tests::HAIYUAN).await;
    let notice = paying(&bureau, &owner, "TEST-BANK").await;
    // No bank is across the street: the debit is sent, and nothing is heard of it.
    bureau.settle().await;
    let says = format!("/v1/test/payments/{}/bank-says", notice.text("/payment/id"));

    let said = json!({ "outcome": "SUCCESS", "times": 2 });
    let paid = owner.post(&says, said).await.expect(200);

    assert_eq!(paid.text("/state"), "SUCCESS", "{:#}", paid.body);
    assert_eq!(bureau.count("select count(*) from bank_words").await, 1);
    let stranger = bureau.declarant(MODEL).await;
    stranger.post(&says, json!({ "outcome": "FAILED" })).await.expect(404);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_declarant_moves_the_test_clock(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let before = bureau.ctx.clock.now();

    let moved = derui.post("/v1/test/clock", json!({ "advance_seconds": 3600 })).await.expect(200);

    let now: DateTime<Utc> = moved.text("/now").parse().unwrap();
    assert_eq!(now - before, chrono::Duration::hours(1));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn every_answer_names_the_edition_of_the_contract(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;

    for path in ["/v1/declarations", "/v1/nowhere", "/health/live"] {
        assert_eq!(derui.get(path).await.header("api-version"), "1", "{path}");
    }
    assert_eq!(bureau.stranger().get("/v1/declarations").await.header("api-version"), "1");
    assert!(derui.get("/v1/declarations").await.header("deprecation").is_empty());
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_operation_that_will_not_stay_says_until_when_and_what_instead(pool: PgPool) {
    static TABLE: std::sync::LazyLock<[api::version::Deprecated; 1]> =
        std::sync::LazyLock::new(|| {
            [api::version::Deprecated {
                method: "GET",
                path: "/v1/declarations",
                since: "2014-05-01T00:00:00Z".parse().unwrap(),
                sunset: Some("2015-05-01T00:00:00Z".parse().unwrap()),
                see: "https://anyport.example/docs/lists",
            }]
        });
    let mut bureau = Bureau::open(pool).await;
    bureau.refit(|ctx| ctx.deprecated = &*TABLE);
    let derui = bureau.derui().await;

    let told = derui.get("/v1/declarations").await.expect(200);

    assert_eq!(told.header("deprecation"), "@1398902400");
    assert_eq!(told.header("sunset"), "Fri, 01 May 2015 00:00:00 GMT");
    let link = "<https://anyport.example/docs/lists>; rel=\"deprecation\"; type=\"text/html\"";
    assert_eq!(told.header("link"), link);
    let other = derui.post("/v1/declarations", json!({})).await;
    assert!(other.header("deprecation").is_empty(), "another method is another operation");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn officers_who_are_played_see_a_case_through_and_nobody_elses(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let owner = bureau.derui().await;
    let filed = file(&owner, &screws("TEST-PLAY").0, "INSPECTION_DRAWN").await.expect(201);
    let play = format!("/v1/test/declarations/{}/play", filed.text("/id"));

    bureau.declarant(MODEL).await.post(&play, Value::Null).await.expect(404);
    let mut played = owner.post(&play, Value::Null).await.expect(200);
    for _ in 0..3 {
        bureau.settle().await;
        played = owner.post(&play, Value::Null).await.expect(200);
    }

    assert_eq!(played.text("/status"), "RELEASED");
    let history = bureau.history(filed.text("/id")).await;
    assert!(history.iter().any(|kind| kind == "inspection.passed"), "{history:?}");
}
