//! Who may send goods directly (直通放行): granted, told to partners, lost for a year.
use chrono::Duration;
use serde_json::{Value, json};
use shared::{
    exchange::{MemorandumKind, Outcome},
    kernel::Role,
};
use sqlx::PgPool;
use tests::{AGENT, Bureau, DERUI, HAIYUAN, League, Neighbour, SSE, enterprise_at};
use uuid::Uuid;

const JIANGSU: &str = "320000";
const SUZHOU: &str = "320500";
const PATH: &str = "/v1/direct-enterprises";

fn claims() -> Value {
    json!({
        "yearly_trade_usd": "1800000.00", "certification": "ISO9000", "has_quality_control": true,
        "batches": 420, "passed": 419,
    })
}

async fn apply(bureau: &Bureau, reg_no: &str, claims: Value) -> String {
    let application = json!({ "direction": "EXPORT", "claims": claims });
    let applied = bureau.declarant(reg_no).await.post(PATH, application).await.expect(201);
    applied.text("/id").to_owned()
}

async fn act(bureau: &Bureau, office: &str, id: &str, verb: &str, body: Value) -> tests::Reply {
    let officer = bureau.officer(office, Role::AcceptanceOfficer).await;
    officer.post(&format!("{PATH}/{id}/{verb}"), body).await
}

/// Two persons, one of them the duty chief.
async fn suspend(bureau: &Bureau, office: &str, id: &str, ground: &str) {
    let notice = json!({ "ground": ground, "reason": "封识破损,货物被调换" });
    act(bureau, office, id, "suspend", notice.clone()).await.expect(200);
    let chief = bureau.officer(office, Role::DutyChief).await;
    chief.post(&format!("{PATH}/{id}/suspend"), notice).await.expect(200);
}

fn record(reg_no: &str, version: i64) -> Value {
    json!({
        "reg_no": reg_no, "direction": "EXPORT", "state": "APPROVED", "version": version,
        "granted_on": "2014-03-03",
    })
}

fn suspended(reg_no: &str, version: i64) -> Value {
    json!({
        "reg_no": reg_no, "direction": "EXPORT", "state": "SUSPENDED", "version": version,
        "granted_on": "2014-03-03", "suspended_on": "2014-05-12", "suspended_until": "2015-05-12",
        "ground": "TAMPERING",
    })
}

