//! Notices of non-conformity (不合格信息通报): from the find at the port to the last word, and what is withheld meanwhile.
mod blocks;
mod drafts;
mod partners;

use chrono::Duration;
use serde_json::{Value, json};
use shared::{
    exchange::{MemorandumKind, Outcome},
    kernel::Role,
};
use sqlx::PgPool;
use tests::{
    Bureau, DERUI, HAIYUAN, League, Neighbour, Reply, SHANGHAI, WAIGAOQIAO, YANGSHAN, screws,
};
use uuid::Uuid;

const NOTICES: &str = "/v1/nc-notices";
const RECEIVED: &str = "/v1/received-nc-notices";
const BLOCKS: &str = "/v1/facilitation-blocks";
const ZHEJIANG: &str = "330000";
/// An enterprise of Zhejiang.
const DOWN: &str = "3300601234";

fn finding(category: &str) -> Value {
    json!({
        "subject": { "kind": "TRANSFER", "number": "330900214004567T" },
        "origin_bureau": ZHEJIANG, "reg_no": DOWN,
        "goods": { "goods_no": 1, "hs_code": "0505100090", "name": "水洗羽绒" },
        "found_on": "2014-05-12", "category": category, "finding": "实到174包,单证170包",
        "evidence": [{ "name": "现场照片", "sha256": "0".repeat(64) }],
    })
}

fn forged_by(reg_no: &str, origin: &str) -> Value {
    let mut finding = finding("DOC_FORGED");
    finding["reg_no"] = json!(reg_no);
    finding["origin_bureau"] = json!(origin);
    finding
}

fn because() -> Value {
    json!({ "reason": "复核" })
}

async fn draft(bureau: &Bureau, finding: Value) -> Reply {
    bureau.officer(WAIGAOQIAO, Role::Inspector).await.post(NOTICES, finding).await
}

async fn chief(bureau: &Bureau, notice: &Reply, verb: &str, body: Value) -> Reply {
    let chief = bureau.officer(WAIGAOQIAO, Role::DutyChief).await;
    chief.post(&format!("{NOTICES}/{}/{verb}", notice.text("/id")), body).await
}

async fn approved(bureau: &Bureau, finding: Value) -> Reply {
    let notice = draft(bureau, finding).await.expect(201);
    chief(bureau, &notice, "approve", Value::Null).await.expect(200)
}

async fn read(bureau: &Bureau, notice: &Reply) -> Reply {
    let inspector = bureau.officer(WAIGAOQIAO, Role::Inspector).await;
    inspector.get(&format!("{NOTICES}/{}", notice.text("/id"))).await.expect(200)
}

/// The only notice that came.
async fn came(bureau: &Bureau) -> Reply {
    let office = office_of(bureau);
    let list = bureau.officer(&office, Role::DutyChief).await.get(RECEIVED).await.expect(200);
    let id = list.text("/data/0/id").to_owned();
    let path = format!("{RECEIVED}/{id}");
    bureau.officer(&office, Role::DutyChief).await.get(&path).await.expect(200)
}

fn office_of(bureau: &Bureau) -> String {
    bureau.ctx.bureaus.own().unwrap().to_owned()
}

async fn answer(bureau: &Bureau, verb: &str, body: Value) -> Reply {
    let notice = came(bureau).await;
    let chief = bureau.officer(&office_of(bureau), Role::DutyChief).await;
    bureau.wait(Duration::seconds(1));
    chief.post(&format!("{RECEIVED}/{}/{verb}", notice.text("/id")), body).await
}

async fn blocked(bureau: &Bureau, reg_no: &str) -> Vec<Value> {
    let inspector = bureau.officer(WAIGAOQIAO, Role::Inspector).await;
    let path = format!("{BLOCKS}?reg_no={reg_no}&live=true");
    inspector.get(&path).await.expect(200).body["data"].as_array().unwrap().clone()
}

