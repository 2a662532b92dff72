//! Recognition of classes that other bureaus gave (诚信互认): told by partners, let count by officers, lowest of both.
mod counting;
mod pushed;
mod telling;

use chrono::Duration;
use serde_json::{Value, json};
use shared::{
    exchange::{Envelope, MemorandumKind, Outcome, Outgoing, service::outbox},
    kernel::Role,
    ledger::Tx,
};
use sqlx::PgPool;
use tests::{
    Bureau, DERUI, HAIYUAN, League, MODEL, Neighbour, Reply, SHANGHAI, SSE, WAIGAOQIAO,
    enterprise_at, screws,
};
use uuid::Uuid;

const ANHUI: &str = "340000";
/// An enterprise of Anhui that is registered in Shanghai as well, where its class is A.
const SILK: &str = "3400601234";
const PATH: &str = "/v1/credit-recognitions";
const PUSHED: &str = "credit.pushed";

pub(crate) fn record(reg_no: &str, class: &str, version: i64) -> Value {
    json!({
        "reg_no": reg_no, "class": class, "version": version, "valid_from": "2013-10-15",
        "evidence": "皖检信用2013-17",
    })
}

fn with(mut record: Value, member: &str, value: Value) -> Value {
    record[member] = value;
    record
}

async fn push(partner: &Neighbour<'_>, records: Vec<Value>) -> Envelope {
    let said = partner.says(PUSHED, (Uuid::nil(), 0), json!({ "records": records }));
    partner.push_one(&said).await;
    partner.bureau.settle().await;
    said
}

async fn outcome(partner: &Neighbour<'_>, message: &Envelope) -> Value {
    partner.asks_about(message).await.expect(200).body["outcome"].clone()
}

async fn id_of(bureau: &Bureau, reg_no: &str) -> String {
    let id: Uuid = sqlx::query_scalar("select id from credit_recognitions where reg_no = $1")
        .bind(reg_no)
        .fetch_one(bureau.pool())
        .await
        .unwrap();
    id.to_string()
}

async fn status_of(bureau: &Bureau, reg_no: &str) -> String {
    sqlx::query_scalar("select status from credit_recognitions where reg_no = $1")
        .bind(reg_no)
        .fetch_one(bureau.pool())
        .await
        .unwrap()
}

/// A duty chief takes a step; a second after whatever came before.
pub(crate) async fn decide(bureau: &Bureau, reg_no: &str, verb: &str) -> Reply {
    bureau.wait(Duration::seconds(1));
    let path = format!("{PATH}/{}/{verb}", id_of(bureau, reg_no).await);
    let chief = bureau.officer(SSE, Role::DutyChief).await;
    let wants_reason = ["refuse", "suspend", "revoke"].contains(&verb);
    chief
        .post(&path, if wants_reason { json!({ "reason": "口岸查验不符" }) } else { Value::Null })
        .await
}

pub(crate) async fn let_count(bureau: &Bureau, reg_no: &str) {
    decide(bureau, reg_no, "acknowledge").await.expect(200);
    decide(bureau, reg_no, "activate").await.expect(200);
}

/// Registers an enterprise with a class of ours.
async fn register(bureau: &Bureau, reg_no: &str, class: &str) {
    let administrator = bureau.administrator().await;
    let organisation = json!({
        "kind": "ENTERPRISE", "code": reg_no, "name_zh": "黄山丝绸有限公司",
        "registered_on": "2010-01-04", "credit_class": class,
    });
    administrator.post("/v1/organisations", organisation).await.expect(201);
}

/// Files goods that stay at the inspecting office; the class with which they would be accepted.
async fn class_at_filing(bureau: &Bureau, reg_no: &str, reference: &str) -> String {
    let today = shared::kernel::calendar::day_of(bureau.ctx.clock.now());
    let goods = screws(reference).of(reg_no).at(WAIGAOQIAO, WAIGAOQIAO);
    let goods = goods.with("/decl_date", json!(today));
    let declarant = bureau.declarant(reg_no).await;
    let receipt = declarant.post("/v1/declarations", goods.0).await.expect(201);
    if receipt.text("/status") == "MANUAL_REVIEW" {
        let officer = bureau.officer(WAIGAOQIAO, Role::AcceptanceOfficer).await;
        let path = format!("/v1/declarations/{}/accept", receipt.text("/id"));
        officer.post(&path, Value::Null).await.expect(200);
    }
    sqlx::query_scalar("select credit_class from declarations where id = $1::uuid")
        .bind(receipt.text("/id"))
        .fetch_one(bureau.pool())
        .await
        .unwrap()
}

fn a_thousand() -> Vec<Value> {
    let mut records: Vec<_> =
        (0..1000).map(|number| record(&format!("34016{number:05}"), "A", 1)).collect();
    records[3]["reg_no"] = json!("3300601234");
    records[99]["reg_no"] = json!("340160");
    records[250]["class"] = json!("AAA");
    records[251]["valid_to"] = json!("2013-10-14");
    records[500]["version"] = json!(0);
    records[777]["hs_scope"] = json!(["5", "silk"]);
    records[999] =
        with(record("3401699999", "D", 1), "privileges", json!(["PORT_CHECK_EXEMPTION"]));
    records
}

const SEVEN: [(&str, &str); 7] = [
    ("/payload/records/3/reg_no", "not-its-enterprise"),
    ("/payload/records/99/reg_no", "reg-no-malformed"),
    ("/payload/records/250", "record-malformed"),
    ("/payload/records/251/valid_to", "validity-malformed"),
    ("/payload/records/500/version", "version-malformed"),
    ("/payload/records/777/hs_scope", "hs-scope-malformed"),
    ("/payload/records/999/privileges", "no-facilitation-for-d"),
];
