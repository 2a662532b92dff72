//! Who may send goods directly (直通放行): granted, told to partners, lost for a year.
mod partners;
mod suspension;

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
