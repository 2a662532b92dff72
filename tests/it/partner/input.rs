//! Bad input of partners, byte by byte: refused with reasons, never half kept, never our own fault.
use actix_web::http::Method;
use chrono::Duration;
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use sandbox::partner::Fault;
use serde_json::{Value, json};
use shared::exchange::{Envelope, MemorandumKind};
use sqlx::PgPool;
use tests::{Bureau, Neighbour};
use uuid::Uuid;

use super::{JIANGSU, PING, ZHEJIANG, play, serve, verdicts};
use crate::corpora::{mutation, spoil};

const MESSAGES: &str = "/v1/exchange/messages";
const ENTERPRISES: &str = "direct.enterprises";

async fn push_raw(who: &Neighbour<'_>, kind: &'static str, body: Vec<u8>) -> tests::Reply {
    who.call_raw(Method::POST, MESSAGES, kind, body, Duration::zero()).await
}

fn record(number: usize) -> Value {
    json!({
        "reg_no": format!("32056{number:05}"), "direction": "EXPORT", "state": "APPROVED", "version": 1,
        "granted_on": "2014-03-03",
    })
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn one_message_that_cannot_be_kept_does_not_take_its_neighbours_along(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let says = |payload| zhejiang.says(PING, (bureau.nobody(), 1), payload);
    let typed = |kind: &str| {
        let mut header = says(json!({})).header;
        kind.clone_into(&mut header.kind);
        zhejiang.signed(header, json!({}))
    };
    let messages = [
        says(json!({})),
        typed("exchange.pi\0ng"),
        typed("Exchange Ping"),
        typed(&format!("exchange.{}", "x".repeat(64))),
        says(json!({ "note": { "\0": 1 } })),
        says(json!({ "note": "\0" })),
        says(json!({ "note": 0.5 })),
        says(json!({ "note": 9_007_199_254_740_992_i64 })),
        says(json!([])),
        says(json!({ "note": "x".repeat(201) })),
        says(json!({})),
    ];

    let reply = zhejiang.push(&messages).await.expect(200);

    assert_eq!(
        verdicts(&reply.body),
        [
            "STORED",
            "REFUSED type-malformed",
            "REFUSED type-malformed",
            "REFUSED type-malformed",
            "REFUSED text-malformed",
            "REFUSED text-malformed",
            "REFUSED number-not-whole",
            "REFUSED number-not-whole",
            "REFUSED payload-malformed",
            "REFUSED text-malformed",
            "STORED",
        ]
    );
    assert_eq!(bureau.count("select count(*) from inbox").await, 2);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_are_no_messages_is_refused_whole(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let good = serde_json::to_value(zhejiang.says(PING, (bureau.nobody(), 1), json!({}))).unwrap();
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut message = good.clone();
        change(&mut message);
        serde_json::to_vec(&json!({ "messages": [good, message] })).unwrap()
    };
    let deep = format!("{{\"messages\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let bodies = [
        b"".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"\xff\xfe".to_vec(),
        deep.into_bytes(),
        changed(&|message| message["header"]["sequence"] = json!(2_147_483_648_i64)),
        changed(&|message| message["header"]["sequence"] = json!("1")),
        changed(&|message| message["header"]["version"] = json!(70_000)),
        changed(&|message| message["header"]["id"] = json!("1")),
        changed(&|message| message["header"]["more"] = json!(1)),
        changed(&|message| message["signature"] = json!(null)),
        changed(&|message| drop(message["header"].as_object_mut().unwrap().remove("type"))),
    ];

    for body in bodies {
        let shown = String::from_utf8_lossy(&body).chars().take(200).collect::<String>();
        let reply = push_raw(&zhejiang, "application/json", body.clone()).await;
        assert_eq!(reply.status, 400, "{shown}");
        let reply = push_raw(&zhejiang, "application/x-ndjson", body).await;
        assert_eq!(reply.status, 400, "{shown}");
    }
    push_raw(&zhejiang, "text/plain", b"{}".to_vec()).await.expect(415);
    assert_eq!(bureau.count("select count(*) from inbox").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_thousand_records_as_a_line_are_judged_one_by_one_too(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let door = serve(&bureau);
    let jiangsu = play(&bureau, &door, JIANGSU, &[MemorandumKind::DirectRelease]).await;
    let mut records: Vec<_> = (0..1000).map(record).collect();
    // Another's enterprise, ours, one of nobody, one twice with the same version, and what are no records.
    records[7]["reg_no"] = json!("3304600001");
    records[8]["reg_no"] = json!("3100601234");
    records[9]["reg_no"] = json!("０３２０５６０００１");
    records[10]["version"] = json!("1");
    records[11] = json!([]);
    records[12]["granted_on"] = json!("2014-02-30");
    records[13]["more"] = json!(1);
    let saying = sandbox::partner::Saying {
        kind: ENTERPRISES.to_owned(),
        correlation_id: None,
        sequence: 0,
        payload: json!({ "records": records }),
    };

    let said = jiangsu.compose(&[saying]).unwrap();
    let heard = jiangsu.say(&said, Fault::Replayed, true).await.unwrap();
    bureau.settle().await;

    let receipt = &heard[0].body["receipts"][0];
    let errors = receipt["errors"].as_array().unwrap().iter();
    let told: Vec<_> = errors
        .map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("/payload/records/7/reg_no", "not-its-enterprise"),
            ("/payload/records/8/reg_no", "not-its-enterprise"),
            ("/payload/records/9/reg_no", "reg-no-malformed"),
            ("/payload/records/10", "record-malformed"),
            ("/payload/records/11", "record-malformed"),
            ("/payload/records/12", "record-malformed"),
            ("/payload/records/13", "record-malformed"),
        ]
    );
    assert_eq!(heard[0].body, heard[1].body, "brought again, answered as before");
    assert_eq!(bureau.count("select count(*) from direct_enterprises").await, 993);
    let told = "select count(*) from events where kind = 'direct_enterprise.told'";
    assert_eq!(bureau.count(told).await, 993, "each is told once");
}

/// Whatever becomes of the bytes, each message is refused with its reasons or kept whole, and what is kept was signed.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn however_a_call_is_spoilt_it_is_refused_or_kept_and_never_breaks(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let jiangsu = Neighbour::of(&bureau, JIANGSU, MemorandumKind::ALL).await;
    let said: Vec<Envelope> = (1..=3)
        .map(|number| {
            let records: Vec<_> = (0..3).map(record).collect();
            jiangsu.says(ENTERPRISES, (Uuid::from_u128(number), 1), json!({ "records": records }))
        })
        .collect();
    let body = serde_json::to_vec(&json!({ "messages": said })).unwrap();
    let mut lines = Vec::new();
    for message in &said {
        lines.extend(serde_json::to_vec(message).unwrap());
        lines.push(b'\n');
    }
    let spoilt = prop::collection::vec(mutation(), 1..4);
    let seed = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), seed);

    for round in 0..200 {
        let mutations = spoilt.new_tree(&mut runner).unwrap().current();
        let (kind, whole) = if round % 2 == 0 {
            ("application/json", &body)
        } else {
            ("application/x-ndjson", &lines)
        };
        let sent = spoil(whole.clone(), &mutations);
        let reply = push_raw(&jiangsu, kind, sent.clone()).await;
        let status = reply.status.as_u16();
        assert!([200, 400].contains(&status), "{status} to {:?}", String::from_utf8_lossy(&sent));
    }
    bureau.settle().await;

    // A message that was kept is one of ours, whole: nobody else could sign another.
    let strange = "select count(*) from inbox where state <> 'APPLIED'";
    assert_eq!(bureau.count(strange).await, 0);
    assert!(bureau.count("select count(*) from inbox").await <= 3);
    assert_eq!(bureau.count("select count(*) from direct_enterprises").await, 3);
    assert_eq!(bureau.count("select count(*) from jobs where state = 'dead'").await, 0);
}
