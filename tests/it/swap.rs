//! Certificate swap between two whole bureaus: made at the origin, claimed at the port.
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use shared::{exchange::MemorandumKind, kernel::Role};
use sqlx::PgPool;
use tests::{Bureau, League, MODEL, Person, Reply, SHANGHAI, SSE, down, enterprise_at};

use crate::cases::Case;

const ZHEJIANG: &str = "330000";
const XIAOSHAN: &str = "330900";
const NUMBER: &str = "330900214004567";

async fn open(pool: PgPool) -> League {
    League::open(pool, &[SHANGHAI, ZHEJIANG], &[MemorandumKind::Transfer]).await
}

/// Turns all clocks to that moment.
fn until(league: &League, moment: &str) {
    let moment: DateTime<Utc> = moment.parse().unwrap();
    league.wait(moment - league.at(SHANGHAI).ctx.clock.now());
}

/// Down that Xiaoshan has inspected on 21 May, and found to conform.
async fn conforming(league: &League) -> Case<'_> {
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

fn wish() -> Value {
    json!({
        "port_bureau": SHANGHAI, "port_org": SSE, "valid_until": "2014-07-20",
        "handling": { "is_consolidated_at_port": false, "is_certified_at_port": false },
    })
}

/// A transfer that has arrived at the port; its password.
async fn transferred(league: &League) -> (Case<'_>, String) {
    let case = conforming(league).await;
    let made = case.officer(XIAOSHAN, Role::CertificationOfficer, "transfers", wish()).await;
    let made = made.expect(201);
    league.settle().await;
    let password = made.text("/password").to_owned();
    (case, password)
}

fn claim(password: &str) -> Value {
    json!({
        "decl_no": NUMBER, "transfer_no": format!("{NUMBER}T"), "password": password, "port_org": SSE,
    })
}

/// Another password than that.
fn wrong(password: &str) -> String {
    if password == "0000" { "0001".into() } else { "0000".into() }
}

async fn claims(person: &Person<'_>, body: Value) -> Reply {
    person.post("/v1/transfers/claim", body).await
}

/// The one transfer that a bureau keeps.
async fn state(bureau: &Bureau) -> String {
    sqlx::query_scalar("select state from transfers").fetch_one(bureau.pool()).await.unwrap()
}

