//! The ordinary way out: sealed, cleared, perhaps drawn, gone.
use serde_json::{Value, json};
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{DERUI, HAIYUAN, SHANGHAI, WAIGAOQIAO, YANGSHAN, enterprise_at};

use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn goods_go_on_the_form_of_the_origin_and_nobody_declares_at_the_port(pool: PgPool) {
    let league = open(pool).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(JIANGSU));

    let case = under_way(&league, false).await;
    let here = lot(port, YANGSHAN).await;
    let arrived = at_port(&league, Role::Inspector, "arrive", Value::Null).await.expect(200);
    let gone = at_port(&league, Role::ReleaseOfficer, "exit", Value::Null).await.expect(200);
    league.settle().await;

    assert_eq!(case.status().await, "RELEASED");
    let officer = origin.officer(SUZHOU, Role::ReleaseOfficer).await;
    let forms = officer.get(&case.url("clearance-forms")).await.expect(200);
    let number = forms.text("/data/0/clearance_no").to_owned();
    assert_eq!(
        forms.text("/data/0/remark"),
        "直通放行;出境口岸311001;集装箱COSU6017779 封识SZ0099123",
        "exit port, container and seal (domain 4.5)"
    );
    assert_eq!(here["clearance_no"], number);
    assert_eq!(here["state"], "ISSUED");
    assert_eq!(here["containers"][0]["seals"][0]["seal_no"], SEAL);
    assert_eq!(here["containers"][0]["seals"][0]["state"], "APPLIED");
    assert_eq!(here["goods"][0]["hs_code"], "9503002100");
    assert_eq!(arrived.text("/state"), "NOT_CHECKED", "not drawn");
    assert_eq!(gone.text("/state"), "EXITED");
    assert_eq!(lot(origin, SUZHOU).await["state"], "EXITED", "and the origin knows");
    nobody_declared_at(port).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_drawn_lot_is_read_by_two_inspectors_and_leaves_when_the_seals_are_intact(pool: PgPool) {
    let league = open(pool).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(JIANGSU));
    under_way(&league, true).await;
    let early = at_port(&league, Role::Inspector, "check", reading(SEAL, false)).await.expect(409);

    let drawn = at_port(&league, Role::Inspector, "arrive", Value::Null).await.expect(200);
    let unread = at_port(&league, Role::Inspector, "exit", Value::Null).await.expect(409);
    let once = at_port(&league, Role::Inspector, "check", reading(SEAL, false)).await.expect(200);
    let alone = at_port(&league, Role::Inspector, "check", reading(SEAL, false)).await.expect(200);
    let both = both_read(&league, reading(SEAL, false)).await.expect(200);
    at_port(&league, Role::Inspector, "exit", Value::Null).await.expect(200);
    league.settle().await;

    for refused in [early, unread] {
        assert_eq!(refused.problem(), "direct-consignment/wrong-state");
    }
    assert_eq!(drawn.text("/state"), "AT_PORT");
    for reply in [once, alone] {
        assert_eq!(
            (reply.text("/state"), reply.body["is_read_once"].as_bool()),
            ("AT_PORT", Some(true))
        );
    }
    assert_eq!(both.text("/state"), "CHECK_OK");
    assert_eq!(both.text("/containers/0/seals/0/state"), "INTACT");
    let there = lot(origin, SUZHOU).await;
    assert_eq!(
        (&there["state"], &there["containers"][0]["seals"][0]["state"]),
        (&json!("EXITED"), &json!("INTACT"))
    );
    let draw: (String, i32) = sqlx::query_as("select subject, rate_ppm from direct_draws")
        .fetch_one(port.pool())
        .await
        .unwrap();
    assert_eq!(draw, (format!("{}@311000", there["clearance_no"].as_str().unwrap()), 10_000));
    nobody_declared_at(port).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn two_inspectors_who_read_otherwise_have_not_decided(pool: PgPool) {
    let league = open(pool).await;
    under_way(&league, true).await;
    at_port(&league, Role::Inspector, "arrive", Value::Null).await.expect(200);
    at_port(&league, Role::Inspector, "check", reading(SEAL, true)).await.expect(200);

    let port = league.at(SHANGHAI);
    let id = lot(port, YANGSHAN).await["id"].as_str().unwrap().to_owned();
    let second = port.second_officer(YANGSHAN, Role::Inspector).await;
    let path = format!("{LOTS}/{id}/check");
    let otherwise = second.post(&path, reading(SEAL, false)).await.expect(200);
    let agreed = at_port(&league, Role::Inspector, "check", reading(SEAL, false)).await.expect(200);

    assert_eq!(otherwise.text("/state"), "AT_PORT");
    assert_eq!(agreed.text("/state"), "CHECK_OK");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn each_side_sees_its_own_lots_and_strangers_see_none(pool: PgPool) {
    let league = open(pool).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(JIANGSU));
    under_way(&league, false).await;
    let there = lot(origin, SUZHOU).await["id"].as_str().unwrap().to_owned();
    let here = lot(port, YANGSHAN).await["id"].as_str().unwrap().to_owned();

    let own = origin.declarant(&exporter()).await;
    let seen = own.get(&format!("{LOTS}/{there}")).await.expect(200);
    own.get(&format!("{LOTS}/{there}/timeline")).await.expect(200);
    own.post(&format!("{LOTS}/{there}/arrive"), Value::Null).await.expect(403);
    let other = origin.declarant(&enterprise_at(JIANGSU, HAIYUAN)).await;
    let waigaoqiao = port.officer(WAIGAOQIAO, Role::Inspector).await;
    for (stranger, id) in [(&other, &there), (&waigaoqiao, &here)] {
        stranger.get(&format!("{LOTS}/{id}")).await.expect(404);
        stranger.get(&format!("{LOTS}/{id}/timeline")).await.expect(404);
        assert_eq!(stranger.get(LOTS).await.expect(200).body["data"], json!([]));
    }
    waigaoqiao.post(&format!("{LOTS}/{here}/arrive"), Value::Null).await.expect(404);
    let suzhou = origin.officer(SUZHOU, Role::Inspector).await;
    suzhou.post(&format!("{LOTS}/{there}/arrive"), Value::Null).await.expect(403);

    assert_eq!(seen.text("/reg_no"), enterprise_at(JIANGSU, DERUI));
    let by_form = own.get(&format!("{LOTS}?clearance_no={}", seen.text("/clearance_no"))).await;
    assert_eq!(by_form.expect(200).text("/data/0/id"), there);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_goes_directly_is_neither_voided_nor_cancelled_on_its_way(pool: PgPool) {
    let league = open(pool).await;
    let case = under_way(&league, false).await;
    let number = lot(league.at(JIANGSU), SUZHOU).await["clearance_no"].as_str().unwrap().to_owned();
    let reason = json!({ "reason": "更正" });

    let void = format!("clearance-forms/{number}/void");
    let void = case.officer(SUZHOU, Role::ReleaseOfficer, &void, reason.clone()).await.expect(409);
    let cancel = case.officer(SUZHOU, Role::DutyChief, "cancel", reason).await.expect(409);
    let again = consign(&case).await.expect(409);
    let sealed = json!({ "containers": seals("SZ0000001") });
    let sealed = case.officer(SUZHOU, Role::Inspector, "seals", sealed).await.expect(409);

    assert_eq!(void.problem(), "direct-consignment/under-way");
    assert_eq!(cancel.problem(), "direct-consignment/under-way");
    assert_eq!(again.problem(), "direct-consignment/not-conforming");
    assert_eq!(sealed.problem(), "direct-consignment/exists");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_lot_whose_form_is_over_does_not_leave(pool: PgPool) {
    let league = open(pool).await;
    under_way(&league, false).await;
    at_port(&league, Role::Inspector, "arrive", Value::Null).await.expect(200);
    league.wait(chrono::Duration::days(61));

    let late = at_port(&league, Role::Inspector, "exit", Value::Null).await.expect(409);
    let reason = json!({ "reason": "通关单过期" });
    let back = at_port(&league, Role::DutyChief, "return", reason).await.expect(200);
    league.settle().await;

    assert_eq!(late.problem(), "direct-consignment/form-expired");
    assert_eq!(back.text("/state"), "RETURNED");
    let there = lot(league.at(JIANGSU), SUZHOU).await;
    assert_eq!((&there["state"], &there["remark"]), (&json!("RETURNED"), &json!("通关单过期")));
}
