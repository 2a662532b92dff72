//! One call, one receipt: whatever is sent, however often, by however many at once.
use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use actix_web::test::TestRequest;
use futures_util::future::join_all;
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};
use shared::{
    acts::{self, Filed, Receipt},
    declaration::{Direction, numbers::Series},
    kernel::Role,
    ledger::Tx,
};
use sqlx::PgPool;
use tests::{
    AGENT, Bureau, Consignment, DERUI, HAIYUAN, MODEL, SSE, WAIGAOQIAO, YANGSHAN, screws, wine,
};

use crate::{
    cases::{Case, DOUBTFUL_CONTAINER, filing, waiting_for_locks},
    chores::eventually,
};

const FILE: &str = "/v1/declarations";

/// The same declaration, spelled by somebody else: members the other way round, white space, a trailing zero.
fn respelled(value: &Value, depth: usize) -> String {
    let pad = "  ".repeat(depth);
    match value {
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .rev()
                .map(|(name, value)| {
                    format!("\n{pad}\"{name}\" :\t{}", respelled(value, depth + 1))
                })
                .collect();
            format!("{{{}\n}}", members.join(" ,"))
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| respelled(item, depth + 1)).collect();
            format!("[ {} ]", items.join(", "))
        }
        Value::String(text) if text == "41250.00" => "\"41250.0\"".to_owned(),
        plain => plain.to_string(),
    }
}

async fn stored(bureau: &Bureau) -> i64 {
    bureau.count("select count(*) from declarations").await
}

async fn file_through(bureau: &Bureau, goods: &Consignment) -> Filed {
    bureau.ctx.filer.file(bureau.ctx.desk(), filing(goods)).await.unwrap()
}

fn receipt_of(filed: Filed) -> Receipt {
    match filed {
        Filed::New(receipt) | Filed::Repeated(receipt) => receipt,
        Filed::Refused(refusal) => panic!("{refusal:?}"),
    }
}

