//! Recognition of classes that other bureaus gave (诚信互认): told by partners, let count by officers, lowest of both.
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

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn of_a_thousand_records_seven_are_bad_and_named_and_the_others_count(pool: PgPool) {
    let league = League::open(pool, &[SHANGHAI, ANHUI], &[MemorandumKind::Credit]).await;
    let (port, anhui) = (league.at(SHANGHAI), league.at(ANHUI));
    let mut tx = Tx::begin(anhui.pool(), &anhui.ctx.clock).await.unwrap();
    let payload = json!({ "records": a_thousand() });
    let (receiver, correlation) = (SHANGHAI.to_owned(), Uuid::from_u128(7));
    let message = Outgoing { receiver, kind: PUSHED, version: 1, correlation, payload };
    outbox::send(&mut tx, message).await.unwrap();
    tx.commit().await.unwrap();

    league.settle().await;

    let receipt: Value = sqlx::query_scalar("select receipt from outbox where kind = $1")
        .bind(PUSHED)
        .fetch_one(anhui.pool())
        .await
        .unwrap();
    let told: Vec<_> = receipt["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (tests::text(one, "/pointer"), tests::text(one, "/code")))
        .collect();
    assert_eq!(told, SEVEN);
    let proposed = "select count(*) from credit_recognitions where status = 'PROPOSED'";
    assert_eq!(port.count(proposed).await, 993);
    let kept: Value = sqlx::query_scalar("select outcome from inbox where kind = $1")
        .bind(PUSHED)
        .fetch_one(port.pool())
        .await
        .unwrap();
    assert_eq!(kept, json!({ "applied": 993, "ignored": 0 }));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_same_message_again_gets_its_first_receipt_and_changes_nothing(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Credit]).await;
    let said = anhui.says(PUSHED, (Uuid::nil(), 0), json!({ "records": a_thousand() }));

    let first = anhui.push_one(&said).await;
    bureau.settle().await;
    bureau.wait(Duration::minutes(5));
    let again = anhui.push_one(&said).await;
    bureau.settle().await;

    assert_eq!((first.outcome, &first.errors), (Outcome::Stored, &again.errors));
    assert_eq!((first.received_at, first.signature), (again.received_at, again.signature));
    let told = "select count(*) from events where kind = 'credit_recognition.told'";
    assert_eq!(bureau.count(told).await, 993);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_equal_or_older_version_is_acknowledged_and_ignored_whenever_it_comes(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Credit]).await;

    let both = push(&anhui, vec![record(SILK, "A", 2), record(SILK, "C", 3)]).await;
    let older = push(&anhui, vec![record(SILK, "AA", 2)]).await;
    let equal = push(&anhui, vec![record(SILK, "AA", 3)]).await;
    let newer = push(&anhui, vec![record(SILK, "B", 4)]).await;

    assert_eq!(outcome(&anhui, &both).await, json!({ "applied": 1, "ignored": 1 }));
    assert_eq!(outcome(&anhui, &older).await, json!({ "applied": 0, "ignored": 1 }));
    assert_eq!(outcome(&anhui, &equal).await, json!({ "applied": 0, "ignored": 1 }));
    assert_eq!(outcome(&anhui, &newer).await, json!({ "applied": 1, "ignored": 0 }));
    let chief = bureau.officer(SSE, Role::DutyChief).await;
    let now = chief.get(&format!("{PATH}/{}", id_of(&bureau, SILK).await)).await.expect(200);
    assert_eq!((now.text("/class"), now.body["version"].as_i64()), ("B", Some(4)));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_partner_speaks_of_its_own_enterprises_alone_and_under_a_memorandum(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Credit]).await;
    let jiangsu = Neighbour::of(&bureau, "320000", &[MemorandumKind::Exemption]).await;
    let say = |who: &Neighbour<'_>, reg_no: &str| {
        who.says(PUSHED, (Uuid::nil(), 0), json!({ "records": [record(reg_no, "AA", 1)] }))
    };

    let anothers = anhui.push_one(&say(&anhui, "3205600077")).await;
    let ours = anhui.push_one(&say(&anhui, DERUI)).await;
    let not_agreed = jiangsu.push_one(&say(&jiangsu, "3205600077")).await;
    let both = json!({ "records": [record("3205600077", "AA", 1), record(SILK, "A", 1)] });
    let both = anhui.push_one(&anhui.says(PUSHED, (Uuid::nil(), 0), both)).await;
    bureau.settle().await;

    for (receipt, code) in
        [(anothers, "not-its-enterprise"), (ours, "not-its-enterprise"), (not_agreed, "not-agreed")]
    {
        assert_eq!((receipt.outcome, receipt.errors[0].code.as_str()), (Outcome::Refused, code));
    }
    assert_eq!((both.outcome, both.errors.len()), (Outcome::Stored, 1));
    assert_eq!(bureau.count("select count(*) from credit_recognitions").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_recognition_counts_only_while_it_is_active_and_in_scope(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Credit]).await;
    register(&bureau, SILK, "A").await;
    // Screws are 7318.
    let scoped = with(record(SILK, "C", 1), "hs_scope", json!(["50", "73"]));
    push(&anhui, vec![scoped]).await;
    let proposed = class_at_filing(&bureau, SILK, "RC-1").await;
    decide(&bureau, SILK, "acknowledge").await.expect(200);
    let acknowledged = class_at_filing(&bureau, SILK, "RC-2").await;

    decide(&bureau, SILK, "activate").await.expect(200);
    let active = class_at_filing(&bureau, SILK, "RC-3").await;
    decide(&bureau, SILK, "suspend").await.expect(200);
    let suspended = class_at_filing(&bureau, SILK, "RC-4").await;
    decide(&bureau, SILK, "resume").await.expect(200);
    let resumed = class_at_filing(&bureau, SILK, "RC-5").await;
    push(&anhui, vec![with(record(SILK, "C", 2), "hs_scope", json!(["50"]))]).await;
    let out_of_scope = class_at_filing(&bureau, SILK, "RC-6").await;
    push(&anhui, vec![record(SILK, "C", 3)]).await;
    let all_goods = class_at_filing(&bureau, SILK, "RC-7").await;
    decide(&bureau, SILK, "revoke").await.expect(200);
    let revoked = class_at_filing(&bureau, SILK, "RC-8").await;

    assert_eq!([proposed, acknowledged, suspended, out_of_scope, revoked], ["A"; 5]);
    assert_eq!([active, resumed, all_goods], ["C"; 3]);
    let id = id_of(&bureau, SILK).await;
    assert_eq!(
        bureau.history(&id).await,
        ["told", "acknowledged", "activated", "suspended", "resumed", "told", "told", "revoked"]
            .map(|what| format!("credit_recognition.{what}"))
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_recognition_ends_to_count_with_its_days_and_with_the_memorandum(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Credit]).await;
    register(&bureau, SILK, "A").await;
    push(&anhui, vec![with(record(SILK, "C", 1), "valid_to", json!("2014-05-13"))]).await;
    let_count(&bureau, SILK).await;

    bureau.wait(Duration::days(1));
    let last_day = class_at_filing(&bureau, SILK, "RD-1").await;
    bureau.wait(Duration::days(1));
    let over = class_at_filing(&bureau, SILK, "RD-2").await;
    worker::schedule::know_all(&bureau.worker).await.unwrap();
    worker::schedule::tick(&bureau.worker).await.unwrap();
    bureau.settle().await;
    let expired = status_of(&bureau, SILK).await;
    push(&anhui, vec![record(SILK, "C", 2)]).await;
    let anew = status_of(&bureau, SILK).await;
    let_count(&bureau, SILK).await;
    let agreed = class_at_filing(&bureau, SILK, "RD-3").await;
    end_memorandum(&bureau, ANHUI).await;
    bureau.wait(Duration::days(1));
    let not_agreed = class_at_filing(&bureau, SILK, "RD-4").await;
    decide(&bureau, SILK, "suspend").await.expect(200);
    let resumed = decide(&bureau, SILK, "resume").await.expect(409);

    assert_eq!([last_day.as_str(), &over, &agreed, &not_agreed], ["C", "A", "C", "A"]);
    assert_eq!((expired.as_str(), anew.as_str()), ("EXPIRED", "PROPOSED"));
    assert_eq!(resumed.problem(), "credit/not-agreed");
}

