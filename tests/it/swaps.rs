//! Swaps that tests follow: down inspected at Xiaoshan, transferred to Shanghai, claimed there. Two whole bureaus.
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use shared::{exchange::MemorandumKind, kernel::Role};
use sqlx::PgPool;
use tests::{Bureau, League, MODEL, Person, Reply, SHANGHAI, SSE, down, enterprise_at};

use crate::cases::Case;

pub(crate) const ZHEJIANG: &str = "330000";
pub(crate) const XIAOSHAN: &str = "330900";
/// The number of scenario S4.
pub(crate) const NUMBER: &str = "330900214004567";

pub(crate) async fn open(pool: PgPool) -> League {
    League::open(pool, &[SHANGHAI, ZHEJIANG], &[MemorandumKind::Transfer]).await
}

/// Turns all clocks to that moment.
pub(crate) fn until(league: &League, moment: &str) {
    let moment: DateTime<Utc> = moment.parse().unwrap();
    league.wait(moment - league.at(SHANGHAI).ctx.clock.now());
}

/// Down that Xiaoshan has inspected on 21 May, and found to conform.
pub(crate) async fn conforming(league: &League) -> Case<'_> {
    let origin = league.at(ZHEJIANG);
    until(league, "2014-05-21T01:00:00Z");
    origin.next_serial_of(XIAOSHAN, 2, 4567).await;
    let exporter = enterprise_at(ZHEJIANG, MODEL);
    let goods = down("XS-1")
        .with("/decl_date", json!("2014-05-21"))
        .with("/decl_reg_no", json!(exporter))
        .with("/consignor/code", json!(exporter));
    let case = Case::filed(origin, &origin.declarant(&exporter).await, goods).await;
    assert_eq!(case.status().await, "SELECTED", "{:#}", case.receipt.body);
    case.inspect(XIAOSHAN, "PASS").await;
    case.pay().await;
    case
}

pub(crate) fn wish() -> Value {
    json!({
        "port_bureau": SHANGHAI, "port_org": SSE, "valid_until": "2014-07-20",
        "handling": { "is_consolidated_at_port": false, "is_certified_at_port": false },
    })
}

/// A transfer that has arrived at the port; its password.
pub(crate) async fn transferred(league: &League) -> (Case<'_>, String) {
    let case = conforming(league).await;
    let made = case.officer(XIAOSHAN, Role::CertificationOfficer, "transfers", wish()).await;
    let made = made.expect(201);
    league.settle().await;
    let password = made.text("/password").to_owned();
    (case, password)
}

pub(crate) fn claim(password: &str) -> Value {
    json!({
        "decl_no": NUMBER, "transfer_no": format!("{NUMBER}T"), "password": password, "port_org": SSE,
    })
}

/// The same for a number that nobody has.
pub(crate) fn claim_of(serial: u32, password: &str) -> Value {
    let number = format!("330900214{serial:06}");
    let mut body = claim(password);
    body["decl_no"] = json!(number);
    body["transfer_no"] = json!(format!("{number}T"));
    body
}

/// Another password than that.
pub(crate) fn wrong(password: &str) -> String {
    if password == "0000" { "0001".into() } else { "0000".into() }
}

pub(crate) async fn claims(person: &Person<'_>, body: Value) -> Reply {
    person.post("/v1/transfers/claim", body).await
}

/// The state of the one transfer that a bureau keeps.
pub(crate) async fn state(bureau: &Bureau) -> String {
    sqlx::query_scalar("select state from transfers").fetch_one(bureau.pool()).await.unwrap()
}

/// At the origin and at the port.
pub(crate) async fn states(league: &League) -> (String, String) {
    (state(league.at(ZHEJIANG)).await, state(league.at(SHANGHAI)).await)
}

/// The one transfer as the origin keeps it; an act on it, by an officer.
pub(crate) async fn at_origin(league: &League, act: &str, body: Value) -> Reply {
    league.wait(Duration::seconds(1));
    let officer = league.at(ZHEJIANG).officer(XIAOSHAN, Role::CertificationOfficer).await;
    let list = officer.get("/v1/transfers").await.expect(200);
    let path = format!("/v1/transfers/{}", list.text("/data/0/id"));
    if act.is_empty() {
        officer.get(&path).await
    } else {
        officer.post(&format!("{path}/{act}"), body).await
    }
}

/// Claims the transfer for class AA; the case that it opened at the port.
pub(crate) async fn claimed<'l>(league: &'l League, password: &str) -> Case<'l> {
    let port = league.at(SHANGHAI);
    let agent = port.declarant(MODEL).await;
    let receipt = claims(&agent, claim(password)).await.expect(201);
    let id = receipt.text("/transfer/declaration_id").to_owned();
    Case { bureau: port, id, receipt }
}

/// Claimed, and exchanged for its form.
pub(crate) async fn swapped<'l>(league: &'l League, password: &str) -> Case<'l> {
    let case = claimed(league, password).await;
    league.settle().await;
    assert_eq!(state(case.bureau).await, "SWAPPED");
    case
}

/// The claimant asks for other values at these places of the declaration.
pub(crate) async fn wants(case: &Case<'_>, changes: &[(&str, Value)]) -> Reply {
    case.bureau.wait(Duration::seconds(1));
    let agent = case.bureau.declarant(MODEL).await;
    let whole = agent.get(&format!("/v1/declarations/{}", case.id)).await.expect(200);
    let mut content = whole.body["content"].clone();
    for (pointer, value) in changes {
        *content.pointer_mut(pointer).unwrap() = value.clone();
    }
    agent.post(&case.url("amendments"), json!({ "reason": "改配船名", "content": content })).await
}

/// An acceptance officer of the port decides on it.
pub(crate) async fn decides(case: &Case<'_>, wish: &Reply, act: &str, body: Value) -> Reply {
    case.bureau.wait(Duration::seconds(1));
    let officer = case.bureau.officer(SSE, Role::AcceptanceOfficer).await;
    officer.post(&format!("/v1/amendments/{}/{act}", wish.text("/id")), body).await
}

/// What an officer of the origin has to answer, and an answer to the first of it.
pub(crate) async fn answers(league: &League, verb: &str) -> (Reply, Reply) {
    league.wait(Duration::seconds(1));
    let officer = league.at(ZHEJIANG).officer(XIAOSHAN, Role::CertificationOfficer).await;
    let due = officer.get("/v1/worklists/transfer-amendments").await.expect(200);
    let path = format!("/v1/transfer-amendments/{}/{verb}", due.text("/data/0/id"));
    let answer = officer.post(&path, json!({ "reason": "经核对" })).await;
    (due, answer)
}

/// All forms of a case, with their states, in their order.
pub(crate) async fn forms(case: &Case<'_>) -> Vec<(String, String)> {
    let id: uuid::Uuid = case.id.parse().unwrap();
    sqlx::query_as(
        "select clearance_no, state from clearance_forms where declaration_id = $1 order by sequence",
    )
    .bind(id)
    .fetch_all(case.bureau.pool())
    .await
    .unwrap()
}

/// Customs compares the form with an entry.
pub(crate) async fn annotated(case: &Case<'_>) {
    case.force("update clearance_forms set state = 'ANNOTATED' where declaration_id = $1").await;
}
