//! Exemption from the check at the port (免于口岸查验), where a swap would be drawn; and what it never covers.
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use shared::{
    exchange::MemorandumKind,
    inspection::{Draw, DrawKeys, Purpose, Rate},
    kernel::Role,
};
use sqlx::PgPool;
use tests::{
    AGENT, Bureau, DERUI, HAIYUAN, League, MODEL, Reply, SHANGHAI, SSE, WAIGAOQIAO, down,
    enterprise_at, screws,
};

use crate::{cases::Case, credit_recognition::let_count};

const ZHEJIANG: &str = "330000";
const XIAOSHAN: &str = "330900";
const NUMBER: &str = "330900214004567";
const KEY: &str = "2004-04-01 fixture anyport-fixture-1667";

/// Turns all clocks to that moment.
fn until(league: &League, moment: &str) {
    let moment: DateTime<Utc> = moment.parse().unwrap();
    league.wait(moment - league.at(SHANGHAI).ctx.clock.now());
}

/// Down that Xiaoshan inspected and transferred, of an enterprise that Zhejiang recommends; the password.
async fn transferred(league: &League) -> String {
    let (port, origin) = (league.at(SHANGHAI), league.at(ZHEJIANG));
    let chief = origin.officer(ZHEJIANG, Role::DutyChief).await;
    let path = format!("/v1/partners/{SHANGHAI}/push-credit");
    let pushed = chief.post(&path, Value::Null).await;
    league.settle().await;
    if pushed.status == 202 {
        let_count(port, &exporter()).await;
    }
    until(league, "2014-05-21T01:00:00Z");
    origin.next_serial_of(XIAOSHAN, 2, 4567).await;
    let goods = down("XS-1")
        .with("/decl_date", json!("2014-05-21"))
        .with("/decl_reg_no", json!(exporter()))
        .with("/consignor/code", json!(exporter()));
    let case = Case::filed(origin, &origin.declarant(&exporter()).await, goods).await;
    case.inspect(XIAOSHAN, "PASS").await;
    case.pay().await;
    let wish = json!({
        "port_bureau": SHANGHAI, "port_org": SSE, "valid_until": "2014-07-20",
        "handling": { "is_consolidated_at_port": false, "is_certified_at_port": false },
    });
    let made = case.officer(XIAOSHAN, Role::CertificationOfficer, "transfers", wish).await;
    let made = made.expect(201);
    league.settle().await;
    made.text("/password").to_owned()
}

/// Class AA at its own bureau, and so recommended.
fn exporter() -> String {
    enterprise_at(ZHEJIANG, MODEL)
}

/// Claimed in Shanghai by an enterprise of class B.
async fn claim(league: &League, password: &str) -> Reply {
    let body = json!({
        "decl_no": NUMBER, "transfer_no": format!("{NUMBER}T"), "password": password, "port_org": SSE,
    });
    let claimant = league.at(SHANGHAI).declarant(HAIYUAN).await;
    claimant.post("/v1/transfers/claim", body).await.expect(201)
}

/// What the check was drawn by, and why goods were selected or not.
async fn drawn(port: &Bureau, claimed: &Reply) -> (String, i32, String) {
    sqlx::query_as(
        "select inputs->'base'->>'code', rate_ppm, reason from selections where declaration_id = $1::uuid",
    )
    .bind(claimed.text("/transfer/declaration_id"))
    .fetch_one(port.pool())
    .await
    .unwrap()
}

/// Why an exemption that was asked for was withheld.
async fn withheld(port: &Bureau, claimed: &Reply) -> Value {
    sqlx::query_scalar(
        "select data->'hindrances' from events where kind = 'declaration.exemption_withheld' and subject = $1::uuid",
    )
    .bind(claimed.text("/transfer/declaration_id"))
    .fetch_optional(port.pool())
    .await
    .unwrap()
    .unwrap_or_default()
}

