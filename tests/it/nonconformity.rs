//! Notices of non-conformity (不合格信息通报): from the find at the port to the last word, and what is withheld meanwhile.
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

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_critical_notice_blocks_at_once_and_the_origins_decision_ends_it(pool: PgPool) {
    let league = league(pool).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(ZHEJIANG));

    let notice = draft(port, finding("DOC_FORGED")).await.expect(201);
    let before = blocked(port, DOWN).await;
    chief(port, &notice, "approve", Value::Null).await.expect(200);
    let at_once = blocked(port, DOWN).await;
    league.settle().await;
    let proposed = came(origin).await;
    let decision = json!({ "decision": "SUSPENDED", "reason": "伪造单证" });
    answer(origin, "decide-suspension", decision.clone()).await.expect(200);
    league.settle().await;

    assert_eq!(before.len(), 0);
    assert_eq!(at_once[0]["reason"], "NC310700201400001 DOC_FORGED");
    assert_eq!(at_once[0]["proposed_to"], ZHEJIANG);
    assert_eq!(at_once[0]["decide_due_on"], "2014-05-19", "five working days");
    assert_eq!(proposed.text("/suspension"), "PROPOSED");
    assert_eq!(proposed.text("/decide_due_on"), "2014-05-19");
    assert_eq!(blocked(port, DOWN).await, Vec::<Value>::new());
    assert_eq!(read(port, &notice).await.text("/suspension"), "SUSPENDED");
    let again = answer(origin, "decide-suspension", decision).await.expect(409);
    assert_eq!(again.problem(), "nonconformity/no-suspension-proposed");
    let history = port.history(notice.text("/id")).await;
    assert!(history.contains(&"facilitation.blocked".to_owned()));
    assert!(history.contains(&"facilitation.lifted".to_owned()));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_duty_chief_lifts_a_block_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    Neighbour::of(&bureau, ZHEJIANG, &[MemorandumKind::NonConformity]).await;
    approved(&bureau, finding("DOC_FORGED")).await;
    let id = blocked(&bureau, DOWN).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("{BLOCKS}/{id}/lift");

    let inspector = bureau.officer(WAIGAOQIAO, Role::Inspector).await;
    inspector.post(&path, because()).await.expect(403);
    let chief = bureau.officer(WAIGAOQIAO, Role::DutyChief).await;
    let lifted = chief.post(&path, because()).await.expect(200);
    let again = chief.post(&path, because()).await.expect(409);

    assert_eq!(lifted.text("/lifted_because"), "复核");
    assert_eq!(lifted.text("/lifted_by"), chief.id.to_string());
    assert_eq!(again.problem(), "facilitation/already-lifted");
    assert_eq!(blocked(&bureau, DOWN).await, Vec::<Value>::new());
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_critical_notice_about_an_own_enterprise_ends_declaring_anywhere_at_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let away = || screws("NC").at("310900", YANGSHAN);
    derui.post("/v1/declarations", away().0).await.expect(201);

    let notice = approved(&bureau, forged_by(DERUI, SHANGHAI)).await;

    assert_eq!(notice.text("/status"), "SENT", "to the bureau itself, without a message");
    assert_eq!(bureau.count("select count(*) from outbox").await, 0);
    let suspended = "select count(*) from anywhere_eligibilities e join organisations o on
        o.id = e.enterprise_id where o.code = '3100601234' and e.state = 'SUSPENDED'
        and e.reason = 'non-conformity-open'";
    assert_eq!(bureau.count(suspended).await, 1);
    let refused = screws("NC-2").at("310900", YANGSHAN);
    let refused = derui.post("/v1/declarations", refused.0).await.expect(201);
    assert_eq!(refused.codes(), ["not-eligible-anywhere"]);
    // Whoever is still on the list, or put back on it by hand, is held by the block itself.
    sqlx::query("update anywhere_eligibilities set state = 'ELIGIBLE', reason = null")
        .execute(bureau.pool())
        .await
        .unwrap();
    let held = derui.post("/v1/declarations", screws("NC-3").at("310900", YANGSHAN).0).await;
    assert_eq!(held.expect(201).codes(), ["not-eligible-anywhere"]);
    answer(&bureau, "acknowledge", Value::Null).await.expect(200);
    assert_eq!(read(&bureau, &notice).await.text("/status"), "ACKED");
    let declined = json!({ "decision": "DECLINED", "reason": "系他人冒用" });
    answer(&bureau, "decide-suspension", declined).await.expect(200);
    assert_eq!(blocked(&bureau, DERUI).await, Vec::<Value>::new());
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_major_notice_counts_when_it_is_open_for_more_than_thirty_days(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let mut found = finding("QUALITY");
    found["reg_no"] = json!(HAIYUAN);
    found["origin_bureau"] = json!(SHANGHAI);
    approved(&bureau, found).await;
    let suspended = "select count(*) from anywhere_eligibilities where state = 'SUSPENDED'";

    let states = async |days| {
        bureau.wait(Duration::days(days));
        worker::schedule::know_all(&bureau.worker).await.unwrap();
        worker::schedule::tick(&bureau.worker).await.unwrap();
        bureau.settle().await;
        bureau.count(suspended).await
    };

    assert_eq!(states(30).await, 0, "thirty days are allowed");
    assert_eq!(states(1).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn severity_follows_from_the_rule_and_from_nobodys_opinion(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    bureau
        .import(
            "alerts",
            "code,country,hs_prefix,level,name_zh,name_en,valid_from,valid_to\n\
             JS-2014-7,CN,05,3,疫情警示,An alert,2014-05-01,\n",
        )
        .await;
    let with = |category, name: &str, value: Value| {
        let mut finding = finding(category);
        finding[name] = value;
        finding
    };
    let cases = [
        (finding("DOC_FORGED"), "CRITICAL"),
        (with("SEAL", "goods_changed", json!(true)), "CRITICAL"),
        (finding("SEAL"), "MINOR"),
        (with("PEST", "alert_code", json!("JS-2014-7")), "CRITICAL"),
        (finding("PEST"), "MINOR"),
        (finding("MISMATCH_NAME"), "MAJOR"),
        (finding("MISMATCH_QTY_OVER"), "MAJOR"),
        (finding("MISMATCH_QTY_SHORT"), "MINOR"),
        (finding("QUALITY"), "MAJOR"),
        (finding("CONTAMINATION"), "MINOR"),
    ];

    for (finding, severity) in cases {
        let category = finding["category"].clone();
        let drafted = draft(&bureau, finding).await.expect(201);
        assert_eq!(drafted.text("/severity"), severity, "{category}");
    }
    let mut chosen = finding("LABEL");
    chosen["severity"] = json!("MINOR");
    assert_eq!(draft(&bureau, chosen).await.expect(400).codes(), ["json-malformed"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn everything_wrong_with_a_draft_is_told_at_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;

    let refused = draft(
        &bureau,
        json!({
            "subject": { "kind": "DECLARATION", "number": "310700114000001" },
            "origin_bureau": "990000", "reg_no": "33", "goods": { "goods_no": 0, "name": " " },
            "found_on": "2014-05-13", "category": "LABEL", "goods_changed": true,
            "alert_code": "X", "finding": "", "evidence": [{ "name": "a", "sha256": "b" }],
        }),
    )
    .await
    .expect(422);

    let found: Vec<_> = refused.body["errors"].as_array().unwrap().iter().collect();
    let found: Vec<_> =
        found.iter().map(|one| (tests::text(one, "/pointer"), tests::text(one, "/code"))).collect();
    assert_eq!(
        found,
        [
            ("/goods/name", "text-missing"),
            ("/goods/goods_no", "goods-no-malformed"),
            ("/reg_no", "reg-no-malformed"),
            ("/finding", "text-missing"),
            ("/evidence/0/sha256", "sha256-malformed"),
            ("/found_on", "date-in-future"),
            ("/goods_changed", "not-of-this-category"),
            ("/alert_code", "not-of-this-category"),
            ("/subject/number", "subject-unknown"),
            ("/origin_bureau", "bureau-unknown"),
        ]
    );
    assert_eq!(bureau.count("select count(*) from nc_notices").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn who_drafted_a_notice_does_not_approve_it_and_another_office_does_not_see_it(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    Neighbour::of(&bureau, ZHEJIANG, &[MemorandumKind::NonConformity]).await;
    let everybody = bureau.all_round_officer(WAIGAOQIAO).await;
    let drafted = everybody.post(NOTICES, finding("LABEL")).await.expect(201);
    let path = format!("{NOTICES}/{}", drafted.text("/id"));

    everybody.post(&format!("{path}/approve"), Value::Null).await.expect(403);
    let elsewhere = bureau.all_round_officer(YANGSHAN).await;
    for verb in ["approve", "send"] {
        elsewhere.post(&format!("{path}/{verb}"), Value::Null).await.expect(404);
    }
    for verb in ["discard", "reopen"] {
        elsewhere.post(&format!("{path}/{verb}"), because()).await.expect(404);
    }
    let end = json!({ "disposition": "TREATED" });
    elsewhere.post(&format!("{path}/close"), end).await.expect(404);
    elsewhere.get(&path).await.expect(404);
    elsewhere.get(&format!("{path}/timeline")).await.expect(404);

    let listed = elsewhere.get(NOTICES).await.expect(200);
    assert_eq!(listed.body["data"], json!([]));
    assert_eq!(read(&bureau, &drafted).await.text("/status"), "DRAFT");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn every_step_out_of_turn_is_refused(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    Neighbour::of(&bureau, ZHEJIANG, &[MemorandumKind::NonConformity]).await;
    let notice = draft(&bureau, finding("LABEL")).await.expect(201);
    let end = json!({ "disposition": "TREATED" });

    let early = chief(&bureau, &notice, "close", end).await.expect(409);
    let unsent = chief(&bureau, &notice, "send", Value::Null).await.expect(409);
    let unclosed = chief(&bureau, &notice, "reopen", because()).await.expect(409);
    let discarded = chief(&bureau, &notice, "discard", because()).await.expect(200);
    let late = chief(&bureau, &notice, "approve", Value::Null).await.expect(409);

    for refused in [early, unsent, unclosed, late] {
        assert_eq!(refused.problem(), "nonconformity/wrong-state");
    }
    assert_eq!(discarded.text("/status"), "DISCARDED");
    assert_eq!(bureau.count("select count(*) from outbox").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn without_a_memorandum_nothing_is_sent_and_nothing_is_taken(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[MemorandumKind::Credit]).await;

    let waiting = approved(&bureau, finding("LABEL")).await;
    let refused = chief(&bureau, &waiting, "send", Value::Null).await.expect(409);
    let said = zhejiang.says(
        "notice.acknowledged",
        (Uuid::from_u128(1), 1),
        json!({ "notice_no": waiting.text("/notice_no") }),
    );
    let receipt = zhejiang.push_one(&said).await;
    let administrator = bureau.administrator().await;
    let memoranda = format!("/v1/partners/{ZHEJIANG}/memoranda");
    let agreement = json!({ "kind": "NON_CONFORMITY", "valid_from": "2014-05-12" });
    let agreed = administrator.post(&memoranda, agreement).await.expect(201);
    let sent = chief(&bureau, &waiting, "send", Value::Null).await.expect(200);

    assert_eq!(waiting.text("/status"), "APPROVED");
    assert_eq!(refused.problem(), "nonconformity/not-agreed");
    assert_eq!(
        (receipt.outcome, receipt.errors[0].code.as_str()),
        (Outcome::Refused, "not-agreed")
    );
    assert_eq!(sent.text("/status"), "SENT");

    // It ends with today: tomorrow nothing is taken any more.
    let end = format!("{memoranda}/{}/end", agreed.text("/id"));
    administrator.post(&end, Value::Null).await.expect(200);
    bureau.wait(Duration::days(1));
    let late = zhejiang.says(
        "notice.acknowledged",
        (Uuid::from_u128(2), 1),
        json!({ "notice_no": waiting.text("/notice_no") }),
    );
    assert_eq!(zhejiang.push_one(&late).await.errors[0].code, "not-agreed");
    assert_eq!(approved(&bureau, finding("LABEL")).await.text("/status"), "APPROVED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn another_bureau_cannot_speak_of_a_notice_that_it_was_not_sent(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let kinds = [MemorandumKind::NonConformity];
    Neighbour::of(&bureau, ZHEJIANG, &kinds).await;
    let jiangsu = Neighbour::of(&bureau, "320000", &kinds).await;
    let notice = approved(&bureau, finding("DOC_FORGED")).await;
    let number = notice.text("/notice_no");

    let said = [
        jiangsu.says(
            "notice.acknowledged",
            (Uuid::from_u128(1), 0),
            json!({ "notice_no": number }),
        ),
        jiangsu.says(
            "suspension.decided",
            (Uuid::from_u128(1), 0),
            json!({ "notice_no": number, "decision": "DECLINED", "reason": "无" }),
        ),
        jiangsu.says(
            "notice.sent",
            (Uuid::from_u128(2), 0),
            json!({
                "notice_no": "NC310700201400009", "round": 1, "port_org": "310700",
                "subject": { "kind": "TRANSFER", "number": "1T" }, "reg_no": DERUI,
                "goods": { "goods_no": null, "hs_code": null, "name": "货" },
                "found_on": "2014-05-12", "category": "LABEL", "severity": "MINOR",
                "finding": "某", "evidence": [], "ack_due_on": "2014-05-14",
                "reply_due_on": "2014-06-03", "decide_suspension_by": null,
                "reopened_because": null,
            }),
        ),
    ];
    jiangsu.push(&said).await.expect(200);
    bureau.settle().await;

    for message in &said {
        let told = jiangsu.asks_about(message).await.expect(200);
        assert_eq!(told.text("/state"), "REFUSED", "{:#}", told.body);
    }
    assert_eq!(read(&bureau, &notice).await.text("/status"), "SENT");
    assert_eq!(blocked(&bureau, DOWN).await.len(), 1);
    assert_eq!(bureau.count("select count(*) from received_nc_notices").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_a_partner_says_badly_is_named_in_its_receipt(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[MemorandumKind::NonConformity]).await;

    let bad = json!({
        "notice_no": "NC33090020140000", "round": 0, "port_org": "310700",
        "subject": { "kind": "TRANSFER", "number": "" }, "reg_no": "1",
        "goods": { "goods_no": null, "hs_code": "x", "name": "货" },
        "found_on": "2014-05-12", "category": "LABEL", "severity": "MINOR",
        "finding": " ", "evidence": [], "ack_due_on": "2014-05-14",
        "reply_due_on": "2014-06-03", "decide_suspension_by": null, "reopened_because": null,
    });
    let told = zhejiang.push_one(&zhejiang.says("notice.sent", (Uuid::from_u128(1), 1), bad)).await;
    let shapeless = zhejiang.says("notice.sent", (Uuid::from_u128(1), 1), json!({ "no": 1 }));
    let shapeless = zhejiang.push_one(&shapeless).await;

    let pointers: Vec<_> = told.errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(
        pointers,
        [
            "/payload/notice_no",
            "/payload/port_org",
            "/payload/round",
            "/payload/subject/number",
            "/payload/goods/hs_code",
            "/payload/reg_no",
            "/payload/finding",
        ]
    );
    assert_eq!(shapeless.errors[0].code, "payload-malformed");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_month_is_told_once_to_each_origin_bureau_and_a_missed_one_is_caught_up(pool: PgPool) {
    let league = league(pool).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(ZHEJIANG));
    let night = async |days| {
        league.wait(Duration::days(days));
        worker::schedule::know_all(&port.worker).await.unwrap();
        worker::schedule::tick(&port.worker).await.unwrap();
        league.settle().await;
    };
    for category in ["LABEL", "LABEL", "MISMATCH_NAME"] {
        approved(port, finding(category)).await;
    }
    league.settle().await;

    night(1).await;
    let in_may = port.count("select count(*) from nc_digests").await;
    // Nobody works in June; the first night of July finds May still untold.
    night(50).await;
    night(1).await;

    assert_eq!(in_may, 0, "the month is not over");
    assert_eq!(port.count("select count(*) from nc_digests").await, 1);
    let sent = "select count(*) from outbox where kind = 'notice.digested'";
    assert_eq!(port.count(sent).await, 1);
    let chief = origin.officer(ZHEJIANG, Role::DutyChief).await;
    let digests = chief.get("/v1/received-nc-digests").await.expect(200);
    assert_eq!(digests.text("/data/0/month"), "2014-05-01");
    assert_eq!(
        digests.body["data"][0]["content"]["lines"],
        json!([
            { "category": "LABEL", "severity": "MINOR", "sent": 2, "open": 2 },
            { "category": "MISMATCH_NAME", "severity": "MAJOR", "sent": 1, "open": 1 },
        ])
    );
    assert_eq!(digests.body["data"].as_array().unwrap().len(), 1);
}
