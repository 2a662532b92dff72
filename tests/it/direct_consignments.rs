//! Goods that go directly (直通放行) between two whole bureaus: inspected, sealed and cleared in Suzhou, leaving through
//! Yangshan, where nobody declares anything.
mod anomaly;
mod export;
mod import;
mod limits;

use serde_json::{Value, json};
use shared::{
    exchange::MemorandumKind,
    inspection::{Draw, DrawKeys, Purpose, Rate},
    kernel::Role,
};
use sqlx::PgPool;
use tests::{Bureau, Consignment, DERUI, League, Reply, SHANGHAI, YANGSHAN, down, enterprise_at};

use crate::cases::Case;

pub(crate) const JIANGSU: &str = "320000";
pub(crate) const SUZHOU: &str = "320500";
pub(crate) const LOTS: &str = "/v1/direct-consignments";
pub(crate) const BOX: &str = "COSU6017779";
pub(crate) const SEAL: &str = "SZ0099123";

pub(crate) async fn open(pool: PgPool) -> League {
    let memoranda = [MemorandumKind::DirectRelease, MemorandumKind::NonConformity];
    League::open(pool, &[SHANGHAI, JIANGSU], &memoranda).await
}

/// The exporter of S6: class A.
pub(crate) fn exporter() -> String {
    enterprise_at(JIANGSU, DERUI)
}

/// Its grant, known to everybody.
pub(crate) async fn grant(league: &League) -> String {
    let origin = league.at(JIANGSU);
    let claims = json!({
        "yearly_trade_usd": "1800000.00", "certification": "ISO9000", "has_quality_control": true,
        "batches": 420, "passed": 419,
    });
    let application = json!({ "direction": "EXPORT", "claims": claims });
    let exporter = origin.declarant(&exporter()).await;
    let applied = exporter.post("/v1/direct-enterprises", application).await.expect(201);
    let id = applied.text("/id").to_owned();
    let officer = origin.officer(SUZHOU, Role::AcceptanceOfficer).await;
    officer.post(&format!("/v1/direct-enterprises/{id}/approve"), Value::Null).await.expect(200);
    league.settle().await;
    id
}

/// Plush toys of Suzhou for Japan, marked for direct release, in a container of their own.
pub(crate) fn plush(reference: &str) -> Consignment {
    down(reference)
        .at(SUZHOU, SUZHOU)
        .with("/decl_reg_no", json!(exporter()))
        .with("/consignor/code", json!(exporter()))
        .with("/enty_port_code", json!("311001"))
        .with("/spec_pass_flag", json!("1"))
        .with("/goods/0/hs_code", json!("9503002100"))
        .with("/goods/0/cname", json!("毛绒玩具"))
        .with("/goods/0/orig_place_code", json!("320500"))
        .with("/goods/0/mnufctr_reg_no", json!(exporter()))
        .with("/goods/0/container_nos", json!([BOX]))
        .with("/containers/0/cont_no", json!(BOX))
}

/// Filed, inspected and paid in Suzhou.
pub(crate) async fn conforming(league: &League, goods: Consignment) -> Case<'_> {
    let origin = league.at(JIANGSU);
    let case = Case::filed(origin, &origin.declarant(&exporter()).await, goods).await;
    if case.receipt.text("/status") == "MANUAL_REVIEW" {
        case.officer(SUZHOU, Role::AcceptanceOfficer, "accept", Value::Null).await.expect(200);
    }
    assert_eq!(case.status().await, "SELECTED", "{:#}", case.receipt.body);
    case.inspect(SUZHOU, "PASS").await;
    if origin.count("select count(*) from fee_notices where state = 'ISSUED'").await > 0 {
        case.pay().await;
    }
    case
}

pub(crate) fn seals(seal_no: &str) -> Value {
    json!([{ "container_no": BOX, "seals": [{ "seal_no": seal_no, "kind": "MECHANICAL" }] }])
}