async fn open(pool: PgPool, exemption: MemorandumKind) -> League {
    let kinds = [MemorandumKind::Transfer, MemorandumKind::Credit, exemption];
    League::open(pool, &[SHANGHAI, ZHEJIANG], &kinds).await
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn goods_of_a_recommended_enterprise_are_not_drawn_at_the_port(pool: PgPool) {
    let league = open(pool, MemorandumKind::Exemption).await;
    let password = transferred(&league).await;

    let claimed = claim(&league, &password).await;

    let port = league.at(SHANGHAI);
    let drawn = drawn(port, &claimed).await;
    assert_eq!((drawn.0.as_str(), drawn.1), ("EXEMPTION", 0));
    assert_eq!(withheld(port, &claimed).await, Value::Null);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn without_a_memorandum_of_exemption_the_lowest_class_draws(pool: PgPool) {
    let league = open(pool, MemorandumKind::Handoff).await;
    let password = transferred(&league).await;

    let claimed = claim(&league, &password).await;

    let port = league.at(SHANGHAI);
    let drawn = drawn(port, &claimed).await;
    assert_eq!((drawn.0.as_str(), drawn.1), ("swap.rate.B", 30_000), "the claimant is B");
    assert_eq!(withheld(port, &claimed).await, json!(["NOT_AGREED"]));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn alerts_pre_shipment_and_blocks_end_an_exemption(pool: PgPool) {
    let league = open(pool, MemorandumKind::Exemption).await;
    let port = league.at(SHANGHAI);
    let password = transferred(&league).await;
    let alert = "code,country,hs_prefix,level,name_zh,name_en,valid_from\n\
                 AI-1,JP,0505,4,禽流感,Avian influenza,2014-05-01\n";
    port.import("alerts", alert).await;
    let certificate = "country,hs_prefix,name_zh,valid_from\nJP,05,装运前检验,2014-05-01\n";
    port.import("direct_port_certificates", certificate).await;
    let forged = json!({
        "subject": { "kind": "TRANSFER", "number": format!("{NUMBER}T") },
        "origin_bureau": ZHEJIANG, "reg_no": exporter(),
        "goods": { "goods_no": 1, "hs_code": "0505100090", "name": "水洗羽绒" },
        "found_on": "2014-05-20", "category": "DOC_FORGED", "finding": "单证系伪造",
    });
    let inspector = port.officer(WAIGAOQIAO, Role::Inspector).await;
    let notice = inspector.post("/v1/nc-notices", forged).await.expect(201);
    let chief = port.officer(WAIGAOQIAO, Role::DutyChief).await;
    let approve = format!("/v1/nc-notices/{}/approve", notice.text("/id"));
    chief.post(&approve, Value::Null).await.expect(200);

    let claimed = claim(&league, &password).await;

    assert_eq!(drawn(port, &claimed).await.0, "swap.rate.B");
    assert_eq!(withheld(port, &claimed).await, json!(["BLOCKED", "ALERT", "PRE_SHIPMENT"]));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn class_d_of_any_party_is_checked_always(pool: PgPool) {
    let league = open(pool, MemorandumKind::Exemption).await;
    let port = league.at(SHANGHAI);
    let password = transferred(&league).await;
    reclassify(port, HAIYUAN, "D").await;

    let claimed = claim(&league, &password).await;

    let (_, rate, reason) = drawn(port, &claimed).await;
    assert_eq!((rate, reason.as_str()), (1_000_000, "MANDATORY"));
    assert_eq!(withheld(port, &claimed).await, json!(["CLASS_D"]));
}

/// The smallest serial of SSE from which a swap is selected, or not, by the audit quota alone.
fn audited_serial() -> i32 {
    let keys = DrawKeys::parse(KEY).unwrap();
    let key = keys.of_day("2014-05-21".parse().unwrap()).unwrap();
    let is_audited = |serial: &i32| {
        let number = format!("{SSE}214{serial:06}");
        Draw::of(key, Purpose::Audit, &number).selects_at(Rate::AUDIT)
    };
    (1..10_000).find(is_audited).expect("one of two hundred is")
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_audit_quota_looks_at_exempted_goods_as_well(pool: PgPool) {
    let league = open(pool, MemorandumKind::Exemption).await;
    let port = league.at(SHANGHAI);
    let password = transferred(&league).await;
    port.next_serial_of(SSE, 2, audited_serial()).await;

    let claimed = claim(&league, &password).await;

    let (code, rate, reason) = drawn(port, &claimed).await;
    assert_eq!((code.as_str(), rate, reason.as_str()), ("EXEMPTION", 0, "AUDIT"));
    assert_eq!(claimed.body["is_selected"], true);
}

async fn reclassify(bureau: &Bureau, reg_no: &str, class: &str) {
    let officer = bureau.officer(SSE, Role::AcceptanceOfficer).await;
    let wish = json!({ "reg_no": reg_no, "to_class": class, "reason": "立案调查" });
    let change = officer.post("/v1/credit-changes", wish).await.expect(201);
    let chief = bureau.officer(SSE, Role::DutyChief).await;
    let path = format!("/v1/credit-changes/{}/confirm", change.text("/id"));
    chief.post(&path, Value::Null).await.expect(200);
}

/// Files goods that stay at the inspecting office, and has an officer accept what is in doubt.
async fn accepted(bureau: &Bureau, goods: tests::Consignment, declarant: &str) -> (String, bool) {
    let declarant = bureau.declarant(declarant).await;
    let receipt = declarant.post("/v1/declarations", goods.0).await.expect(201);
    if receipt.text("/status") == "MANUAL_REVIEW" {
        let officer = bureau.officer(WAIGAOQIAO, Role::AcceptanceOfficer).await;
        let path = format!("/v1/declarations/{}/accept", receipt.text("/id"));
        officer.post(&path, Value::Null).await.expect(200);
    }
    sqlx::query_as("select credit_class, is_mandatory from declarations where id = $1::uuid")
        .bind(receipt.text("/id"))
        .fetch_one(bureau.pool())
        .await
        .unwrap()
}

/// Invariant 23.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_23_the_lowest_class_counts_d_gets_no_facilitation_and_a_suspended_one_waits(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let claims = json!({ "yearly_trade_usd": "1800000.00", "certification": "ISO9000",
        "has_quality_control": true, "batches": 420, "passed": 419 });
    let application = json!({ "direction": "EXPORT", "claims": claims });
    let direct = "/v1/direct-enterprises";
    let granted = bureau.derui().await.post(direct, application.clone()).await.expect(201);
    let grant = format!("{direct}/{}", granted.text("/id"));
    let officer = bureau.officer(SSE, Role::AcceptanceOfficer).await;
    officer.post(&format!("{grant}/approve"), Value::Null).await.expect(200);
    let home = |reference: &str| screws(reference).at(WAIGAOQIAO, WAIGAOQIAO);

    // The agent is B, the consignee A.
    let by_agent = home("I23-1").with("/decl_reg_no", json!(AGENT));
    let lowest = accepted(&bureau, by_agent, AGENT).await;
    reclassify(&bureau, AGENT, "C").await;
    let by_agent = home("I23-2").with("/decl_reg_no", json!(AGENT));
    let agent_sank = accepted(&bureau, by_agent, AGENT).await;
    let producer = down("I23-3")
        .with("/goods/0/mnufctr_reg_no", json!(HAIYUAN))
        .with("/decl_reg_no", json!(MODEL))
        .with("/consignor/code", json!(MODEL));
    let tried = bureau.declarant(MODEL).await;
    let tried = tried.post("/v1/declarations/validate", producer.0.clone()).await.expect(200);
    reclassify(&bureau, HAIYUAN, "D").await;
    let again = bureau.declarant(MODEL).await;
    let again = again.post("/v1/declarations/validate", producer.0).await.expect(200);

    assert_eq!(lowest, ("B".into(), false));
    assert_eq!(agent_sank, ("C".into(), false));
    assert!(!tried.body.to_string().contains("credit-class-d"), "{:#}", tried.body);
    assert!(again.body.to_string().contains("credit-class-d"), "{:#}", again.body);

    // D: always inspected, not declared anywhere, no direct release.
    let own = accepted(&bureau, home("I23-4").of(HAIYUAN), HAIYUAN).await;
    assert_eq!(own, ("D".into(), true));
    let haiyuan = bureau.declarant(HAIYUAN).await;
    let anywhere = screws("I23-5").of(HAIYUAN).at(SSE, SSE).0;
    let anywhere = haiyuan.post("/v1/declarations", anywhere).await.expect(201);
    assert!(anywhere.codes().contains(&"not-eligible-anywhere"), "{:#}", anywhere.body);
    let asked = haiyuan.post(direct, application).await.expect(201);
    let asked = format!("{direct}/{}/approve", asked.text("/id"));
    let refused = officer.post(&asked, Value::Null).await.expect(409);
    assert!(refused.codes().contains(&"not-class-a"));

    // Suspended: not again before the same day next year.
    let notice = json!({ "ground": "TAMPERING", "reason": "封识破损,货物被调换" });
    officer.post(&format!("{grant}/suspend"), notice.clone()).await.expect(200);
    let chief = bureau.officer(SSE, Role::DutyChief).await;
    chief.post(&format!("{grant}/suspend"), notice).await.expect(200);
    let reapply = async || {
        let derui = bureau.declarant(DERUI).await;
        derui.post(&format!("{grant}/reapply"), json!({ "claims": claims })).await
    };
    bureau.wait(chrono::Duration::days(364));
    let early = reapply().await.expect(409);
    bureau.wait(chrono::Duration::days(1));
    let in_time = reapply().await.expect(200);
    assert_eq!(early.problem(), "direct-enterprise/suspended-within-year");
    assert_eq!(in_time.text("/status"), "APPLIED");
}