fn is_new(filed: &Filed) -> bool {
    matches!(filed, Filed::New(_))
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_new_declaration_is_answered_with_its_receipt_and_where_it_lies(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;

    let filed = derui.post(FILE, screws("N-1").0).await.expect(201);

    assert_eq!(filed.header("location"), format!("{FILE}/{}", filed.text("/id")));
    assert_eq!(filed.body["version"], 1);
    assert_eq!(filed.text("/decl_no").len(), 15);
    let by_reference = derui.get("/v1/declarations-by-reference/N-1").await.expect(200);
    assert_eq!(by_reference.text("/id"), filed.text("/id"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_same_declaration_in_another_spelling_gets_the_very_same_receipt(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let goods = screws("S-1");
    let spelling = respelled(&goods.0, 0);
    assert!(spelling.contains("41250.0\""), "{spelling}");

    let first = derui.post(FILE, goods.0).await.expect(201);
    let again = derui.post_raw(FILE, "application/json", spelling.clone()).await.expect(200);
    bureau.settle().await;
    bureau.wait(chrono::Duration::days(400));
    let derui = bureau.derui().await;
    let much_later =
        derui.post_raw(FILE, "application/json; charset=UTF-8", spelling).await.expect(200);

    assert_eq!(bureau.status(first.text("/id")).await, "RELEASED");
    assert_eq!(again.body, first.body);
    assert_eq!(much_later.body, first.body, "word for word, though the case has moved on");
    assert_eq!(stored(&bureau).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_first_receipt_is_given_again_even_after_a_resubmission(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let returned = screws("S-2").with("/goods/0/hs_code", json!("73"));
    let case = Case::filed(&bureau, &derui, returned.clone()).await;
    assert_eq!(case.receipt.text("/status"), "NEEDS_CORRECTION");
    let second = derui.post(&case.url("resubmit"), screws("S-2").0).await.expect(200);
    assert_eq!(second.body["version"], 2);

    let again = derui.post(FILE, returned.0).await.expect(200);

    assert_eq!(again.body, case.receipt.body);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn other_content_under_the_same_reference_is_told_the_first_and_how_to_resubmit(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::filed(&bureau, &derui, screws("R-1")).await;

    let other = screws("R-1").with("/goods_place", json!("别处")).without("/goods/0/currency");
    let refused = derui.post(FILE, other.0).await.expect(409);

    assert_eq!(refused.problem(), "declaration/ent-decl-no-reused");
    let detail = refused.text("/detail");
    assert!(detail.contains(&case.id) && detail.contains("/resubmit"), "{detail}");
    assert_eq!(refused.codes(), ["mandatory-field"], "what else is wrong with it is told too");
    assert_eq!(stored(&bureau).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_reference_of_one_enterprise_is_free_for_another(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    Case::filed(&bureau, &bureau.derui().await, screws("R-2")).await;

    let other = screws("R-2").of(HAIYUAN).with("/delivery_order", json!("OTHER"));
    bureau.declarant(HAIYUAN).await.post(FILE, other.0).await.expect(201);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_delivery_order_in_use_is_refused_with_every_other_defect_and_its_number_for_the_owner(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::filed(&bureau, &derui, screws("D-1")).await;
    let number = case.receipt.text("/decl_no");
    let same_order = |goods: Consignment| {
        // Upper case and without white space: the same key (domain R2).
        goods.with("/delivery_order", json!(" dd- 1 ")).with("/bill_lad_no", json!("BD-1"))
    };

    let own = same_order(screws("D-2")).without("/goods_place");
    let own = derui.post(FILE, own.0).await.expect(409);
    let other = same_order(screws("D-3").of(HAIYUAN)).at(YANGSHAN, YANGSHAN);
    let other = bureau.declarant(HAIYUAN).await.post(FILE, other.0).await.expect(409);

    assert_eq!(own.problem(), "declaration/do-already-declared");
    assert_eq!(own.codes(), ["mandatory-field", "do-already-declared"]);
    assert!(own.text("/detail").contains(number));
    assert_eq!(other.problem(), "declaration/do-already-declared");
    assert!(!other.body.to_string().contains(number), "a stranger is not told whose it is");
    assert_eq!(stored(&bureau).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn one_delivery_order_filed_at_two_offices_at_once_is_declared_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (derui, haiyuan) = (bureau.derui().await, bureau.declarant(HAIYUAN).await);
    for round in 0..5 {
        let order = |goods: Consignment| {
            let order = format!("RACE{round}");
            goods.with("/delivery_order", json!(order)).with("/bill_lad_no", json!("B"))
        };
        let here = order(screws(&format!("A{round}"))).at(SSE, WAIGAOQIAO);
        let there = order(screws(&format!("B{round}")).of(HAIYUAN)).at(YANGSHAN, YANGSHAN);

        let (here, there) = tokio::join!(derui.post(FILE, here.0), haiyuan.post(FILE, there.0));

        let mut answers = [here.status.as_u16(), there.status.as_u16()];
        answers.sort_unstable();
        assert_eq!(answers, [201, 409], "{:#} {:#}", here.body, there.body);
        assert_eq!(stored(&bureau).await, round + 1);
    }
}

/// The two writers of the filer, each with the D/O in its hands before the other commits.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn of_two_transactions_with_one_delivery_order_the_second_waits_and_is_refused(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let desk = bureau.ctx.desk();
    let twin =
        screws("T-2").with("/delivery_order", json!("DT-1")).with("/bill_lad_no", json!("BT-1"));
    let mut first = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
    let filed = acts::file_many(&mut first, &desk, vec![filing(&screws("T-1"))]).await.unwrap();
    assert!(is_new(&filed[0]));

    let (second, ()) = tokio::join!(bureau.ctx.filer.file(desk.clone(), filing(&twin)), async {
        let pool = bureau.pool();
        eventually("the second waits", async || waiting_for_locks(pool).await == 1).await;
        first.commit().await.unwrap();
    });

    let Ok(Filed::Refused(refusal)) = second else { panic!("{second:?}") };
    assert_eq!(refusal.code, "declaration/do-already-declared");
    assert_eq!(stored(&bureau).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_hundred_filings_of_one_reference_at_once_are_one_declaration_and_one_receipt(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let goods = screws("H-1");

    let answers = join_all((0..100).map(|_| file_through(&bureau, &goods))).await;

    assert_eq!(answers.iter().filter(|filed| is_new(filed)).count(), 1);
    let receipts: Vec<Value> =
        answers.into_iter().map(|filed| serde_json::to_value(receipt_of(filed)).unwrap()).collect();
    assert!(receipts.iter().all(|receipt| *receipt == receipts[0]));
    assert_eq!(stored(&bureau).await, 1);
    assert_eq!(bureau.count("select count(*) from selections").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_hundred_different_filings_at_once_are_a_hundred_numbers(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let goods: Vec<_> = (0..100).map(|n| screws(&format!("H-{n}"))).collect();

    let answers = join_all(goods.iter().map(|goods| file_through(&bureau, goods))).await;

    assert!(answers.iter().all(is_new));
    let numbers = "select count(distinct decl_no) from declarations";
    assert_eq!(bureau.count(numbers).await, 100);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_filing_that_comes_again_and_again_uses_up_no_numbers(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let goods = screws("G-1");
    let first = receipt_of(file_through(&bureau, &goods).await);
    for _ in 0..5 {
        assert!(!is_new(&file_through(&bureau, &goods).await));
    }

    let next = receipt_of(file_through(&bureau, &screws("G-2")).await);

    let numbers = [first, next].map(|receipt| receipt.decl_no.unwrap());
    assert_eq!(numbers, ["310900114000001", "310900114000002"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn who_uses_up_its_numbers_takes_twice_as_many_the_next_time(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let series = Series::new(SSE, Direction::Inbound, bureau.ctx.clock.now());
    let next_serial = "select next_serial::bigint from decl_no_series";
    let mut taken = Vec::new();
    for (count, blocks_end_at) in [(1, 2), (2, 4), (4, 8), (1, 16), (7, 16)] {
        taken.extend(bureau.ctx.numbers.take(&series, count).await.unwrap());
        assert_eq!(bureau.count(next_serial).await, blocks_end_at);
    }

    let in_order: Vec<_> = (1..=15).map(|serial| series.number(serial)).collect();
    assert_eq!(taken, in_order, "and none is left out");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn filings_under_keys_of_their_own_do_not_starve_each_other(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let names: Vec<String> = (0..12).map(|n| format!("K-{n}")).collect();

    let filings = names.iter().map(|name| derui.post_once(FILE, name, screws(name).0));
    let answers = join_all(filings).await;

    for answer in answers {
        answer.expect(201);
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_refused_filing_never_fails_its_neighbours_in_a_batch(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    file_through(&bureau, &screws("B-0")).await;
    let taken =
        screws("B-2").with("/delivery_order", json!("DB-0")).with("/bill_lad_no", json!("BB-0"));
    let twin =
        screws("B-4").with("/delivery_order", json!("DB-3")).with("/bill_lad_no", json!("BB-3"));
    let batch = [screws("B-1"), taken, screws("B-3"), twin, screws("B-1")];
    let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();

    let filings = batch.iter().map(filing).collect();
    let answers = acts::file_many(&mut tx, &bureau.ctx.desk(), filings).await.unwrap();
    tx.commit().await.unwrap();

    let told: Vec<&str> = answers
        .iter()
        .map(|answer| match answer {
            Filed::New(_) => "new",
            Filed::Repeated(_) => "repeated",
            Filed::Refused(refusal) => refusal.code,
        })
        .collect();
    let refused = "declaration/do-already-declared";
    assert_eq!(told, ["new", refused, "new", refused, "repeated"]);
    assert_eq!(stored(&bureau).await, 3);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn every_defect_of_a_version_is_told_at_once_in_both_languages(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let goods = screws("E-1")
        .with("/goods/0/hs_code", json!("73"))
        .with("/goods/0/weight", json!("heavy"))
        .with("/goods/0/currency", json!("XXX"))
        .with("/containers/0/cont_no", json!(DOUBTFUL_CONTAINER))
        .with("/consignee/code", json!("13221234-8"))
        .with("/enty_port_code", json!("999999"))
        .without("/goods_place")
        .without("/bill_lad_no");
    let told_before = derui.post("/v1/declarations/validate", goods.0.clone()).await.expect(200);

    let filed = derui.post(FILE, goods.0).await.expect(201);

    assert_eq!(filed.text("/status"), "NEEDS_CORRECTION");
    assert_eq!(filed.text("/decl_no"), "");
    let found: Vec<String> = filed.body["defects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|defect| {
            let text = |pointer| tests::text(defect, pointer);
            assert!(!text("/message_zh").is_empty() && !text("/message_en").is_empty());
            format!("{} {}", text("/code"), text("/pointer"))
        })
        .collect();
    for expected in [
        "hs-code-malformed /goods/0/hs_code",
        "number-malformed /goods/0/weight",
        "code-not-in-list /goods/0/currency",
        "container-check-digit /containers/0/cont_no",
        "container-not-listed /goods/0/container_nos/0",
        "organisation-code-check-digit /consignee/code",
        "no-power-of-attorney /decl_reg_no",
        "code-not-in-list /enty_port_code",
        "mandatory-field /goods_place",
        "mandatory-field /bill_lad_no",
    ] {
        assert!(found.iter().any(|one| one == expected), "{expected} is not in {found:#?}");
    }
    assert_eq!(told_before.body["defects"], filed.body["defects"], "validating tells the same");
    let kept = derui.get(&format!("{FILE}/{}", filed.text("/id"))).await.expect(200);
    assert_eq!(kept.body["defects"], filed.body["defects"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_warning_waits_for_an_officer_and_has_no_number_yet(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let goods = screws("W-1")
        .with("/containers/0/cont_no", json!(DOUBTFUL_CONTAINER))
        .with("/goods/0/container_nos", json!([DOUBTFUL_CONTAINER]));

    let case = Case::filed(&bureau, &bureau.derui().await, goods).await;

    assert_eq!(case.receipt.text("/status"), "MANUAL_REVIEW");
    assert_eq!(case.receipt.codes(), ["container-check-digit"]);
    assert!(case.receipt.body["decl_no"].is_null() && case.receipt.body["is_selected"].is_null());
    let officer = bureau.officer(SSE, Role::AcceptanceOfficer).await;
    let queue = officer.get("/v1/worklists/manual-reviews").await.expect(200);
    assert_eq!(queue.text("/data/0/id"), case.id);
    let accepted = officer.post(&case.url("accept"), Value::Null).await.expect(200);
    assert_eq!(accepted.text("/decl_no").len(), 15);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_hs_code_that_no_table_knows_is_told_and_routes_nothing(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let goods = screws("I-1").with("/goods/0/hs_code", json!("7419990099"));

    let case = Case::filed(&bureau, &bureau.derui().await, goods).await;

    assert_eq!(case.receipt.codes(), ["hs-code-unknown"]);
    assert_eq!(case.receipt.text("/defects/0/severity"), "INFO");
    assert_eq!(case.receipt.text("/kind"), "OUTSIDE_CATALOGUE");
    assert_eq!(case.receipt.text("/status"), "CONFORMING");
    bureau.settle().await;
    assert_eq!(case.status().await, "RELEASED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_agent_declares_for_whoever_empowered_it_and_for_nobody_else(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let agent = bureau.declarant(AGENT).await;
    let by_agent =
        |reference, enterprise| screws(reference).of(enterprise).with("/decl_reg_no", json!(AGENT));

    let empowered = agent.post(FILE, by_agent("G-1", DERUI).0).await.expect(201);
    let not_empowered = agent.post(FILE, by_agent("G-2", HAIYUAN).0).await.expect(201);

    assert_eq!(empowered.text("/status"), "CONFORMING", "{:#}", empowered.body);
    assert_eq!(not_empowered.text("/status"), "NEEDS_CORRECTION");
    assert_eq!(not_empowered.codes(), ["no-power-of-attorney"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_enterprise_that_may_not_declare_anywhere_is_returned_unless_it_stays_at_the_port(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let model = bureau.declarant(MODEL).await;

    let away = model.post(FILE, screws("M-1").of(MODEL).0).await.expect(201);
    let at_the_port = screws("M-2").of(MODEL).at(WAIGAOQIAO, WAIGAOQIAO);
    let at_the_port = model.post(FILE, at_the_port.0).await.expect(201);

    assert_eq!(away.codes(), ["not-eligible-anywhere"]);
    assert_eq!(away.text("/status"), "NEEDS_CORRECTION");
    assert_eq!(at_the_port.text("/status"), "CONFORMING", "{:#}", at_the_port.body);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nobody_files_in_anothers_name(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let haiyuan = bureau.declarant(HAIYUAN).await;
    let officer = bureau.officer(SSE, Role::AcceptanceOfficer).await;

    haiyuan.post(FILE, screws("X-1").0).await.expect(403);
    officer.post(FILE, screws("X-1").0).await.expect(403);
    bureau.stranger().post(FILE, screws("X-1").0).await.expect(401);

    assert_eq!(stored(&bureau).await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_key_replays_its_first_answer_and_belongs_to_one_request(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;

    let first = derui.post_once(FILE, "key-1", screws("Y-1").0).await.expect(201);
    let replayed = derui.post_once(FILE, "key-1", screws("Y-1").0).await.expect(201);
    let other = derui.post_once(FILE, "key-1", screws("Y-2").0).await.expect(409);
    let under_another_key = derui.post_once(FILE, "key-2", screws("Y-1").0).await.expect(200);

    assert_eq!(replayed.header("idempotent-replayed"), "true");
    assert_eq!(replayed.body, first.body);
    assert_eq!(replayed.header("location"), first.header("location"));
    assert_eq!(other.problem(), "idempotency/key-reused");
    assert_eq!(under_another_key.body, first.body);
    assert_eq!(stored(&bureau).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_key_whose_first_request_is_under_way_is_told_so(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let mut brake = bureau.pool().begin().await.unwrap();
    sqlx::query("lock table declarations in exclusive mode").execute(&mut *brake).await.unwrap();

    let (first, ()) = tokio::join!(derui.post_once(FILE, "key-1", screws("Y-3").0), async {
        let pool = bureau.pool();
        eventually("the first is held up", async || waiting_for_locks(pool).await == 1).await;
        let second = derui.post_once(FILE, "key-1", screws("Y-3").0).await.expect(409);
        assert_eq!(second.problem(), "idempotency/in-flight");
        brake.rollback().await.unwrap();
    });

    first.expect(201);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_cannot_be_read_as_a_declaration_is_told_whole_and_stores_nothing(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let faulty = screws("U-1")
        .with("/colour", json!("red"))
        .with("/decl_date", json!(20_140_512))
        .with("/goods/0/weight", json!(18600.5))
        .with("/goods/0/goods_no", json!("1"))
        .with("/apl_kind", json!("X"))
        .without("/decl_org");

    let told = derui.post(FILE, faulty.0).await.expect(400);

    let mut codes = told.codes();
    codes.sort_unstable();
    let expected = [
        "identity-malformed",
        "identity-missing",
        "json-wrong-type",
        "json-wrong-type",
        "json-wrong-type",
        "member-unknown",
    ];
    assert_eq!(codes, expected, "{:#}", told.body);
    assert_eq!(told.header("content-type"), "application/problem+json");
    for body in
        [&b""[..], b"{", b"[]", b"null", b"\xff\xfe{}", b"{} {}", b"{\"ent_decl_no\":\"\xc3\x28\"}"]
    {
        derui.post_raw(FILE, "application/json", body).await.expect(400);
    }
    derui.post_raw(FILE, "application/json", "[".repeat(500_000)).await.expect(400);
    assert_eq!(stored(&bureau).await, 0);
    assert_eq!(bureau.count("select count(*) from events where kind like 'declaration%'").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_body_of_another_type_charset_or_size_is_a_problem_and_stores_nothing(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let body = screws("V-1").0.to_string();

    for kind in [
        "application/json; charset=gb18030",
        "application/json; charset=latin1",
        "text/plain",
        "application/xml",
    ] {
        let refused = derui.post_raw(FILE, kind, body.clone()).await.expect(415);
        assert_eq!(refused.problem(), "unsupported-media-type");
    }
    let untyped = TestRequest::post().uri(FILE).set_payload(body.clone());
    derui.send(untyped).await.expect(415);
    let padded = format!("{}{body}", " ".repeat(1024 * 1024));
    let refused = derui.post_raw(FILE, "application/json", padded).await.expect(413);
    assert_eq!(refused.problem(), "too-large");
    let wrong_method = derui.call("PUT", FILE).await.expect(405);
    assert!(!wrong_method.header("allow").is_empty());
    derui.post(&format!("{FILE}?dry=true"), screws("V-1").0).await.expect(400);
    assert_eq!(stored(&bureau).await, 0);
}

/// Everything that can be pointed at in a document.
fn pointers(value: &Value, here: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                found.push(format!("{here}/{name}"));
                pointers(value, &format!("{here}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                found.push(format!("{here}/{index}"));
                pointers(item, &format!("{here}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[derive(Clone, Debug)]
enum Mutation {
    Replace(prop::sample::Index, Value),
    Remove(prop::sample::Index),
    Add(prop::sample::Index, String),
    /// One byte of the text.
    Byte(prop::sample::Index, u8),
    Cut(prop::sample::Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let index = any::<prop::sample::Index>;
    let value = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[0-9]{1,40}".prop_map(Value::from),
        "-?[0-9]{0,30}\\.[0-9]{0,30}".prop_map(Value::from),
        "\\PC{0,60}".prop_map(Value::from),
        Just(json!("\u{0}")),
        Just(json!("x".repeat(5000))),
        Just(json!("2014-02-30")),
        Just(json!("9999-12-31")),
        Just(json!("0001-01-01")),
        Just(json!([])),
        Just(json!({})),
        Just(json!([{}, {}, null])),
        Just(json!(["21", "21", 7])),
    ];
    prop_oneof![
        6 => (index(), value).prop_map(|(at, value)| Mutation::Replace(at, value)),
        2 => index().prop_map(Mutation::Remove),
        1 => (index(), "[a-z_]{1,12}").prop_map(|(at, name)| Mutation::Add(at, name)),
        2 => (index(), any::<u8>()).prop_map(|(at, byte)| Mutation::Byte(at, byte)),
        1 => index().prop_map(Mutation::Cut),
    ]
}

fn mutated(mut document: Value, mutations: &[Mutation]) -> Vec<u8> {
    let mut after = Vec::new();
    for mutation in mutations {
        let mut places = Vec::new();
        pointers(&document, "", &mut places);
        if places.is_empty() {
            break;
        }
        match mutation {
            Mutation::Replace(at, value) => {
                *document.pointer_mut(at.get(&places).as_str()).unwrap() = value.clone();
            }
            Mutation::Remove(at) => {
                let (parent, name) = at.get(&places).as_str().rsplit_once('/').unwrap();
                match document.pointer_mut(parent).unwrap() {
                    Value::Object(members) => drop(members.remove(name)),
                    Value::Array(items) => drop(items.remove(name.parse().unwrap())),
                    _ => {}
                }
            }
            Mutation::Add(at, name) => {
                if let Some(Value::Object(members)) = document.pointer_mut(at.get(&places).as_str())
                {
                    members.insert(name.clone(), json!("?"));
                }
            }
            Mutation::Byte(..) | Mutation::Cut(_) => after.push(mutation),
        }
    }
    let mut text = document.to_string().into_bytes();
    for mutation in after {
        match mutation {
            Mutation::Byte(at, byte) if !text.is_empty() => {
                let place = at.index(text.len());
                text[place] = *byte;
            }
            Mutation::Cut(at) if !text.is_empty() => text.truncate(at.index(text.len())),
            _ => {}
        }
    }
    text
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn however_a_declaration_is_mangled_it_is_stored_whole_once_or_not_at_all(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let people = [bureau.derui().await, bureau.declarant(HAIYUAN).await];
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        prop::test_runner::TestRng::deterministic_rng(prop::test_runner::RngAlgorithm::ChaCha),
    );
    let mutations = prop::collection::vec(mutation(), 1..5);
    let (mut count, mut kept) = (0, 0);
    for round in 0..150_usize {
        let mutations = mutations.new_tree(&mut runner).unwrap().current();
        let name = format!("Z-{round}");
        let document = if round % 2 == 0 { screws(&name) } else { wine(&name) };
        let body = mutated(document.0, &mutations);

        let answer = people[round % 2].post_raw(FILE, "application/json", body.clone()).await;

        let told = format!("{mutations:?}: {:#}", answer.body);
        let status = answer.status.as_u16();
        assert!(matches!(status, 201 | 400 | 403 | 409), "{status} {told}");
        count += i64::from(status == 201);
        assert_eq!(stored(&bureau).await, count, "{told}");
        if status == 201 {
            kept += 1;
            let again = people[round % 2].post_raw(FILE, "application/json", body).await;
            assert_eq!(again.status, 200, "{told}");
            assert_eq!(again.body, answer.body, "{told}");
        }
    }
    assert!(kept > 20, "most mutations can still be read: {kept}");
    let versions = "select count(*) from declaration_versions";
    assert_eq!(bureau.count(versions).await, count);
    bureau.settle().await;
    assert_eq!(bureau.count("select count(*) from jobs where state = 'dead'").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_office_without_numbers_keeps_its_cases_in_review_and_stops_nobody_else(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    bureau.next_serial(SSE, 999_999).await;
    let batch = [screws("O-1"), screws("O-2"), screws("O-3").at(YANGSHAN, WAIGAOQIAO)];
    let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();

    let filings = batch.iter().map(filing).collect();
    let answers = acts::file_many(&mut tx, &bureau.ctx.desk(), filings).await.unwrap();
    tx.commit().await.unwrap();

    let receipts: Vec<Receipt> = answers.into_iter().map(receipt_of).collect();
    assert_eq!(
        receipts[0].decl_no.as_deref(),
        Some("310900114999999"),
        "the last one is given out"
    );
    assert_eq!(receipts[1].status.name(), "MANUAL_REVIEW");
    let codes: Vec<&str> = receipts[1].defects.iter().map(|defect| defect.code.as_str()).collect();
    assert_eq!(codes, ["decl-no-exhausted"]);
    assert!(receipts[2].decl_no.is_some(), "another office has numbers");
    let officer = bureau.officer(SSE, Role::AcceptanceOfficer).await;
    let url = format!("{FILE}/{}/accept", receipts[1].id);
    let refused = officer.post(&url, Value::Null).await.expect(409);
    assert_eq!(refused.problem(), "declaration/decl-no-exhausted");
    assert_eq!(bureau.status(&receipts[1].id.to_string()).await, "MANUAL_REVIEW");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn who_files_at_an_office_without_numbers_is_told_so_and_may_ask_again(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    bureau.next_serial(SSE, 1_000_000).await;

    let first = derui.post(FILE, screws("O-5").0).await.expect(201);
    let again = derui.post(FILE, screws("O-5").0).await.expect(200);

    assert_eq!(first.text("/status"), "MANUAL_REVIEW");
    assert_eq!(first.codes(), ["decl-no-exhausted"]);
    assert_eq!(first.body["decl_no"], Value::Null);
    assert_eq!(again.body, first.body);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_correction_at_an_office_without_numbers_waits_in_review_too(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let returned = screws("O-4").with("/goods/0/hs_code", json!("73"));
    let case = Case::filed(&bureau, &derui, returned).await;
    bureau.next_serial(SSE, 1_000_000).await;

    let second = derui.post(&case.url("resubmit"), screws("O-4").0).await.expect(200);

    assert_eq!(second.text("/status"), "MANUAL_REVIEW");
    assert_eq!(second.codes(), ["decl-no-exhausted"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn validating_tells_what_filing_would_bring_and_keeps_nothing(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let validate = "/v1/declarations/validate";

    let fine = derui.post(validate, screws("P-1").0).await.expect(200);
    let doubtful = wine("P-2").of(DERUI).with("/goods/0/cname", json!("二手葡萄酒"));
    let doubtful = derui.post(validate, doubtful.0).await.expect(200);

    assert_eq!(fine.text("/outcome"), "ACCEPT");
    assert_eq!(fine.text("/insp_org"), WAIGAOQIAO);
    assert_eq!(doubtful.text("/outcome"), "MANUAL_REVIEW");
    for table in [
        "select count(*) from declarations",
        "select count(*) from declaration_versions",
        "select count(*) from decl_no_series",
        "select count(*) from selections",
        "select count(*) from jobs",
    ] {
        assert_eq!(bureau.count(table).await, 0, "{table}");
    }
    derui.post(FILE, screws("P-1").0).await.expect(201);
}

/// Drives a future for so many steps and lets it go; whether it had ended by then.
async fn abandoned<F: Future>(future: F, steps: usize) -> bool {
    let mut future = pin!(future);
    let mut taken = 0;
    poll_fn(|cx| {
        taken += 1;
        match future.as_mut().poll(cx) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if taken >= steps => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_caller_who_hangs_up_at_any_moment_finds_nothing_or_one_declaration(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let mut ended = false;
    for steps in 1..200 {
        let name = format!("L-{steps}");
        ended = abandoned(derui.post(FILE, screws(&name).0), steps).await;

        let asked_again = derui.post(FILE, screws(&name).0).await;
        let and_again = derui.post(FILE, screws(&name).0).await.expect(200);

        assert!(matches!(asked_again.status.as_u16(), 200 | 201), "{:#}", asked_again.body);
        assert_eq!(asked_again.body, and_again.body, "one receipt");
        let count = i64::try_from(steps).unwrap();
        assert_eq!(stored(&bureau).await, count);
        if ended {
            break;
        }
    }
    assert!(ended, "a filing takes fewer steps than that");
    let drawn = "select count(*) from declarations d join selections s on s.declaration_id = d.id";
    assert_eq!(bureau.count(drawn).await, stored(&bureau).await, "each one is whole");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn who_hangs_up_while_waiting_in_the_queue_is_filed_all_the_same(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let mut brake = bureau.pool().begin().await.unwrap();
    sqlx::query("lock table declarations in exclusive mode").execute(&mut *brake).await.unwrap();
    let waiters = async |count| {
        let pool = bureau.pool();
        eventually("filings are held up", async || waiting_for_locks(pool).await == count).await;
    };

    let (first, goods) = (screws("Q-1"), screws("Q-2"));
    let (first, ()) = tokio::join!(file_through(&bureau, &first), async {
        waiters(1).await;
        tokio::select! {
            _ = file_through(&bureau, &goods) => panic!("it cannot have ended"),
            () = waiters(2) => {}
        }
        brake.rollback().await.unwrap();
    });

    assert!(is_new(&first));
    eventually("both are stored", async || stored(&bureau).await == 2).await;
    derui.post(FILE, screws("Q-2").0).await.expect(200);
}
