//! Certificate swap between two whole bureaus: made at the origin, claimed at the port.
use serde_json::{Value, json};
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{MODEL, SHANGHAI, SSE, enterprise_at};

use crate::{
    cases::Case,
    swaps::{
        NUMBER, XIAOSHAN, ZHEJIANG, claim, claims, conforming, open, state, transferred, until,
        wish, wrong,
    },
};

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

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn of_two_who_claim_at_once_exactly_one_has_it(pool: PgPool) {
    let league = open(pool).await;
    let (_case, password) = transferred(&league).await;
    let port = league.at(SHANGHAI);
    let (one, other) = (port.declarant(MODEL).await, port.declarant(tests::HAIYUAN).await);

    let (first, second) =
        tokio::join!(claims(&one, claim(&password)), claims(&other, claim(&password)));

    let mut answers = [first.status.as_u16(), second.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [201, 409]);
    let loser = if first.status == 409 { first } else { second };
    assert_eq!(loser.problem(), "transfer/already-claimed");
    assert_eq!(port.count("select count(*) from declarations").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_09_a_transfer_yields_one_live_form_at_most(pool: PgPool) {
    let league = open(pool).await;
    let (origin_case, password) = transferred(&league).await;
    let port = league.at(SHANGHAI);
    let case = crate::swaps::swapped(&league, &password).await;

    let form = case.officer(SSE, Role::ReleaseOfficer, "clearance-forms", json!({})).await;
    let origin_form =
        origin_case.officer(XIAOSHAN, Role::ReleaseOfficer, "clearance-forms", json!({}));
    let origin_form = origin_form.await;

    assert_eq!(form.expect(409).problem(), "transfer/under-way");
    assert_eq!(origin_form.expect(409).problem(), "transfer/under-way");
    let live = "select count(*) from clearance_forms where state not in ('VOID', 'EXPIRED')";
    assert_eq!((port.count(live).await, league.at(ZHEJIANG).count(live).await), (1, 0));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_08_a_form_of_a_swap_never_outlives_the_transfer(pool: PgPool) {
    let league = open(pool).await;
    let (_case, password) = transferred(&league).await;
    until(&league, "2014-07-19T01:00:00Z");

    let case = crate::swaps::swapped(&league, &password).await;

    let last = "select valid_until::text from clearance_forms where declaration_id = $1";
    assert_eq!(case.text(last).await, "2014-07-20", "and not sixty days");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_transfer_is_on_its_way_when_its_receipt_is_there_and_received_when_the_port_says_so(
    pool: PgPool,
) {
    let league = open(pool).await;
    let case = conforming(&league).await;
    let origin = league.at(ZHEJIANG);
    let made = case.officer(XIAOSHAN, Role::CertificationOfficer, "transfers", wish()).await;
    let id = made.expect(201).text("/transfer/id").to_owned();
    let mut seen = vec![state(origin).await];

    league.carry(ZHEJIANG, SHANGHAI).await;
    seen.push(state(origin).await);
    league.settle().await;
    seen.push(state(origin).await);

    assert_eq!(seen, ["CREATED", "SENT_TO_HUB", "RECEIVED_BY_PORT"]);
    let history = origin.history(&id).await;
    assert_eq!(history, ["transfer.created", "transfer.sent", "transfer.received"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_claim_that_is_not_swapped_within_its_hour_is_listed_and_raises_the_alarm_once(
    pool: PgPool,
) {
    let league = open(pool).await;
    let (_case, password) = transferred(&league).await;
    let port = league.at(SHANGHAI);
    crate::swaps::claimed(&league, &password).await;
    // Whoever swaps is away: its job waits for another day.
    sqlx::query("update jobs set due_at = due_at + interval '1 day' where kind = 'transfer.swap'")
        .execute(port.pool())
        .await
        .unwrap();
    let overdue = async || {
        let officer = port.officer(SSE, Role::DutyChief).await;
        let list = officer.get("/v1/transfers?overdue=true").await.expect(200);
        list.body["data"].as_array().unwrap().len()
    };
    let alarms = "select count(*) from events where kind = 'transfer.swap_overdue'";

    port.wait(chrono::Duration::minutes(60));
    crate::cases::tick(port).await;
    let in_time = (overdue().await, port.count(alarms).await);
    for _ in 0..2 {
        port.wait(chrono::Duration::minutes(1));
        crate::cases::tick(port).await;
    }
    let late = (overdue().await, port.count(alarms).await);
    port.wait(chrono::Duration::days(1));
    port.settle().await;

    assert_eq!((in_time, late), ((0, 0), (1, 1)));
    assert_eq!((state(port).await, overdue().await), ("SWAPPED".into(), 0));
}
