//! What never goes directly, who may not, and what nobody may say.
use serde_json::{Value, json};
use shared::{
    direct_release::message::correlation_of,
    exchange::{MemorandumKind, Outcome},
    kernel::Role,
};
use sqlx::PgPool;
use tests::{Consignment, League, Neighbour, SHANGHAI, YANGSHAN, keys_of};

use super::*;

/// Invariant 10.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_10_excluded_goods_never_go_directly_whatever_the_override(pool: PgPool) {
    let league = open(pool).await;
    grant(&league).await;
    let refused = async |goods: Consignment, handling: Value| {
        let case = conforming(&league, goods).await;
        seal(&case).await;
        let said = json!({ "handling": handling });
        for who in [Role::ReleaseOfficer, Role::DutyChief, Role::Director] {
            let reply = case.officer(SUZHOU, who, "direct-consignments", said.clone()).await;
            if who != Role::ReleaseOfficer {
                reply.expect(403);
                continue;
            }
            let reply = reply.expect(409);
            assert_eq!(reply.problem(), "direct-consignment/excluded");
            let pointer = reply.text("/errors/0/pointer").to_owned();
            assert!(reply.codes().iter().all(|code| *code == "direct-release-excluded"));
            assert_eq!(case.status().await, "CONFORMING");
            return pointer;
        }
        unreachable!("the release officer comes first")
    };
    let plain = handling()["handling"].clone();
    let at_port = |name: &str| {
        let mut handled = plain.clone();
        handled[name] = json!(true);
        handled
    };

    let unlisted = plush("X-1")
        .with("/goods/0/hs_code", json!("1905310000"))
        .with("/goods/0/produce_date", json!("2014-04-01"))
        .with("/goods/0/prod_valid_dt", json!("2015-04-01"));
    assert_eq!(refused(unlisted, plain.clone()).await, "/goods/0/hs_code");
    let shared = plush("X-2").with("/containers/0/lcl_flag", json!(true));
    assert_eq!(refused(shared, plain.clone()).await, "/containers/0/lcl_flag");
    let iran = plush("X-3").with("/desp_ctry_code", json!("IR"));
    assert_eq!(refused(iran, plain.clone()).await, "/goods/0/hs_code");
    let aid = plush("X-4").with("/trade_mode_code", json!("17"));
    assert_eq!(refused(aid, plain.clone()).await, "/spec_decl_flag");
    for (name, reference) in [
        ("is_market_purchase", "X-5"),
        ("is_repacked_at_port", "X-6"),
        ("is_certified_at_port", "X-7"),
    ] {
        let pointer = refused(plush(reference), at_port(name)).await;
        assert_eq!(pointer, format!("/handling/{name}"));
    }
    assert_eq!(league.at(JIANGSU).count("select count(*) from direct_consignments").await, 0);
    assert_eq!(league.at(JIANGSU).count("select count(*) from clearance_forms").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn only_marked_sealed_and_inspected_goods_of_a_granted_enterprise_go(pool: PgPool) {
    let league = open(pool).await;
    let unmarked = conforming(&league, plush("U-1").without("/spec_pass_flag")).await;
    let sealed = json!({ "containers": seals(SEAL) });
    let seals_of_unmarked =
        unmarked.officer(SUZHOU, Role::Inspector, "seals", sealed).await.expect(409);
    let not_marked = consign(&unmarked).await.expect(409);
    let case = conforming(&league, plush("U-2")).await;

    let not_granted = consign(&case).await.expect(409);
    grant(&league).await;
    let not_sealed = consign(&case).await.expect(409);
    let other = json!({ "containers": [{ "container_no": "TCLU4501272",
        "seals": [{ "seal_no": "SZ01", "kind": "ELECTRONIC" }] }] });
    let other = case.officer(SUZHOU, Role::Inspector, "seals", other).await.expect(422);
    seal(&case).await;
    consign(&case).await.expect(201);

    for reply in [seals_of_unmarked, not_marked] {
        assert_eq!(reply.problem(), "direct-consignment/not-marked");
    }
    assert_eq!(not_granted.problem(), "direct-consignment/not-granted");
    assert_eq!(not_sealed.problem(), "direct-consignment/not-sealed");
    assert_eq!(not_sealed.codes(), ["container-not-sealed"]);
    assert_eq!(other.codes(), ["container-not-declared", "container-not-sealed"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn without_a_memorandum_nothing_goes_directly(pool: PgPool) {
    let league = League::open(pool, &[SHANGHAI, JIANGSU], &[MemorandumKind::Credit]).await;
    grant(&league).await;
    let case = conforming(&league, plush("M-1")).await;
    seal(&case).await;

    let refused = consign(&case).await.expect(409);

    assert_eq!(refused.problem(), "direct-consignment/not-agreed");
    assert_eq!(case.status().await, "CONFORMING");
}

/// What Jiangsu says of a lot.
pub(crate) fn record(clearance_no: &str, version: i64) -> Value {
    json!({
        "clearance_no": clearance_no, "former": [], "version": version, "direction": "EXPORT",
        "reg_no": exporter(), "issuing_org": SUZHOU, "checking_org": YANGSHAN, "place": "311001",
        "destination_country": "JP",
        "goods": [{ "goods_no": 1, "hs_code": "9503002100", "name": "毛绒玩具", "quantity": "1200",
            "unit": "007", "weight": null, "weight_unit": null }],
        "containers": seals(SEAL), "issued_at": "2014-05-12T02:00:00Z", "valid_until": "2014-07-11",
    })
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_bureau_speaks_of_its_own_forms_and_enterprises_alone(pool: PgPool) {
    let league = open(pool).await;
    let port = league.at(SHANGHAI);
    let jiangsu = Neighbour { bureau: port, keys: keys_of(JIANGSU, "2014-a") };
    let zhejiang = Neighbour::of(port, "330000", &[MemorandumKind::DirectRelease]).await;
    let anhui = Neighbour::of(port, "340000", &[MemorandumKind::Credit]).await;
    let number = "320500214000099000";
    let say = |who: &Neighbour<'_>, change: &dyn Fn(&mut Value)| {
        let mut said = record(number, 1);
        change(&mut said);
        let first = said["clearance_no"].as_str().unwrap().to_owned();
        who.says("direct.consigned", (correlation_of(&first), 1), said)
    };
    let refused = async |who: &Neighbour<'_>, change: &dyn Fn(&mut Value)| {
        let receipt = who.push_one(&say(who, change)).await;
        assert_eq!(receipt.outcome, Outcome::Refused, "{receipt:?}");
        receipt.errors.iter().map(|one| one.code.clone()).collect::<Vec<_>>()
    };

    assert_eq!(refused(&zhejiang, &|_| ()).await, ["subject-not-own", "not-its-enterprise"]);
    assert_eq!(refused(&anhui, &|_| ()).await, ["not-agreed"]);
    assert_eq!(
        refused(&jiangsu, &|said| said["reg_no"] = json!(tests::DERUI)).await,
        ["not-its-enterprise"]
    );
    assert_eq!(
        refused(&jiangsu, &|said| said["checking_org"] = json!("330900")).await,
        ["receiver-wrong"]
    );
    assert_eq!(
        refused(&jiangsu, &|said| {
            said["version"] = json!(0);
            said["destination_country"] = json!("392");
            said["containers"][0]["seals"] = json!([]);
            said["goods"] = json!([]);
        })
        .await,
        ["version-malformed", "country-malformed", "goods-malformed", "seals-malformed"]
    );
    let elsewhere = jiangsu.says("direct.consigned", (correlation_of("1"), 1), record(number, 1));
    let elsewhere = jiangsu.push_one(&elsewhere).await;
    assert_eq!(elsewhere.errors[0].code, "correlation-wrong");
    assert_eq!(port.count("select count(*) from direct_consignments").await, 0);

    // Excluded goods are refused by the port's own books when the message's turn comes.
    let live = say(&jiangsu, &|said| said["goods"][0]["hs_code"] = json!("0103911000"));
    let iran = say(&jiangsu, &|said| {
        said["clearance_no"] = json!("320500214000098000");
        said["destination_country"] = json!("IR");
    });
    for excluded in [live, iran] {
        jiangsu.push_one(&excluded).await;
        port.settle().await;
        assert_eq!(jiangsu.asks_about(&excluded).await.expect(200).text("/state"), "REFUSED");
    }
    assert_eq!(port.count("select count(*) from direct_consignments").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nobody_else_reports_on_a_lot_or_corrects_it(pool: PgPool) {
    let league = open(pool).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(JIANGSU));
    under_way(&league, false).await;
    let number = lot(origin, SUZHOU).await["clearance_no"].as_str().unwrap().to_owned();
    let zhejiang_here = Neighbour::of(port, "330000", &[MemorandumKind::DirectRelease]).await;
    let zhejiang_there = Neighbour::of(origin, "330000", &[MemorandumKind::DirectRelease]).await;
    let conversation = (correlation_of(&number), 1);

    let exited = json!({ "consignment": number, "version": 9, "state": "EXITED", "at": "2014-05-12T02:30:00Z" });
    let exited = zhejiang_there.says("direct.reported", conversation, exited);
    zhejiang_there.push_one(&exited).await;
    origin.settle().await;
    let explained = json!({ "consignment": number, "version": 9, "reason": "无异常" });
    let explained = zhejiang_here.says("direct.confirmed", conversation, explained);
    zhejiang_here.push_one(&explained).await;
    port.settle().await;
    // The checking side itself does not play the issuing one.
    let jiangsu = Neighbour { bureau: port, keys: keys_of(JIANGSU, "2014-a") };
    let reports = json!({ "consignment": number, "version": 9, "state": "EXITED", "at": "2014-05-12T02:30:00Z" });
    let reports = jiangsu.says("direct.reported", (correlation_of(&number), 2), reports);
    jiangsu.push_one(&reports).await;
    port.settle().await;

    assert_eq!(zhejiang_there.asks_about(&exited).await.expect(200).text("/state"), "REFUSED");
    assert_eq!(zhejiang_here.asks_about(&explained).await.expect(200).text("/state"), "REFUSED");
    assert_eq!(jiangsu.asks_about(&reports).await.expect(200).text("/state"), "REFUSED");
    assert_eq!(lot(origin, SUZHOU).await["state"], "ISSUED");
    assert_eq!(lot(port, YANGSHAN).await["state"], "ISSUED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn every_lot_of_an_enterprise_without_a_known_grant_is_read(pool: PgPool) {
    let league = open(pool).await;
    let port = league.at(SHANGHAI);
    let jiangsu = Neighbour { bureau: port, keys: keys_of(JIANGSU, "2014-a") };
    let number = format!("320500214{:06}000", serial(false));
    let said = jiangsu.says("direct.consigned", (correlation_of(&number), 1), record(&number, 1));
    jiangsu.push_one(&said).await;
    port.settle().await;

    let arrived = at_port(&league, Role::Inspector, "arrive", Value::Null).await.expect(200);

    assert_eq!(arrived.text("/state"), "AT_PORT", "rate one, whatever the draw says");
}