async fn league(pool: PgPool) -> League {
    League::open(pool, &[SHANGHAI, ZHEJIANG], &[MemorandumKind::NonConformity]).await
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_notice_goes_from_the_port_to_the_origin_and_back_to_its_end(pool: PgPool) {
    let league = league(pool).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(ZHEJIANG));

    let drafted = draft(port, finding("MISMATCH_QTY_OVER")).await.expect(201);
    let sent = chief(port, &drafted, "approve", Value::Null).await.expect(200);
    league.settle().await;
    let arrived = came(origin).await;
    answer(origin, "acknowledge", Value::Null).await.expect(200);
    league.settle().await;
    let acked = read(port, &drafted).await;
    answer(origin, "reply", json!({ "text": "多装4包,已整改" })).await.expect(200);
    league.settle().await;
    let replied = read(port, &drafted).await;
    let end = json!({ "disposition": "RELEASED_AFTER_CORRECTION", "remark": "已更正" });
    let closed = chief(port, &drafted, "close", end).await.expect(200);
    league.settle().await;

    assert_eq!(drafted.text("/notice_no"), "NC310700201400001");
    assert_eq!((drafted.text("/status"), drafted.text("/severity")), ("DRAFT", "MAJOR"));
    assert_eq!((sent.text("/status"), sent.body["round"].as_i64()), ("SENT", Some(1)));
    assert_eq!(sent.text("/ack_due_on"), "2014-05-14");
    assert_eq!(sent.text("/reply_due_on"), "2014-06-03", "a holiday on 2 June is no working day");
    assert_eq!((arrived.text("/status"), arrived.text("/sender")), ("RECEIVED", SHANGHAI));
    assert_eq!(arrived.body["evidence"], drafted.body["evidence"]);
    assert_eq!(acked.text("/status"), "ACKED");
    assert_eq!(replied.text("/reply/text"), "多装4包,已整改");
    assert_eq!((replied.text("/status"), closed.text("/status")), ("REPLIED", "CLOSED"));
    let over = came(origin).await;
    assert_eq!(over.text("/status"), "CLOSED");
    assert_eq!(over.text("/closing/disposition"), "RELEASED_AFTER_CORRECTION");
    assert_eq!(
        port.history(drafted.text("/id")).await,
        ["drafted", "approved", "sent", "acknowledged", "replied", "closed"]
            .map(|what| format!("nc_notice.{what}"))
    );
    assert_eq!(
        origin.history(arrived.text("/id")).await,
        ["received", "acknowledged", "replied", "closed"]
            .map(|what| format!("received_nc_notice.{what}"))
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_reopened_notice_is_sent_again_and_answered_again(pool: PgPool) {
    let league = league(pool).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(ZHEJIANG));
    let notice = approved(port, finding("LABEL")).await;
    league.settle().await;
    for (verb, body) in [("acknowledge", Value::Null), ("reply", json!({ "text": "标签已更换" }))]
    {
        answer(origin, verb, body).await.expect(200);
    }
    league.settle().await;
    let end = json!({ "disposition": "TREATED" });
    chief(port, &notice, "close", end).await.expect(200);
    league.settle().await;

    let reopened = chief(port, &notice, "reopen", json!({ "reason": "仍有旧标签" })).await;
    league.settle().await;

    let reopened = reopened.expect(200);
    assert_eq!((reopened.text("/status"), reopened.body["round"].as_i64()), ("SENT", Some(2)));
    let again = came(origin).await;
    assert_eq!((again.text("/status"), again.body["round"].as_i64()), ("RECEIVED", Some(2)));
    assert_eq!(again.text("/reopened_because"), "仍有旧标签");
    assert_eq!(again.body["reply"], Value::Null, "the first answer is history");
    answer(origin, "acknowledge", Value::Null).await.expect(200);
    league.settle().await;
    assert_eq!(read(port, &notice).await.text("/status"), "ACKED");
}
