//! The way in: the port lets sealed goods go on, the destination has them declared, reads the seals and inspects.
use chrono::Duration;
use serde_json::{Value, json};
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{Bureau, SHANGHAI, YANGSHAN, wine};

use super::*;

const WINE_BOX: &str = "CBHU8201451";

/// The wine of S2, in its original container for Suzhou, marked for direct release.
fn inbound(reference: &str) -> Consignment {
    wine(reference)
        .at(YANGSHAN, YANGSHAN)
        .with("/decl_reg_no", json!(DERUI))
        .with("/consignee/code", json!(DERUI))
        .with("/dest_code", json!("320500"))
        .with("/spec_pass_flag", json!("1"))
        .with("/orig_box_flag", json!(true))
}

/// Shanghai's books know who inspects in Suzhou, and so do Suzhou's own.
async fn open_inland(pool: PgPool) -> League {
    let league = open(pool).await;
    for bureau in [league.at(SHANGHAI), league.at(JIANGSU)] {
        let map = "kind,place,office,valid_from\nDEST,3205,320500,2014-01-01\n";
        bureau.import("inspection_office_map", map).await;
    }
    league
}

async fn grant_imports(port: &Bureau) {
    let claims = json!({ "yearly_trade_usd": "1800000.00", "certification": "ISO9000",
        "has_quality_control": false, "batches": 0, "passed": 0 });
    let application = json!({ "direction": "IMPORT", "claims": claims });
    let applied = port.derui().await.post("/v1/direct-enterprises", application).await.expect(201);
    let path = format!("/v1/direct-enterprises/{}/approve", applied.text("/id"));
    port.officer(YANGSHAN, Role::AcceptanceOfficer)
        .await
        .post(&path, Value::Null)
        .await
        .expect(200);
}

/// Accepted at Yangshan and not drawn there, paid and sealed.
async fn cleared(league: &League, goods: Consignment) -> Case<'_> {
    let port = league.at(SHANGHAI);
    let reference = goods.0["ent_decl_no"].as_str().unwrap().to_owned();
    for turn in 1..200 {
        let reference = format!("{reference}-{turn}");
        let case = Case::filed(port, &port.derui().await, goods.clone().named(&reference)).await;
        if case.receipt.text("/status") == "MANUAL_REVIEW" {
            case.officer(YANGSHAN, Role::AcceptanceOfficer, "accept", Value::Null)
                .await
                .expect(200);
        }
        if case.status().await == "CONFORMING" {
            case.pay().await;
            let seals = json!({ "containers": [{ "container_no": WINE_BOX,
                "seals": [{ "seal_no": "YS000001", "kind": "ELECTRONIC" }] }] });
            case.officer(YANGSHAN, Role::Inspector, "seals", seals).await.expect(200);
            return case;
        }
        assert_eq!(case.status().await, "SELECTED", "{:#}", case.receipt.body);
    }
    panic!("two hundred lots were all drawn")
}

async fn sent(league: &League) -> Case<'_> {
    grant_imports(league.at(SHANGHAI)).await;
    let case = cleared(league, inbound("W")).await;
    let form =
        case.officer(YANGSHAN, Role::ReleaseOfficer, "direct-consignments", handling()).await;
    form.expect(201);
    league.settle().await;
    case
}

/// The enterprise declares at the destination, naming the declaration of the port.
async fn declared<'l>(league: &'l League, port_decl_no: &str) -> Case<'l> {
    let inland = league.at(JIANGSU);
    let own = exporter();
    let goods = inbound("SZ-IN")
        .at(SUZHOU, SUZHOU)
        .with("/decl_code", json!("14"))
        .with("/decl_reg_no", json!(own))
        .with("/consignee/code", json!(own))
        .with("/correlation_decl_no", json!(port_decl_no));
    let case = Case::filed(inland, &inland.declarant(&own).await, goods).await;
    if case.receipt.text("/status") == "MANUAL_REVIEW" {
        case.officer(SUZHOU, Role::AcceptanceOfficer, "accept", Value::Null).await.expect(200);
    }
    case
}

async fn decl_no(case: &Case<'_>) -> String {
    case.text("select decl_no from declarations where id = $1").await
}

fn read_inland(is_broken: bool) -> Value {
    json!({ "containers": [{ "container_no": WINE_BOX, "is_damaged": false,
        "seals": [{ "seal_no": "YS000001", "is_broken": is_broken }] }] })
}

async fn inland(league: &League, role: Role, verb: &str, body: Value) -> Reply {
    act(league.at(JIANGSU), (SUZHOU, role), verb, body).await
}