/// Today is the last day of whatever is agreed with a partner.
async fn end_memorandum(bureau: &Bureau, partner: &str) {
    let administrator = bureau.administrator().await;
    let path = format!("/v1/partners/{partner}/memoranda");
    let all = administrator.get(&path).await.expect(200);
    for memorandum in all.body["data"].as_array().unwrap() {
        let end = format!("{path}/{}/end", tests::text(memorandum, "/id"));
        administrator.post(&end, Value::Null).await.expect(200);
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_local_downgrade_wins_over_a_better_class_that_comes_late(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Credit]).await;
    register(&bureau, SILK, "A").await;
    push(&anhui, vec![record(SILK, "AA", 5)]).await;
    let_count(&bureau, SILK).await;
    let officer = bureau.officer(SSE, Role::AcceptanceOfficer).await;
    let wish = json!({ "reg_no": SILK, "to_class": "C", "reason": "货证不符" });
    let change = officer.post("/v1/credit-changes", wish).await.expect(201);
    let chief = bureau.officer(SSE, Role::DutyChief).await;
    let path = format!("/v1/credit-changes/{}/confirm", change.text("/id"));
    chief.post(&path, Value::Null).await.expect(200);

    let downgraded = class_at_filing(&bureau, SILK, "RL-1").await;
    let older = push(&anhui, vec![record(SILK, "AA", 4)]).await;
    let after_older = class_at_filing(&bureau, SILK, "RL-2").await;
    let newer = push(&anhui, vec![record(SILK, "AA", 6)]).await;
    let after_newer = class_at_filing(&bureau, SILK, "RL-3").await;

    assert_eq!([downgraded, after_older, after_newer], ["C"; 3]);
    assert_eq!(outcome(&anhui, &older).await, json!({ "applied": 0, "ignored": 1 }));
    assert_eq!(outcome(&anhui, &newer).await, json!({ "applied": 1, "ignored": 0 }));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn no_word_of_its_bureau_lifts_a_suspension_and_a_wish_for_more_is_looked_at_anew(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Credit]).await;
    let wish =
        |version| with(record(SILK, "AA", version), "privileges", json!(["PORT_CHECK_EXEMPTION"]));
    push(&anhui, vec![record(SILK, "A", 1)]).await;
    let_count(&bureau, SILK).await;

    push(&anhui, vec![record(SILK, "AA", 2)]).await;
    let better = status_of(&bureau, SILK).await;
    push(&anhui, vec![wish(3)]).await;
    let more = status_of(&bureau, SILK).await;
    let_count(&bureau, SILK).await;
    decide(&bureau, SILK, "suspend").await.expect(200);
    push(&anhui, vec![wish(4)]).await;
    let suspended = status_of(&bureau, SILK).await;
    decide(&bureau, SILK, "revoke").await.expect(200);
    push(&anhui, vec![wish(5)]).await;
    let anew = status_of(&bureau, SILK).await;

    assert_eq!([better, more, suspended, anew], ["ACTIVE", "PROPOSED", "SUSPENDED", "PROPOSED"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn every_step_that_the_table_does_not_name_is_refused(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Credit]).await;
    push(&anhui, vec![record(SILK, "A", 1)]).await;
    let refused = async |verbs: &[&str]| {
        for verb in verbs {
            let reply = decide(&bureau, SILK, verb).await.expect(409);
            assert_eq!(reply.problem(), "credit/recognition-wrong-state", "{verb}");
        }
    };

    refused(&["activate", "suspend", "resume", "revoke"]).await;
    decide(&bureau, SILK, "acknowledge").await.expect(200);
    refused(&["acknowledge", "suspend", "resume", "revoke"]).await;
    decide(&bureau, SILK, "activate").await.expect(200);
    refused(&["acknowledge", "refuse", "activate", "resume"]).await;
    decide(&bureau, SILK, "suspend").await.expect(200);
    refused(&["acknowledge", "refuse", "activate", "suspend"]).await;
    decide(&bureau, SILK, "revoke").await.expect(200);
    refused(&["acknowledge", "refuse", "activate", "suspend", "resume", "revoke"]).await;
    push(&anhui, vec![record(SILK, "B", 2)]).await;
    decide(&bureau, SILK, "refuse").await.expect(200);
    assert_eq!(status_of(&bureau, SILK).await, "REVOKED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_bureau_pushes_the_classes_of_its_enterprises_and_every_change(pool: PgPool) {
    let league = League::open(pool, &[SHANGHAI, ANHUI], &[MemorandumKind::Credit]).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(ANHUI));
    let chief = origin.officer(ANHUI, Role::DutyChief).await;
    let path = format!("/v1/partners/{SHANGHAI}/push-credit");

    let pushed = chief.post(&path, Value::Null).await.expect(202);
    league.settle().await;
    let told = port.count("select count(*) from credit_recognitions").await;
    let model = enterprise_at(ANHUI, MODEL);
    let first = port.officer(SSE, Role::DutyChief).await;
    let first = first.get(&format!("{PATH}?reg_no={model}")).await.expect(200);
    let officer = origin.officer(ANHUI, Role::AcceptanceOfficer).await;
    let wish = json!({ "reg_no": model, "to_class": "B", "reason": "年度抽查" });
    let change = officer.post("/v1/credit-changes", wish).await.expect(201);
    let confirm = format!("/v1/credit-changes/{}/confirm", change.text("/id"));
    chief.post(&confirm, Value::Null).await.expect(200);
    league.settle().await;
    league.wait(Duration::minutes(1));
    let chief = origin.officer(ANHUI, Role::DutyChief).await;
    chief.post(&path, Value::Null).await.expect(202);
    league.settle().await;

    assert_eq!((&pushed.body["records"], told), (&json!(4), 4));
    assert_eq!((first.text("/data/0/class"), first.text("/data/0/partner")), ("AA", ANHUI));
    assert_eq!(first.body["data"][0]["privileges"], json!(["PORT_CHECK_EXEMPTION"]));
    let reader = port.officer(SSE, Role::DutyChief).await;
    let now = reader.get(&format!("{PATH}?reg_no={model}")).await.expect(200);
    assert_eq!((now.text("/data/0/class"), &now.body["data"][0]["version"]), ("B", &json!(2)));
    assert_eq!(now.body["data"][0]["privileges"], json!([]));
    let id = now.text("/data/0/id").to_owned();
    assert_eq!(port.history(&id).await.len(), 2, "the second push told nothing new");
    let nobody = reader.post("/v1/partners/320000/push-credit", Value::Null).await;
    nobody.expect(404);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn without_a_memorandum_nothing_is_pushed(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Transfer]).await;
    let chief = bureau.officer(SSE, Role::DutyChief).await;

    let refused = chief.post(&format!("/v1/partners/{ANHUI}/push-credit"), Value::Null).await;

    assert_eq!(refused.expect(409).problem(), "credit/not-agreed");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_enterprise_reads_what_is_said_of_itself_and_nobody_elses(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Credit]).await;
    register(&bureau, SILK, "A").await;
    push(&anhui, vec![record(SILK, "AA", 1)]).await;
    let path = format!("{PATH}/{}", id_of(&bureau, SILK).await);
    let (own, other) = (bureau.declarant(SILK).await, bureau.declarant(HAIYUAN).await);

    for path in [path.clone(), format!("{path}/timeline")] {
        own.get(&path).await.expect(200);
        other.get(&path).await.expect(404);
    }
    own.post(&format!("{path}/activate"), Value::Null).await.expect(403);
    let stranger = bureau.officer(SSE, Role::DutyChief).await;
    stranger
        .post(&format!("{PATH}/{}/acknowledge", bureau.nobody()), Value::Null)
        .await
        .expect(404);

    assert_eq!(own.get(PATH).await.expect(200).text("/data/0/reg_no"), SILK);
    assert_eq!(other.get(PATH).await.expect(200).body["data"], json!([]));
}
