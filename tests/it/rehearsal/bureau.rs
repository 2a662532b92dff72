//! The other bureau, played by an enterprise that has nobody at the other end of its transfer.
use actix_web::test::TestRequest;
use serde_json::{Value, json};
use shared::exchange::MemorandumKind;
use sqlx::PgPool;
use tests::{
    Bureau, HAIYUAN, League, MODEL, Person, Reply, SHANGHAI, SSE, down, enterprise_at, screws,
};

use crate::{
    cases::Case,
    direct_consignments::{self, JIANGSU, LOTS},
    handoff_between::{offered, two_bureaus},
    swaps::{XIAOSHAN, ZHEJIANG, open, until, wish},
};

const PLAYED: &str = "select count(*) from inbox where played_by is not null and receipt is null";

/// On the day of the filing: a token lasts ten minutes.
async fn exporter(league: &League) -> Person<'_> {
    until(league, "2014-05-21T01:00:00Z");
    league.at(ZHEJIANG).declarant(&enterprise_at(ZHEJIANG, MODEL)).await
}

/// An act of an officer at Xiaoshan whom the enterprise plays.
async fn officer_does(bureau: &Bureau, exporter: &Person<'_>, path: &str, body: Value) -> Reply {
    let officer = json!({ "office": XIAOSHAN });
    let officer = exporter.post("/v1/test/officers", officer).await.expect(201);
    let bearer = format!("Bearer {}", officer.text("/access_token"));
    let act = TestRequest::post().uri(path).insert_header(("authorization", bearer));
    bureau.stranger().send(act.set_json(body)).await
}

/// The path of a transfer that the enterprise has brought about alone: filed, inspected, paid for and handed over.
async fn transferred(league: &League, exporter: &Person<'_>) -> String {
    let origin = league.at(ZHEJIANG);
    let reg_no = enterprise_at(ZHEJIANG, MODEL);
    let goods = down("PLAYED-1")
        .with("/decl_date", json!("2014-05-21"))
        .with("/decl_reg_no", json!(reg_no))
        .with("/consignor/code", json!(reg_no));
    let filed = exporter.post("/v1/declarations", goods.0).await.expect(201);
    let id = filed.text("/id");
    let inspect = format!("/v1/test/declarations/{id}/inspect");
    exporter.post(&inspect, json!({ "verdict": "PASS" })).await.expect(200);
    pay(origin, exporter, &reg_no, filed.text("/fee_notice/id")).await;

    let hand_over = format!("/v1/declarations/{id}/transfers");
    let made = officer_does(origin, exporter, &hand_over, wish()).await.expect(201);
    format!("/v1/test/transfers/{}/bureau-says", made.text("/transfer/id"))
}

async fn pay(origin: &Bureau, exporter: &Person<'_>, reg_no: &str, notice: &str) {
    let limit = json!({ "amount": "20000.00", "currency": "CNY" });
    let agreement = json!({
        "reg_no": reg_no, "account_token": "acct-ok", "signed_on": "2014-05-01",
        "single_limit": limit, "daily_limit": limit,
    });
    officer_does(origin, exporter, "/v1/agreements", agreement).await.expect(201);
    let pay = format!("/v1/fee-notices/{notice}/pay");
    let paying = exporter.post(&pay, Value::Null).await.expect(200);
    origin.settle().await;
    let bank = format!("/v1/test/payments/{}/bank-says", paying.text("/payment/id"));
    exporter.post(&bank, json!({ "outcome": "SUCCESS" })).await.expect(200);
}