async fn state_of(bureau: &Bureau, reg_no: &str) -> Option<String> {
    sqlx::query_scalar(
        "select state from direct_enterprises where reg_no = $1 and state <> 'REFUSED'",
    )
    .bind(reg_no)
    .fetch_optional(bureau.pool())
    .await
    .unwrap()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_enterprise_that_meets_every_condition_is_granted_direct_release(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let id = apply(&bureau, DERUI, claims()).await;

    let granted = act(&bureau, SSE, &id, "approve", Value::Null).await.expect(200);

    assert_eq!(granted.text("/status"), "APPROVED");
    assert_eq!(granted.text("/granted_on"), "2014-05-12");
    assert_eq!(
        bureau.history(&id).await,
        ["direct_enterprise.applied", "direct_enterprise.approved"]
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn every_condition_that_does_not_hold_is_told_at_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let poor = json!({
        "penalised_on": "2012-05-13", "yearly_trade_usd": "1499999.99", "has_quality_control": false,
        "batches": 200, "passed": 197, "returned_on": "2013-05-13",
    });
    let id = apply(&bureau, HAIYUAN, poor).await;

    let refused = act(&bureau, SSE, &id, "approve", Value::Null).await.expect(409);

    assert_eq!(refused.problem(), "direct-enterprise/conditions-unmet");
    assert_eq!(
        refused.codes(),
        [
            "penalised-lately",
            "not-class-a",
            "trade-too-small",
            "not-certified",
            "no-quality-control",
            "pass-rate-too-low",
            "goods-returned",
        ]
    );
    assert_eq!(state_of(&bureau, HAIYUAN).await.as_deref(), Some("APPLIED"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_conditions_are_dated_parameters(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let smaller = json!({ "yearly_trade_usd": "900000", "certification": "HACCP", "has_quality_control": true,
        "batches": 100, "passed": 97 });
    let id = apply(&bureau, DERUI, smaller).await;
    act(&bureau, SSE, &id, "approve", Value::Null).await.expect(409);

    bureau
        .import(
            "parameters",
            "code,value,name_zh,name_en,valid_from\n\
             direct.min_trade_usd,900000,最低贸易额,Least trade,2014-05-12\n\
             direct.pass_rate,0.97,合格率,Pass rate,2014-05-12\n",
        )
        .await;

    act(&bureau, SSE, &id, "approve", Value::Null).await.expect(200);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn only_an_enterprise_applies_at_its_own_bureau_once_for_each_direction(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let export = json!({ "direction": "EXPORT", "claims": claims() });
    apply(&bureau, DERUI, claims()).await;

    let again = bureau.derui().await.post(PATH, export.clone()).await.expect(409);
    let agent = bureau.declarant(AGENT).await.post(PATH, export.clone()).await.expect(403);
    let officer = bureau.officer(SSE, Role::DutyChief).await;
    officer.post(PATH, export).await.expect(403);
    let import = json!({ "direction": "IMPORT", "claims": claims() });
    bureau.derui().await.post(PATH, import).await.expect(201);
    let wrong = json!({ "direction": "IMPORT", "claims": {
        "penalised_on": "2014-05-13", "yearly_trade_usd": "-1.234", "has_quality_control": true,
        "batches": 3, "passed": 4 } });
    let wrong = bureau.declarant(HAIYUAN).await.post(PATH, wrong).await.expect(422);

    assert_eq!(again.problem(), "direct-enterprise/already-applied");
    assert!(agent.text("/detail").contains("only an enterprise applies"));
    assert_eq!(wrong.codes(), ["date-in-future", "amount-malformed", "out-of-range"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_enterprise_sees_its_own_grant_and_no_other(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let id = apply(&bureau, DERUI, claims()).await;
    let path = format!("{PATH}/{id}");
    let haiyuan = bureau.declarant(HAIYUAN).await;

    haiyuan.get(&path).await.expect(404);
    haiyuan.get(&format!("{path}/timeline")).await.expect(404);
    haiyuan.post(&format!("{path}/reapply"), json!({ "claims": claims() })).await.expect(404);
    let theirs = haiyuan.get(PATH).await.expect(200);
    let own = bureau.derui().await.get(PATH).await.expect(200);
    bureau.derui().await.get(&format!("{path}/timeline")).await.expect(200);
    let all = bureau.officer(SSE, Role::Inspector).await.get(PATH).await.expect(200);

    assert_eq!(theirs.body["data"], json!([]));
    assert_eq!(own.text("/data/0/id"), id);
    assert_eq!(all.text("/data/0/id"), id);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_refused_application_ends_and_another_may_be_made(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let id = apply(&bureau, DERUI, claims()).await;

    let refused =
        act(&bureau, SSE, &id, "refuse", json!({ "reason": "证书过期" })).await.expect(200);
    let second = apply(&bureau, DERUI, claims()).await;

    assert_eq!(refused.text("/status"), "REFUSED");
    assert_ne!(second, id);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn every_step_that_the_table_does_not_name_is_refused(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let notice = json!({ "ground": "PENALISED", "reason": "另有处罚" });
    let reason = json!({ "reason": "材料不齐" });
    let id = apply(&bureau, DERUI, claims()).await;
    let refused = async |verb: &str, body: Value| {
        let reply = if verb == "reapply" {
            bureau.derui().await.post(&format!("{PATH}/{id}/reapply"), body).await
        } else {
            act(&bureau, SSE, &id, verb, body).await
        };
        assert_eq!(reply.expect(409).problem(), "direct-enterprise/wrong-state", "{verb}");
    };
    let again = json!({ "claims": claims() });

    refused("suspend", notice.clone()).await;
    refused("reapply", again.clone()).await;
    act(&bureau, SSE, &id, "approve", Value::Null).await.expect(200);
    refused("approve", Value::Null).await;
    refused("refuse", reason.clone()).await;
    refused("reapply", again).await;
    suspend(&bureau, SSE, &id, "PENALISED").await;
    refused("approve", Value::Null).await;
    refused("refuse", reason).await;
    refused("suspend", notice).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_suspension_takes_two_persons_on_one_ground_and_a_duty_chief(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let id = apply(&bureau, DERUI, claims()).await;
    act(&bureau, SSE, &id, "approve", Value::Null).await.expect(200);
    let path = format!("{PATH}/{id}/suspend");
    let notice = |ground: &str| json!({ "ground": ground, "reason": "口岸查验不符" });
    let inspector = bureau.officer(SSE, Role::Inspector).await;
    let other = bureau.second_officer(SSE, Role::Inspector).await;
    let chief = bureau.officer(SSE, Role::DutyChief).await;

    let first = inspector.post(&path, notice("TAMPERING")).await.expect(200);
    let same = inspector.post(&path, notice("TAMPERING")).await.expect(409);
    let no_chief = other.post(&path, notice("TAMPERING")).await.expect(409);
    let other_ground = chief.post(&path, notice("PENALISED")).await.expect(200);
    let second = inspector.post(&path, notice("PENALISED")).await.expect(200);

    assert_eq!((first.text("/status"), first.text("/proposed_ground")), ("APPROVED", "TAMPERING"));
    assert_eq!(same.problem(), "identity/second-person-needed");
    assert_eq!(no_chief.problem(), "identity/duty-chief-needed");
    assert_eq!(other_ground.text("/status"), "APPROVED", "a notice on another ground begins anew");
    assert_eq!(second.text("/status"), "SUSPENDED");
    assert_eq!(second.text("/suspended_until"), "2015-05-12");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn each_of_the_five_grounds_suspends(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let grounds =
        ["CONDITIONS_UNMET", "RETURNED_OR_CLAIMED", "TAMPERING", "MISMATCH_AT_PORT", "PENALISED"];
    for ground in grounds {
        let id = apply(&bureau, DERUI, claims()).await;
        act(&bureau, SSE, &id, "approve", Value::Null).await.expect(200);
        suspend(&bureau, SSE, &id, ground).await;

        let now = bureau.derui().await.get(&format!("{PATH}/{id}")).await.expect(200);
        assert_eq!((now.text("/status"), now.text("/ground")), ("SUSPENDED", ground));
        sqlx::query("delete from direct_enterprises").execute(bureau.pool()).await.unwrap();
    }
}

/// Invariant 23.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_23_a_suspended_enterprise_cannot_be_granted_again_within_a_year(pool: PgPool) {
    let league = League::open(pool, &["310000", JIANGSU], &[MemorandumKind::DirectRelease]).await;
    let (port, origin) = (league.at("310000"), league.at(JIANGSU));
    let suzhou = enterprise_at(JIANGSU, DERUI);
    let id = apply(origin, &suzhou, claims()).await;
    act(origin, SUZHOU, &id, "approve", Value::Null).await.expect(200);
    suspend(origin, SUZHOU, &id, "TAMPERING").await;
    league.settle().await;
    let again = json!({ "claims": claims() });
    let reapply = format!("{PATH}/{id}/reapply");
    let told = state_of(port, &suzhou).await;

    league.wait(Duration::days(364));
    let early = origin.declarant(&suzhou).await.post(&reapply, again.clone()).await.expect(409);
    let new = json!({ "direction": "EXPORT", "claims": claims() });
    let new = origin.declarant(&suzhou).await.post(PATH, new).await.expect(409);
    let partner = Neighbour { bureau: port, keys: tests::keys_of(JIANGSU, "2014-a") };
    let sooner = json!({ "reg_no": suzhou, "direction": "EXPORT", "state": "APPROVED", "version": 9,
        "granted_on": "2015-05-11" });
    let sooner =
        partner.says("direct.enterprises", (Uuid::nil(), 0), json!({ "records": [sooner] }));
    partner.push_one(&sooner).await;
    port.settle().await;
    let outcome = partner.asks_about(&sooner).await.expect(200);
    let still = state_of(port, &suzhou).await;
    league.wait(Duration::days(1));
    origin.declarant(&suzhou).await.post(&reapply, again).await.expect(200);
    act(origin, SUZHOU, &id, "approve", Value::Null).await.expect(200);
    league.settle().await;

    assert_eq!(told.as_deref(), Some("SUSPENDED"));
    assert_eq!(early.problem(), "direct-enterprise/suspended-within-year");
    assert_eq!(new.problem(), "direct-enterprise/already-applied");
    assert_eq!(
        outcome.body["outcome"]["refused"],
        json!([{ "record": 0, "code": "suspended-within-year" }])
    );
    assert_eq!(still.as_deref(), Some("SUSPENDED"));
    assert_eq!(state_of(port, &suzhou).await.as_deref(), Some("APPROVED"), "a year later");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_thousand_records_of_which_seven_are_bad_are_judged_one_by_one(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let jiangsu = Neighbour::of(&bureau, JIANGSU, &[MemorandumKind::DirectRelease]).await;
    let mut records: Vec<_> =
        (0..1000).map(|number| record(&format!("32056{number:05}"), 1)).collect();
    records[3]["reg_no"] = json!("3304600001");
    records[99]["reg_no"] = json!("320560");
    records[250]["state"] = json!("APPLIED");
    records[251]["granted_on"] = json!("2014-05-13");
    records[500]["version"] = json!(0);
    records[777]["direction"] = json!("SIDEWAYS");
    records[999] = suspended("3205699999", 1);
    records[999]["suspended_until"] = json!("2015-05-11");
    let message =
        jiangsu.says("direct.enterprises", (Uuid::nil(), 0), json!({ "records": records }));

    let receipt = jiangsu.push_one(&message).await;
    bureau.settle().await;

    let told: Vec<_> =
        receipt.errors.iter().map(|error| (error.pointer.as_str(), error.code.as_str())).collect();
    assert_eq!(receipt.outcome, Outcome::Stored);
    assert_eq!(
        told,
        [
            ("/payload/records/3/reg_no", "not-its-enterprise"),
            ("/payload/records/99/reg_no", "reg-no-malformed"),
            ("/payload/records/250/state", "state-not-told"),
            ("/payload/records/251/granted_on", "date-in-future"),
            ("/payload/records/500/version", "version-malformed"),
            ("/payload/records/777", "record-malformed"),
            ("/payload/records/999/suspended_until", "suspension-too-short"),
        ]
    );
    assert_eq!(bureau.count("select count(*) from direct_enterprises").await, 993);
    let outcome = jiangsu.asks_about(&message).await.expect(200);
    assert_eq!(outcome.body["outcome"], json!({ "applied": 993, "ignored": 0, "refused": [] }));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_older_or_equal_version_changes_nothing_whenever_it_comes(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let jiangsu = Neighbour::of(&bureau, JIANGSU, &[MemorandumKind::DirectRelease]).await;
    let push = async |records: Vec<Value>| {
        let said =
            jiangsu.says("direct.enterprises", (Uuid::nil(), 0), json!({ "records": records }));
        jiangsu.push_one(&said).await;
        bureau.settle().await;
        jiangsu.asks_about(&said).await.expect(200).body["outcome"].clone()
    };
    let suzhou = "3205600077";

    let both = push(vec![record(suzhou, 2), suspended(suzhou, 3)]).await;
    let late = push(vec![record(suzhou, 2)]).await;
    let equal = push(vec![suspended(suzhou, 3)]).await;

    assert_eq!(both, json!({ "applied": 1, "ignored": 1, "refused": [] }));
    assert_eq!(late, json!({ "applied": 0, "ignored": 1, "refused": [] }));
    assert_eq!(equal, json!({ "applied": 0, "ignored": 1, "refused": [] }));
    assert_eq!(state_of(&bureau, suzhou).await.as_deref(), Some("SUSPENDED"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_partner_speaks_for_its_own_enterprises_alone_and_under_a_memorandum(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let jiangsu = Neighbour::of(&bureau, JIANGSU, &[MemorandumKind::DirectRelease]).await;
    let zhejiang = Neighbour::of(&bureau, "330000", &[MemorandumKind::Credit]).await;
    let say = |who: &Neighbour<'_>, reg_no: &str| {
        who.says("direct.enterprises", (Uuid::nil(), 0), json!({ "records": [record(reg_no, 1)] }))
    };

    let anothers = jiangsu.push_one(&say(&jiangsu, "3304600001")).await;
    let ours = jiangsu.push_one(&say(&jiangsu, DERUI)).await;
    let not_agreed = zhejiang.push_one(&say(&zhejiang, "3304600001")).await;
    let none = jiangsu.says("direct.enterprises", (Uuid::nil(), 0), json!({ "records": [] }));
    let none = jiangsu.push_one(&none).await;

    for (receipt, code) in [
        (anothers, "not-its-enterprise"),
        (ours, "not-its-enterprise"),
        (not_agreed, "not-agreed"),
        (none, "records-malformed"),
    ] {
        assert_eq!((receipt.outcome, receipt.errors[0].code.as_str()), (Outcome::Refused, code));
    }
    assert_eq!(bureau.count("select count(*) from direct_enterprises").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn partners_are_told_of_every_grant_and_a_new_one_of_all_of_them(pool: PgPool) {
    let league = League::open(pool, &["310000", JIANGSU], &[MemorandumKind::DirectRelease]).await;
    let (port, origin) = (league.at("310000"), league.at(JIANGSU));
    let suzhou = enterprise_at(JIANGSU, DERUI);
    let id = apply(origin, &suzhou, claims()).await;
    act(origin, SUZHOU, &id, "approve", Value::Null).await.expect(200);
    league.settle().await;
    let told = state_of(port, &suzhou).await;

    sqlx::query("delete from direct_enterprises").execute(port.pool()).await.unwrap();
    let chief = origin.officer(SUZHOU, Role::DutyChief).await;
    let path = "/v1/partners/310000/push-direct-enterprises";
    let pushed = chief.post(path, Value::Null).await.expect(202);
    league.settle().await;
    let decided =
        act(port, SSE, &port_id(port, &suzhou).await, "refuse", json!({ "reason": "x" })).await;

    assert_eq!(told.as_deref(), Some("APPROVED"));
    assert_eq!(pushed.body, json!({ "records": 1 }));
    assert_eq!(state_of(port, &suzhou).await.as_deref(), Some("APPROVED"));
    decided.expect(403);
}

async fn port_id(port: &Bureau, reg_no: &str) -> String {
    let id: Uuid = sqlx::query_scalar("select id from direct_enterprises where reg_no = $1")
        .bind(reg_no)
        .fetch_one(port.pool())
        .await
        .unwrap();
    id.to_string()
}