/// Scenario S4, its amendments aside.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn down_of_xiaoshan_is_swapped_in_shanghai_within_nineteen_minutes(pool: PgPool) {
    let league = open(pool).await;
    let (case, password) = transferred(&league).await;
    let port = league.at(SHANGHAI);
    until(&league, "2014-07-14T01:12:00Z");
    port.next_serial_of(SSE, 2, 77).await;
    let agent = port.declarant(MODEL).await;

    let claimed = claims(&agent, claim(&password)).await.expect(201);
    league.wait(chrono::Duration::minutes(19));
    league.settle().await;
    let agent = port.declarant(MODEL).await;

    assert_eq!(case.receipt.text("/decl_no"), NUMBER);
    assert_eq!(claimed.text("/transfer/port_decl_no"), "310900214000077");
    assert_eq!(claimed.body["is_selected"], false, "class AA: rate nought");
    let path = format!("/v1/transfers/{}", claimed.text("/transfer/id"));
    let swapped = agent.get(&path).await.expect(200);
    assert_eq!(swapped.text("/state"), "SWAPPED");
    assert_eq!(swapped.text("/clearance_no"), "310900214000077000");
    assert_eq!(swapped.text("/form_valid_until"), "2014-07-20");
    assert_eq!(swapped.text("/swapped_at"), "2014-07-14T01:31:00Z");
    assert_eq!(port.status(claimed.text("/transfer/declaration_id")).await, "RELEASED");
    assert_eq!(state(league.at(ZHEJIANG)).await, "SWAPPED", "and the origin knows");
    let second = claims(&agent, claim(&password)).await.expect(409);
    assert_eq!(second.problem(), "transfer/already-claimed");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_09_no_answer_tells_which_part_was_wrong_and_passwords_are_hashed(pool: PgPool) {
    let league = open(pool).await;
    let (_case, password) = transferred(&league).await;
    let port = league.at(SHANGHAI);
    let agent = port.declarant(MODEL).await;
    let unknown = |body: Value| {
        let mut body = body;
        body["decl_no"] = json!("330900214999999");
        body["transfer_no"] = json!("330900214999999T");
        body
    };
    let mut other_number = claim(&password);
    other_number["decl_no"] = json!("330900214004568");

    let answers = [
        claims(&agent, claim(&wrong(&password))).await.expect(409),
        claims(&agent, other_number).await.expect(409),
        claims(&agent, unknown(claim(&password))).await.expect(409),
    ];

    for answer in &answers {
        assert_eq!(answer.problem(), "transfer/not-matching");
        assert_eq!(answer.text("/title"), answers[0].text("/title"));
        assert!(answer.body["detail"].is_null(), "{}", answer.body);
    }
    for bureau in [port, league.at(ZHEJIANG)] {
        let kept: String = sqlx::query_scalar("select password_hash from transfers")
            .fetch_one(bureau.pool())
            .await
            .unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn five_wrong_passwords_lock_a_caller_whether_the_number_exists_or_not(pool: PgPool) {
    let league = open(pool).await;
    let (_case, password) = transferred(&league).await;
    let port = league.at(SHANGHAI);
    let agent = port.declarant(MODEL).await;
    let mut unknown = claim(&password);
    unknown["decl_no"] = json!("330900214999999");
    unknown["transfer_no"] = json!("330900214999999T");

    for _ in 0..5 {
        let answer = claims(&agent, claim(&wrong(&password))).await.expect(409);
        assert_eq!(answer.problem(), "transfer/not-matching");
        assert_eq!(claims(&agent, unknown.clone()).await.problem(), "transfer/not-matching");
    }

    assert_eq!(claims(&agent, claim(&password)).await.expect(409).problem(), "transfer/locked");
    assert_eq!(claims(&agent, unknown).await.expect(409).problem(), "transfer/locked");
    let alarms = "select count(*) from events where kind = 'transfer.guessed'";
    assert_eq!(port.count(alarms).await, 2);
    let another = port.declarant(tests::HAIYUAN).await;
    claims(&another, claim(&password)).await.expect(201);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_10_excluded_goods_never_get_a_transfer(pool: PgPool) {
    let league = open(pool).await;
    let case = conforming(&league).await;
    for member in ["is_consolidated_at_port", "is_certified_at_port"] {
        let mut body = wish();
        body["handling"][member] = json!(true);
        let refused = case.officer(XIAOSHAN, Role::CertificationOfficer, "transfers", body).await;
        assert_eq!(refused.expect(409).problem(), "transfer/excluded");
    }
    assert_eq!(league.at(ZHEJIANG).count("select count(*) from transfers").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_origin_takes_a_transfer_back_before_the_swap_and_after_it(pool: PgPool) {
    let league = open(pool).await;
    let (_case, password) = transferred(&league).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(ZHEJIANG));
    let agent = port.declarant(MODEL).await;
    let claimed = claims(&agent, claim(&password)).await.expect(201);
    league.settle().await;
    let officer = origin.officer(XIAOSHAN, Role::CertificationOfficer).await;
    let list = officer.get("/v1/transfers").await.expect(200);
    let path = format!("/v1/transfers/{}/revoke", list.text("/data/0/id"));

    let asked = officer.post(&path, json!({ "reason": "合同取消" })).await.expect(200);
    league.settle().await;

    assert_eq!(asked.text("/state"), "SWAPPED", "until the port has said what can be undone");
    assert_eq!(state(origin).await, "REVOKED_BY_ORIGIN");
    assert_eq!(state(port).await, "REVOKED_BY_ORIGIN");
    assert_eq!(port.status(claimed.text("/transfer/declaration_id")).await, "CANCELLED_BY_CIQ");
    let live = "select count(*) from clearance_forms where state not in ('VOID', 'EXPIRED')";
    assert_eq!(port.count(live).await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_origin_unlocks_a_transfer_with_a_new_password(pool: PgPool) {
    let league = open(pool).await;
    let (_case, old) = transferred(&league).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(ZHEJIANG));
    let agent = port.declarant(MODEL).await;
    for _ in 0..5 {
        claims(&agent, claim(&wrong(&old))).await.expect(409);
    }
    let officer = origin.officer(XIAOSHAN, Role::CertificationOfficer).await;
    let list = officer.get("/v1/transfers").await.expect(200);
    let path = format!("/v1/transfers/{}/unlock", list.text("/data/0/id"));

    league.wait(chrono::Duration::seconds(1));
    let unlocked = officer.post(&path, Value::Null).await.expect(200);
    league.settle().await;

    claims(&agent, claim(unlocked.text("/password"))).await.expect(201);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_enterprise_reads_its_slip_at_night_and_the_password_is_not_on_it(pool: PgPool) {
    let league = open(pool).await;
    let (_case, password) = transferred(&league).await;
    let origin = league.at(ZHEJIANG);
    until(&league, "2014-05-21T19:00:00Z");
    let exporter = origin.declarant(&enterprise_at(ZHEJIANG, MODEL)).await;
    let other = origin.declarant(&enterprise_at(ZHEJIANG, tests::HAIYUAN)).await;
    let list = exporter.get("/v1/transfers").await.expect(200);
    let path = format!("/v1/transfers/{}/slip", list.text("/data/0/id"));

    let slip = exporter.get(&path).await.expect(200);

    assert_eq!(slip.text("/transfer_no"), format!("{NUMBER}T"));
    assert_eq!(slip.text("/state"), "RECEIVED_BY_PORT");
    assert_eq!(slip.text("/goods/0/hs_code"), "0505100090");
    assert!(!slip.body.to_string().contains(&format!("\"{password}\"")));
    other.get(&path).await.expect(404);
}

/// A check that is ordered, fails, is corrected with the origin's agreement, and passes.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_failed_the_spot_check_is_swapped_after_a_correction_that_the_origin_agreed_to(
    pool: PgPool,
) {
    let league = open(pool).await;
    let (_case, password) = transferred(&league).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(ZHEJIANG));
    let agent = port.declarant(MODEL).await;
    let claimed = claims(&agent, claim(&password)).await.expect(201);
    let id = claimed.text("/transfer/declaration_id").to_owned();
    let case = Case { bureau: port, id, receipt: claimed };
    let why = json!({ "reason": "唛头存疑" });
    case.officer(SSE, Role::Inspector, "order-check", why).await.expect(200);
    case.inspect(SSE, "FAIL").await;
    league.settle().await;
    let failed = (state(port).await, state(origin).await);
    let second = port.second_officer(SSE, Role::Inspector).await.id;
    let rework = json!({ "second_inspector": second, "reason": "唛头已更正" });
    let early = case.officer(SSE, Role::Inspector, "rework", rework.clone()).await.expect(409);
    let officer = origin.officer(XIAOSHAN, Role::CertificationOfficer).await;
    let list = officer.get("/v1/transfers").await.expect(200);
    let path = format!("/v1/transfers/{}/agree-to-correction", list.text("/data/0/id"));
    officer.post(&path, json!({ "reason": "同意更正" })).await.expect(200);
    league.settle().await;

    case.officer(SSE, Role::Inspector, "rework", rework).await.expect(200);
    case.sign(SSE, 1, "PASS").await.expect(200);
    case.sign(SSE, 2, "PASS").await.expect(200);
    league.settle().await;

    assert_eq!(failed, ("SPOT_CHECK_FAIL".to_owned(), "SPOT_CHECK_FAIL".to_owned()));
    assert_eq!(early.problem(), "transfer/correction-not-agreed");
    assert_eq!((state(port).await, state(origin).await), ("SWAPPED".into(), "SWAPPED".into()));
}