/// Lets the port say these words, one after the other; where the transfer stands after each.
async fn say(exporter: &Person<'_>, path: &str, words: &[&str]) -> Vec<String> {
    let mut states = Vec::new();
    for word in words {
        let said = exporter.post(path, json!({ "says": word })).await.expect(200);
        assert_eq!(said.text("/message/state"), "APPLIED", "{:#}", said.body);
        assert_eq!(said.body["message"]["is_played"], true);
        states.push(said.text("/transfer/state").to_owned());
    }
    states
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_enterprise_alone_carries_a_swap_from_filing_to_the_form(pool: PgPool) {
    let league = open(pool).await;
    let exporter = exporter(&league).await;
    let says = transferred(&league, &exporter).await;

    let states = say(&exporter, &says, &["RECEIVED", "CLAIMED", "SWAPPED"]).await;

    assert_eq!(states, ["RECEIVED_BY_PORT", "CLAIMED", "SWAPPED"]);
    let list = exporter.get("/v1/transfers").await.expect(200);
    assert_eq!(list.text("/data/0/clearance_no").len(), 18, "{:#}", list.body);
    assert_eq!(list.text("/data/0/form_valid_until"), "2014-07-20");
    let history = league.at(ZHEJIANG).history(list.text("/data/0/id")).await;
    let told = ["transfer.created", "transfer.received", "transfer.claimed", "transfer.swapped"];
    assert_eq!(history, told);
    assert_eq!(league.at(ZHEJIANG).count(PLAYED).await, 3, "and the inbox says that it was played");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_port_that_is_played_refuses_the_goods(pool: PgPool) {
    let league = open(pool).await;
    let exporter = exporter(&league).await;
    let says = transferred(&league, &exporter).await;
    say(&exporter, &says, &["RECEIVED", "CLAIMED", "CHECK_ORDERED", "CHECK_FAILED"]).await;

    let back = json!({ "says": "RETURNED", "reason": "货证不符" });
    let returned = exporter.post(&says, back).await.expect(200);

    assert_eq!(returned.text("/transfer/state"), "RETURNED_TO_ORIGIN");
    assert_eq!(returned.text("/transfer/reason"), "货证不符");
    assert_eq!(returned.text("/message/bureau"), SHANGHAI, "in the name of the addressee");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nobody_plays_the_bureau_at_the_other_end_of_anothers_transfer(pool: PgPool) {
    let league = open(pool).await;
    let exporter = exporter(&league).await;
    let says = transferred(&league, &exporter).await;
    let other = league.at(ZHEJIANG).declarant(&enterprise_at(ZHEJIANG, HAIYUAN)).await;

    let refused = other.post(&says, json!({ "says": "RECEIVED" })).await.expect(404);

    assert_eq!(refused.problem(), "not-found");
    assert_eq!(league.at(ZHEJIANG).count("select count(*) from inbox").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_word_that_is_played_twice_is_said_once(pool: PgPool) {
    let league = open(pool).await;
    let exporter = exporter(&league).await;
    let says = transferred(&league, &exporter).await;
    say(&exporter, &says, &["RECEIVED", "CLAIMED"]).await;

    let first = exporter.post(&says, json!({ "says": "SWAPPED" })).await.expect(200);
    let again = exporter.post(&says, json!({ "says": "SWAPPED" })).await.expect(200);

    assert_eq!(again.body, first.body);
    assert_eq!(league.at(ZHEJIANG).count(PLAYED).await, 3);
    let history = league.at(ZHEJIANG).history(first.text("/transfer/id")).await;
    assert_eq!(history.len(), 4, "{history:?}");
}

/// A claim may be taken back and made again, and each of these words is meant.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_word_is_said_again_where_something_came_between(pool: PgPool) {
    let league = open(pool).await;
    let exporter = exporter(&league).await;
    let says = transferred(&league, &exporter).await;

    let words = ["RECEIVED", "CLAIMED", "CLAIM_WITHDRAWN", "CLAIMED"];
    let states = say(&exporter, &says, &words).await;

    assert_eq!(states, ["RECEIVED_BY_PORT", "CLAIMED", "RECEIVED_BY_PORT", "CLAIMED"]);
    assert_eq!(league.at(ZHEJIANG).count(PLAYED).await, 4);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn who_is_played_may_say_no_more_than_who_signs(pool: PgPool) {
    let league = open(pool).await;
    let exporter = exporter(&league).await;
    let says = transferred(&league, &exporter).await;

    let others = exporter.post(&says, json!({ "says": "REVOKED" })).await.expect(200);
    let administrator = league.at(ZHEJIANG).administrator().await;
    let suspend = format!("/v1/partners/{SHANGHAI}/suspend");
    administrator.post(&suspend, Value::Null).await.expect(200);
    let suspended = exporter.post(&says, json!({ "says": "RECEIVED" })).await.expect(422);

    assert_eq!(others.text("/message/state"), "REFUSED", "that is for an origin to say");
    assert_eq!(others.text("/transfer/state"), "CREATED");
    assert_eq!(suspended.codes(), ["partner-suspended"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_enterprise_alone_sees_its_case_go_to_another_bureau_and_come_home(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let case = offered(&league, "PLAYED-2").await;
    let (home, owner) = (case.bureau, case.bureau.derui().await);
    let path = format!("/v1/test/declarations/{}/bureau-says", case.id);

    let mut outcomes = Vec::new();
    for word in ["ACCEPTED", "INSPECTION_STARTED", "INSPECTION_PASSED", "OFFERED"] {
        let said = owner.post(&path, json!({ "says": word })).await.expect(200);
        assert_eq!(said.text("/message/state"), "APPLIED", "{word}: {:#}", said.body);
        outcomes.push(said.text("/declaration/status").to_owned());
    }
    home.settle().await;
    let confirmed = owner.post(&path, json!({ "says": "CONFIRMED" })).await.expect(200);

    assert_eq!(outcomes, ["SELECTED", "INSPECTING", "CONFORMING", "CONFORMING"]);
    assert_eq!(confirmed.text("/message/state"), "APPLIED", "{:#}", confirmed.body);
    assert_eq!(confirmed.text("/declaration/holder_org"), SSE);
    let other = home.declarant(MODEL).await;
    other.post(&path, json!({ "says": "CONFIRMED" })).await.expect(404);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_bureau_that_is_played_does_not_take_the_case(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let case = offered(&league, "PLAYED-3").await;
    let owner = case.bureau.derui().await;
    let path = format!("/v1/test/declarations/{}/bureau-says", case.id);

    let no = json!({ "says": "REFUSED", "reason": "不属本机构辖区" });
    let refused = owner.post(&path, no.clone()).await.expect(200);
    let again = owner.post(&path, no).await.expect(200);

    assert_eq!(refused.text("/message/outcome/outcome"), "REFUSED", "{:#}", refused.body);
    assert_eq!(again.text("/message/outcome/outcome"), "KNOWN", "once is enough");
    assert_eq!(refused.text("/declaration/status"), "SELECTED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn another_bureau_finds_fault_with_a_declaration_once(pool: PgPool) {
    let league = League::open(pool, &[SHANGHAI, ZHEJIANG], &[MemorandumKind::NonConformity]).await;
    let home = league.at(SHANGHAI);
    let case = Case::filed(home, &home.derui().await, screws("PLAYED-4")).await;
    let (owner, other) = (home.derui().await, home.declarant(MODEL).await);
    let path = format!("/v1/test/declarations/{}/bureau-finds", case.id);
    let found = json!({
        "bureau": ZHEJIANG, "category": "MARKS", "severity": "MINOR", "finding": "唛头与单证不符",
    });

    let told = owner.post(&path, found.clone()).await.expect(200);
    let again = owner.post(&path, found.clone()).await.expect(200);

    assert_eq!(told.text("/message/state"), "APPLIED", "{:#}", told.body);
    assert_eq!(again.body, told.body);
    let notices = "select count(*) from received_nc_notices where sender = '330000'";
    assert_eq!(home.count(notices).await, 1);
    other.post(&path, found).await.expect(404);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn no_bureau_is_played_with_which_nothing_is_agreed(pool: PgPool) {
    let league = open(pool).await;
    let home = league.at(SHANGHAI);
    let case = Case::filed(home, &home.derui().await, screws("PLAYED-5")).await;
    let path = format!("/v1/test/declarations/{}/bureau-finds", case.id);

    let found = json!({
        "bureau": ZHEJIANG, "category": "MARKS", "severity": "MINOR", "finding": "唛头与单证不符",
    });
    let refused = home.derui().await.post(&path, found).await.expect(422);

    assert_eq!(refused.codes(), ["not-agreed"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn goods_that_go_directly_leave_through_a_port_that_is_played(pool: PgPool) {
    let league = direct_consignments::open(pool).await;
    direct_consignments::under_way(&league, true).await;
    let origin = league.at(JIANGSU);
    let owner = origin.declarant(&direct_consignments::exporter()).await;
    let list = owner.get(LOTS).await.expect(200);
    let path = format!("/v1/test/direct-consignments/{}/bureau-says", list.text("/data/0/id"));

    let mut states = Vec::new();
    for word in ["AT_PORT", "CHECK_OK", "EXITED", "EXITED"] {
        let said = owner.post(&path, json!({ "says": word })).await.expect(200);
        assert_eq!(said.text("/message/state"), "APPLIED", "{word}: {:#}", said.body);
        states.push(said.text("/consignment/state").to_owned());
    }

    assert_eq!(states, ["AT_PORT", "CHECK_OK", "EXITED", "EXITED"]);
    assert_eq!(origin.count(PLAYED).await, 3, "the last word was said once");
    let other = origin.declarant(&enterprise_at(JIANGSU, MODEL)).await;
    other.post(&path, json!({ "says": "RETURNED" })).await.expect(404);
}
