//! Consignments from filing to release: the scenarios of the domain, told whole.
use serde_json::json;
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{Bureau, SSE, WAIGAOQIAO, YANGSHAN, screws, wine};

/// Scenario S1: outside the catalogue, declared at one office, released at another, by nobody's hand.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn screws_are_declared_at_the_exchange_and_released_at_the_port(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    bureau.next_serial(SSE, 123).await;
    let derui = bureau.derui().await;

    let filed = derui.post("/v1/declarations", screws("DR-1").0).await.expect(201);
    assert_eq!(filed.text("/decl_no"), "310900114000123", "{:#}", filed.body);
    assert_eq!(filed.text("/status"), "CONFORMING");
    assert_eq!(filed.text("/kind"), "OUTSIDE_CATALOGUE");
    assert_eq!(filed.body["is_selected"], false);
    assert!(filed.body["fee_notice"].is_null());
    bureau.settle().await;

    let url = format!("/v1/declarations/{}", filed.text("/id"));
    let released = derui.get(&url).await.expect(200);
    assert_eq!(released.text("/status"), "RELEASED");
    assert_eq!(released.text("/holder_org"), WAIGAOQIAO);
    assert_eq!(released.text("/released_at"), "2014-05-12T02:20:00Z");
    let history = bureau.history(filed.text("/id")).await;
    let expected = [
        "declaration.filed",
        "declaration.accepted",
        "handoff.offered",
        "handoff.accepted",
        "declaration.released",
    ];
    assert_eq!(history, expected);
    assert_eq!(bureau.count("select count(*) from clearance_forms").await, 0, "no form is needed");
    assert_eq!(bureau.settle().await, 0, "nothing is left to do");

    let chief = bureau.officer(SSE, Role::DutyChief).await;
    let figures = chief.get("/v1/statistics?from=2014-05-12&to=2014-05-12").await.expect(200);
    assert_eq!(figures.body["total"]["anywhere_batches"], 1);
    assert_eq!(figures.text("/total/saved/amount"), "200.00");
    assert_eq!(figures.body["total"]["saved_minutes"], 120);

    let again =
        screws("DR-2").with("/delivery_order", json!("DDR-1")).with("/bill_lad_no", json!("BDR-1"));
    let refused = derui.post("/v1/declarations", again.at(YANGSHAN, YANGSHAN).0).await.expect(409);
    assert_eq!(refused.problem(), "declaration/do-already-declared");
    assert!(refused.text("/detail").contains("310900114000123"), "its owner is told the number");
}

/// Scenario S2, without its certificate and customs comparison: wine is drawn, cleared before its result, and
/// released after it.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn wine_is_paid_drawn_cleared_inspected_and_released(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    bureau.next_serial(SSE, 124).await;
    sqlx::query("update organisations set credit_class = 'A' where code = '3100602345'")
        .execute(bureau.pool())
        .await
        .unwrap();
    let importer = bureau.declarant("3100602345").await;

    let filed = importer.post("/v1/declarations", wine("WN-1").0).await.expect(201);
    assert_eq!(filed.text("/decl_no"), "310900114000124", "{:#}", filed.body);
    assert_eq!(filed.text("/status"), "SELECTED", "drawn at 150,000 ppm");
    assert_eq!(filed.text("/fee_notice/total/amount"), "484.00");
    let url = format!("/v1/declarations/{}", filed.text("/id"));
    bureau.settle().await;

    let release = bureau.officer(YANGSHAN, Role::ReleaseOfficer).await;
    let forms = format!("{url}/clearance-forms");
    let unpaid = release.post(&forms, json!({})).await.expect(409);
    assert_eq!(unpaid.problem(), "declaration/fee-outstanding");
    pay(&bureau, filed.text("/fee_notice/id")).await;
    let form = release.post(&forms, json!({})).await.expect(201);
    assert_eq!(form.text("/clearance_no"), "310900114000124000");
    assert_eq!(form.text("/valid_until"), "2014-07-11");
    assert_eq!(form.body["before_result"], true);
    let early = release.post(&format!("{url}/release"), serde_json::Value::Null).await.expect(409);
    assert_eq!(early.problem(), "declaration/wrong-status");

    inspect(&bureau, &url, "PASS").await;
    bureau.settle().await;
    let released =
        release.post(&format!("{url}/release"), serde_json::Value::Null).await.expect(200);
    assert_eq!(released.text("/status"), "RELEASED");
}

/// The notice is paid at the bank; how that goes is told in `payment.rs`.
async fn pay(bureau: &Bureau, notice: &str) {
    sqlx::query("update fee_notices set state = 'PAID', paid_at = now() where id = $1")
        .bind(notice.parse::<uuid::Uuid>().unwrap())
        .execute(bureau.pool())
        .await
        .unwrap();
}

/// Two inspectors of Yangshan look, sample and sign.
async fn inspect(bureau: &Bureau, url: &str, verdict: &str) {
    let first = bureau.officer(YANGSHAN, Role::Inspector).await;
    let second = bureau.second_officer(YANGSHAN, Role::Inspector).await;
    let slot = json!({
        "place": "洋山港区查验场", "slot_from": "2014-05-12T06:00:00Z", "slot_to": "2014-05-12T08:00:00Z",
    });
    first.post(&format!("{url}/appointments"), slot).await.expect(201);
    first
        .post(&format!("{url}/start-inspection"), json!({ "second_inspector": second.id }))
        .await
        .expect(200);
    let findings =
        json!({ "verdict": verdict, "findings": [{ "goods_no": 1, "verdict": verdict }] });
    first.post(&format!("{url}/sign-result"), findings.clone()).await.expect(200);
    second.post(&format!("{url}/sign-result"), findings).await.expect(200);
}