async fn both_read_inland(league: &League, is_broken: bool) -> Reply {
    inland(league, Role::Inspector, "check", read_inland(is_broken)).await.expect(200);
    let bureau = league.at(JIANGSU);
    let id = lot(bureau, SUZHOU).await["id"].as_str().unwrap().to_owned();
    let second = bureau.second_officer(SUZHOU, Role::Inspector).await;
    second.post(&format!("{LOTS}/{id}/check"), read_inland(is_broken)).await
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn imports_go_sealed_to_their_destination_and_are_declared_there(pool: PgPool) {
    let league = open_inland(pool).await;
    let (port, bureau) = (league.at(SHANGHAI), league.at(JIANGSU));
    let case = sent(&league).await;
    let on_its_way = lot(bureau, SUZHOU).await;
    let nothing = json!({ "decl_no": "320500114000999" });
    let undeclared = inland(&league, Role::Inspector, "arrive-inland", nothing).await.expect(422);

    let there = declared(&league, &decl_no(&case).await).await;
    let arrival = json!({ "decl_no": decl_no(&there).await });
    let arrived = inland(&league, Role::Inspector, "arrive-inland", arrival).await.expect(200);
    let read = both_read_inland(&league, false).await.expect(200);
    league.settle().await;

    assert_eq!(case.status().await, "RELEASED");
    let officer = port.officer(YANGSHAN, Role::ReleaseOfficer).await;
    let forms = officer.get(&case.url("clearance-forms")).await.expect(200);
    assert_eq!(
        forms.text("/data/0/remark"),
        "直通放行;目的地320500;集装箱CBHU8201451 封识YS000001"
    );
    assert_eq!(on_its_way["state"], "ISSUED");
    assert_eq!(on_its_way["due_on"], "2014-05-27", "fifteen days");
    assert_eq!(undeclared.codes(), ["declaration-not-of-consignment"]);
    assert_eq!(arrived.text("/state"), "AT_DESTINATION");
    assert_eq!(arrived.text("/arrival_decl_no"), decl_no(&there).await);
    assert_eq!(read.text("/state"), "DELIVERED");
    assert_eq!(lot(port, YANGSHAN).await["state"], "DELIVERED", "and the port knows");
    let reason = json!({ "reason": "货已到达" });
    let recall = act(port, (YANGSHAN, Role::ReleaseOfficer), "recall", reason).await;
    assert_eq!(recall.expect(409).problem(), "direct-consignment/wrong-state");
    inland(&league, Role::Inspector, "exit", Value::Null).await.expect(409);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_broken_seal_at_the_destination_is_fed_back_to_the_port(pool: PgPool) {
    let league = open_inland(pool).await;
    let case = sent(&league).await;
    let there = declared(&league, &decl_no(&case).await).await;
    let arrival = json!({ "decl_no": decl_no(&there).await });
    inland(&league, Role::Inspector, "arrive-inland", arrival).await.expect(200);

    let read = both_read_inland(&league, true).await.expect(200);
    league.settle().await;

    assert_eq!(read.text("/state"), "CHECK_ANOMALY");
    let told = lot(league.at(SHANGHAI), YANGSHAN).await;
    assert_eq!(
        (&told["state"], &told["findings"][0]["kind"]),
        (&json!("CHECK_ANOMALY"), &json!("SEAL_BROKEN"))
    );
    let explained = json!({ "reason": "途中海关抽查" });
    let confirm =
        act(league.at(SHANGHAI), (YANGSHAN, Role::ReleaseOfficer), "confirm", explained).await;
    confirm.expect(200);
    league.settle().await;
    let seen = json!({ "goods_agree": true, "remark": "货证相符" });
    inland(&league, Role::Inspector, "look-at-goods", seen).await.expect(200);
    let resolved = inland(&league, Role::DutyChief, "resolve", Value::Null).await.expect(200);
    assert_eq!(resolved.text("/state"), "DELIVERED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn goods_that_do_not_arrive_are_chased_once_on_both_sides(pool: PgPool) {
    let league = open_inland(pool).await;
    sent(&league).await;
    let (port, bureau) = (league.at(SHANGHAI), league.at(JIANGSU));
    let chased = async || {
        let told = "select count(*) from events where kind = 'direct_consignment.overdue'";
        (port.count(told).await, bureau.count(told).await)
    };

    league.wait(Duration::days(15));
    league.settle().await;
    let on_the_last_day = chased().await;
    league.wait(Duration::days(1));
    league.settle().await;
    let after = chased().await;
    league.wait(Duration::days(30));
    league.settle().await;

    assert_eq!((on_the_last_day, after, chased().await), ((0, 0), (1, 1), (1, 1)));
    assert!(lot(port, YANGSHAN).await["chased_at"].is_string());
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_lot_that_has_arrived_is_not_chased(pool: PgPool) {
    let league = open_inland(pool).await;
    let case = sent(&league).await;
    let there = declared(&league, &decl_no(&case).await).await;
    let arrival = json!({ "decl_no": decl_no(&there).await });
    inland(&league, Role::Inspector, "arrive-inland", arrival).await.expect(200);
    league.settle().await;

    league.wait(Duration::days(17));
    league.settle().await;

    let told = "select count(*) from events where kind = 'direct_consignment.overdue'";
    assert_eq!(
        (league.at(SHANGHAI).count(told).await, league.at(JIANGSU).count(told).await),
        (0, 0)
    );
}

/// Invariant 10, for imports.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_10_excluded_imports_are_not_sent_on_whatever_the_override(pool: PgPool) {
    let league = open_inland(pool).await;
    let port = league.at(SHANGHAI);
    grant_imports(port).await;
    let refused = async |goods: Consignment| {
        let case = cleared(&league, goods).await;
        let reply =
            case.officer(YANGSHAN, Role::ReleaseOfficer, "direct-consignments", handling()).await;
        let reply = reply.expect(409);
        assert_eq!(reply.problem(), "direct-consignment/excluded");
        reply.text("/errors/0/pointer").to_owned()
    };

    let stuffed_anew = inbound("I-1").with("/orig_box_flag", json!(false));
    assert_eq!(refused(stuffed_anew).await, "/orig_box_flag");
    port.import(
        "direct_catalogue",
        "list,hs_prefix,name_zh,valid_from\nIMPORT_EXCLUDED,2204,葡萄酒,2014-05-01\n",
    )
    .await;
    assert_eq!(refused(inbound("I-2")).await, "/goods/0/hs_code");
    assert_eq!(port.count("select count(*) from direct_consignments").await, 0);
}