pub(crate) fn handling() -> Value {
    json!({ "handling": {
        "is_market_purchase": false, "is_repacked_at_port": false, "is_certified_at_port": false } })
}

pub(crate) async fn seal(case: &Case<'_>) {
    let sealed = json!({ "containers": seals(SEAL) });
    case.officer(SUZHOU, Role::Inspector, "seals", sealed).await.expect(200);
}

/// Sealed; the release officer asks for the form.
pub(crate) async fn consign(case: &Case<'_>) -> Reply {
    case.officer(SUZHOU, Role::ReleaseOfficer, "direct-consignments", handling()).await
}

/// The serial of Suzhou's next declaration whose form Yangshan draws, or does not (domain R3).
pub(crate) fn serial(is_drawn: bool) -> i32 {
    let keys = DrawKeys::parse("2004-04-01 fixture anyport-fixture-1667").unwrap();
    let key = keys.of_day("2014-05-12".parse().unwrap()).unwrap();
    let draws = |serial: &i32| {
        let subject = format!("320500214{serial:06}000@311000");
        Draw::of(key, Purpose::Direct, &subject).selects_at(Rate::of_ppm(10_000)) == is_drawn
    };
    (1..=999_999).find(draws).unwrap()
}

/// On its way, and known at the port.
pub(crate) async fn under_way(league: &League, is_drawn: bool) -> Case<'_> {
    grant(league).await;
    league.at(JIANGSU).next_serial_of(SUZHOU, 2, serial(is_drawn)).await;
    let case = conforming(league, plush("SZ-1")).await;
    seal(&case).await;
    consign(&case).await.expect(201);
    league.settle().await;
    case
}

/// The one lot, as an officer of that office sees it.
pub(crate) async fn lot(bureau: &Bureau, office: &str) -> Value {
    let list = bureau.officer(office, Role::DutyChief).await.get(LOTS).await.expect(200);
    list.body["data"][0].clone()
}

/// Somebody of an office acts on the one lot, a second after whatever came before.
pub(crate) async fn act(bureau: &Bureau, who: (&str, Role), verb: &str, body: Value) -> Reply {
    bureau.wait(chrono::Duration::seconds(1));
    let id = lot(bureau, who.0).await["id"].as_str().unwrap().to_owned();
    bureau.officer(who.0, who.1).await.post(&format!("{LOTS}/{id}/{verb}"), body).await
}

pub(crate) async fn at_port(league: &League, role: Role, verb: &str, body: Value) -> Reply {
    act(league.at(SHANGHAI), (YANGSHAN, role), verb, body).await
}

pub(crate) async fn at_origin(league: &League, role: Role, verb: &str, body: Value) -> Reply {
    act(league.at(JIANGSU), (SUZHOU, role), verb, body).await
}

pub(crate) fn reading(seal_no: &str, is_broken: bool) -> Value {
    json!({ "containers": [{ "container_no": BOX, "is_damaged": false,
        "seals": [{ "seal_no": seal_no, "is_broken": is_broken }] }] })
}

/// Two inspectors of Yangshan read the same; what the second was answered.
pub(crate) async fn both_read(league: &League, reading: Value) -> Reply {
    at_port(league, Role::Inspector, "check", reading.clone()).await.expect(200);
    let port = league.at(SHANGHAI);
    let id = lot(port, YANGSHAN).await["id"].as_str().unwrap().to_owned();
    let second = port.second_officer(YANGSHAN, Role::Inspector).await;
    port.wait(chrono::Duration::seconds(1));
    second.post(&format!("{LOTS}/{id}/check"), reading).await
}

/// Nobody declared anything at the port (S6).
pub(crate) async fn nobody_declared_at(port: &Bureau) {
    assert_eq!(port.count("select count(*) from declarations").await, 0);
    assert_eq!(port.count("select count(*) from fee_notices").await, 0, "and nobody pays (R5)");
}
