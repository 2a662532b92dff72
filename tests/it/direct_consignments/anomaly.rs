//! Scenario S6: seals that are not those of the form.
use chrono::Duration;
use serde_json::{Value, json};
use shared::{direct_release::message::correlation_of, kernel::Role};
use sqlx::PgPool;
use tests::{Neighbour, SHANGHAI, YANGSHAN, keys_of};

use super::*;

/// What stands on the seal in truth.
const READ: &str = "SZ0099132";

async fn found(league: &League, reading: Value) -> Reply {
    under_way(league, true).await;
    at_port(league, Role::Inspector, "arrive", Value::Null).await.expect(200);
    let found = both_read(league, reading).await.expect(200);
    league.settle().await;
    found
}

async fn looked_at(league: &League, goods_agree: bool) {
    let seen = json!({ "goods_agree": goods_agree, "remark": "开箱查验" });
    at_port(league, Role::Inspector, "look-at-goods", seen).await.expect(200);
    league.settle().await;
}

fn correction() -> Value {
    json!({ "containers": seals(READ), "reason": "封识号录入有误" })
}

/// S6 as it is told: a typing error.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn s6_a_mistyped_seal_is_fed_back_corrected_and_the_toys_leave(pool: PgPool) {
    let league = open(pool).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(JIANGSU));

    let anomaly = found(&league, reading(READ, false)).await;
    let told = lot(origin, SUZHOU).await;
    let too_soon = at_port(&league, Role::DutyChief, "resolve", Value::Null).await.expect(409);
    looked_at(&league, true).await;
    let unexplained = at_port(&league, Role::DutyChief, "resolve", Value::Null).await.expect(409);
    let first = told["clearance_no"].as_str().unwrap().to_owned();
    let corrected =
        at_origin(&league, Role::ReleaseOfficer, "correct", correction()).await.expect(200);
    league.settle().await;
    let clean = lot(port, YANGSHAN).await;
    let resolved = at_port(&league, Role::DutyChief, "resolve", Value::Null).await.expect(200);
    let gone = at_port(&league, Role::Inspector, "exit", Value::Null).await.expect(200);
    league.settle().await;

    assert_eq!(anomaly.text("/state"), "CHECK_ANOMALY");
    let finding =
        json!({ "container_no": BOX, "kind": "SEAL_MISMATCH", "expected": SEAL, "read": READ });
    assert_eq!(anomaly.body["findings"], json!([finding]));
    assert_eq!((&told["state"], &told["findings"]), (&json!("CHECK_ANOMALY"), &json!([finding])));
    assert_eq!(too_soon.problem(), "direct-consignment/goods-not-checked");
    assert_eq!(unexplained.problem(), "direct-consignment/not-explained");
    let second = corrected.text("/clearance_no").to_owned();
    assert_eq!(second, format!("{}001", &first[..15]));
    assert_eq!(corrected.body["former"], json!([first]));
    assert_eq!((&clean["clearance_no"], &clean["findings"]), (&json!(second), &json!([])));
    assert_eq!(clean["containers"][0]["seals"][0]["state"], "INTACT");
    assert_eq!((resolved.text("/state"), gone.text("/state")), ("RESOLVED", "EXITED"));
    assert_eq!(lot(origin, SUZHOU).await["state"], "EXITED");
    let forms: Vec<(String, String)> =
        sqlx::query_as("select clearance_no, state from clearance_forms order by sequence")
            .fetch_all(origin.pool())
            .await
            .unwrap();
    assert_eq!(forms, [(first, "VOID".to_owned()), (second, "ISSUED".to_owned())]);
    nobody_declared_at(port).await;
    assert_eq!(
        origin.count("select count(*) from declarations").await,
        1,
        "nor a second time there"
    );
}

/// The variant of S6: a broken seal, and other goods behind it.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn s6_a_broken_seal_and_replaced_goods_are_stopped_and_cost_the_grant_for_a_year(
    pool: PgPool,
) {
    let league = open(pool).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(JIANGSU));
    found(&league, reading(SEAL, true)).await;
    looked_at(&league, false).await;
    let stop = json!({ "category": "SEAL", "goods_no": 1, "finding": "封识破损,80箱货物被调换" });

    let resolve = at_port(&league, Role::DutyChief, "resolve", Value::Null).await.expect(409);
    let stopped = at_port(&league, Role::Inspector, "stop", stop).await.expect(200);
    let exit = at_port(&league, Role::Inspector, "exit", Value::Null).await.expect(409);
    let chief = port.officer(YANGSHAN, Role::DutyChief).await;
    let path = format!("/v1/nc-notices/{}", stopped.text("/notice_id"));
    let notice = chief.post(&format!("{path}/approve"), Value::Null).await.expect(200);
    league.settle().await;
    let blocked = "select count(*) from facilitation_blocks where lifted_at is null";
    let blocked = port.count(blocked).await;
    let there = origin.officer(SUZHOU, Role::DutyChief).await;
    let list = there.get("/v1/received-nc-notices").await.expect(200);
    let decision = json!({ "decision": "SUSPENDED", "reason": "擅自换货" });
    let decide = format!("/v1/received-nc-notices/{}/decide-suspension", list.text("/data/0/id"));
    there.post(&decide, decision).await.expect(200);
    league.settle().await;
    let back = json!({ "reason": "退回产地" });
    at_port(&league, Role::DutyChief, "return", back).await.expect(200);
    league.settle().await;

    assert_eq!(resolve.problem(), "direct-consignment/goods-not-checked");
    assert_eq!(stopped.text("/state"), "STOPPED");
    assert_eq!(exit.problem(), "direct-consignment/wrong-state");
    assert_eq!((notice.text("/severity"), notice.text("/status")), ("CRITICAL", "SENT"));
    assert_eq!(notice.text("/subject/kind"), "DIRECT_CONSIGNMENT");
    assert_eq!(blocked, 1, "facilitations are withheld at once");
    assert_eq!(list.text("/data/0/suspension"), "PROPOSED");
    let grants = there.get("/v1/direct-enterprises").await.expect(200);
    assert_eq!(
        (grants.text("/data/0/status"), grants.text("/data/0/ground")),
        ("SUSPENDED", "TAMPERING")
    );
    assert_eq!(grants.text("/data/0/suspended_until"), "2015-05-12");
    assert_eq!(lot(origin, SUZHOU).await["state"], "RETURNED");
    nobody_declared_at(port).await;

    // Invariant 23: not again within the year, and not without a new application after it.
    let id = grants.text("/data/0/id").to_owned();
    let exporter = exporter();
    let claims = json!({ "claims": grants.body["data"][0]["claims"] });
    let path = format!("/v1/direct-enterprises/{id}/reapply");
    league.wait(Duration::days(364));
    let early = origin.declarant(&exporter).await.post(&path, claims.clone()).await.expect(409);
    assert_eq!(early.problem(), "direct-enterprise/suspended-within-year");
    league.wait(Duration::days(1));
    origin.declarant(&exporter).await.post(&path, claims).await.expect(200);
    let officer = origin.officer(SUZHOU, Role::AcceptanceOfficer).await;
    officer.post(&format!("/v1/direct-enterprises/{id}/approve"), Value::Null).await.expect(200);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn where_the_form_cannot_be_collected_the_origin_confirms(pool: PgPool) {
    let league = open(pool).await;
    found(&league, reading(READ, false)).await;
    looked_at(&league, true).await;
    sqlx::query("update clearance_forms set state = 'ANNOTATED'")
        .execute(league.at(JIANGSU).pool())
        .await
        .unwrap();

    let used = at_origin(&league, Role::ReleaseOfficer, "correct", correction()).await.expect(409);
    let reason = json!({ "reason": "海关查验后重新施封" });
    at_origin(&league, Role::ReleaseOfficer, "confirm", reason).await.expect(200);
    league.settle().await;
    let resolved = at_port(&league, Role::DutyChief, "resolve", Value::Null).await.expect(200);

    assert_eq!(used.problem(), "clearance-form/wrong-state");
    assert_eq!(resolved.text("/confirmation"), "海关查验后重新施封");
    assert_eq!(resolved.text("/state"), "RESOLVED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_form_is_corrected_on_the_way_before_anybody_reads_it(pool: PgPool) {
    let league = open(pool).await;
    under_way(&league, true).await;
    let wrong = json!({ "containers": [], "reason": "x" });

    at_origin(&league, Role::ReleaseOfficer, "correct", wrong).await.expect(422);
    at_origin(&league, Role::ReleaseOfficer, "correct", correction()).await.expect(200);
    league.settle().await;

    let here = lot(league.at(SHANGHAI), YANGSHAN).await;
    assert_eq!(here["containers"][0]["seals"][0]["seal_no"], READ);
    assert_eq!((&here["version"], &here["state"]), (&json!(2), &json!("ISSUED")));
}

/// The last words come twice, late and in disorder: nothing changes, and nothing stopped starts again.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn messages_that_are_replayed_or_reordered_change_nothing(pool: PgPool) {
    let league = open(pool).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(JIANGSU));
    found(&league, reading(SEAL, true)).await;
    looked_at(&league, false).await;
    let stop = json!({ "category": "SEAL", "goods_no": 1, "finding": "货物被调换" });
    at_port(&league, Role::Inspector, "stop", stop).await.expect(200);
    let carried = league.waiting(SHANGHAI, JIANGSU).await;
    league.bring(SHANGHAI, JIANGSU, &carried).await;
    origin.settle().await;
    let stopped = lot(origin, SUZHOU).await;

    league.bring(SHANGHAI, JIANGSU, &carried).await;
    origin.settle().await;
    let shanghai = Neighbour { bureau: origin, keys: keys_of(SHANGHAI, "2014-a") };
    let number = stopped["clearance_no"].as_str().unwrap();
    let say = async |version: i64, state: &str| {
        let said = json!({ "consignment": number, "version": version, "state": state, "at": "2014-05-12T02:40:00Z" });
        let said = shanghai.says("direct.reported", (correlation_of(number), 0), said);
        shanghai.push_one(&said).await;
        origin.settle().await;
        shanghai.asks_about(&said).await.expect(200)
    };
    let older = say(1, "AT_PORT").await;
    let backwards = say(99, "EXITED").await;
    // An older record of the origin reaches the port after everything else.
    let jiangsu = Neighbour { bureau: port, keys: keys_of(JIANGSU, "2014-a") };
    let mut record = super::limits::record(number, 1);
    record["containers"] = seals("SZ0000001");
    let late = jiangsu.says("direct.consigned", (correlation_of(number), 0), record);
    jiangsu.push_one(&late).await;
    port.settle().await;

    assert_eq!(stopped["state"], "STOPPED");
    assert_eq!(older.body["outcome"], json!({ "ignored": "the version is not newer" }));
    assert_eq!(backwards.text("/state"), "REFUSED");
    assert_eq!(lot(origin, SUZHOU).await, stopped);
    let here = lot(port, YANGSHAN).await;
    assert_eq!((&here["state"], &here["version"]), (&json!("STOPPED"), &json!(1)));
    assert_eq!(here["containers"][0]["seals"][0]["seal_no"], SEAL);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_lot_that_does_not_set_out_is_taken_back_and_its_form_is_void(pool: PgPool) {
    let league = open(pool).await;
    let case = under_way(&league, false).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(JIANGSU));
    let reason = json!({ "reason": "货物未出运" });

    let theirs = at_port(&league, Role::ReleaseOfficer, "recall", reason.clone()).await;
    let recalled = at_origin(&league, Role::ReleaseOfficer, "recall", reason.clone()).await;
    let twice = at_origin(&league, Role::ReleaseOfficer, "recall", reason).await;
    // The port has not heard of it: the lot is there already when the word comes.
    at_port(&league, Role::Inspector, "arrive", Value::Null).await.expect(200);
    league.settle().await;
    let leaves = at_port(&league, Role::Inspector, "exit", Value::Null).await.expect(409);

    theirs.expect(403);
    assert_eq!(recalled.expect(200).text("/state"), "RETURNED");
    assert_eq!(twice.expect(409).problem(), "direct-consignment/wrong-state");
    assert_eq!(leaves.problem(), "direct-consignment/wrong-state");
    let here = lot(port, YANGSHAN).await;
    assert_eq!((&here["state"], &here["remark"]), (&json!("RETURNED"), &json!("货物未出运")));
    assert_eq!(lot(origin, SUZHOU).await["state"], "RETURNED");
    let forms = "select count(*) from clearance_forms where state = 'VOID'";
    assert_eq!(origin.count(forms).await, 1);
    assert_eq!(case.status().await, "RELEASED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_recall_that_the_goods_were_faster_than_is_told_so_on_both_sides(pool: PgPool) {
    let league = open(pool).await;
    under_way(&league, false).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(JIANGSU));
    let reason = json!({ "reason": "货物未出运" });

    let recalled = at_origin(&league, Role::ReleaseOfficer, "recall", reason).await;
    at_port(&league, Role::Inspector, "arrive", Value::Null).await.expect(200);
    at_port(&league, Role::ReleaseOfficer, "exit", Value::Null).await.expect(200);
    league.settle().await;

    assert_eq!(recalled.expect(200).text("/state"), "RETURNED");
    assert_eq!(lot(port, YANGSHAN).await["state"], "EXITED");
    assert_eq!(lot(origin, SUZHOU).await["state"], "EXITED", "where goods are is known there");
    let late = "select count(*) from events where kind = 'direct_consignment.recalled_late'";
    assert_eq!(port.count(late).await, 1);
    assert_eq!(origin.count("select count(*) from inbox where state = 'REFUSED'").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_correction_that_crosses_the_exit_is_kept_by_both_and_moves_nothing(pool: PgPool) {
    let league = open(pool).await;
    under_way(&league, true).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(JIANGSU));
    at_port(&league, Role::Inspector, "arrive", Value::Null).await.expect(200);
    league.settle().await;

    let corrected = json!({ "containers": seals("SZ0099132"), "reason": "封识号录入有误" });
    at_origin(&league, Role::ReleaseOfficer, "correct", corrected).await.expect(200);
    both_read(&league, reading(SEAL, false)).await.expect(200);
    at_port(&league, Role::Inspector, "exit", Value::Null).await.expect(200);
    league.settle().await;

    let (here, there) = (lot(port, YANGSHAN).await, lot(origin, SUZHOU).await);
    for same in ["state", "clearance_no", "former", "version", "containers", "findings"] {
        assert_eq!(here[same], there[same], "{same}");
    }
    assert_eq!(here["state"], "EXITED");
    assert_eq!(here["findings"][0]["kind"], "SEAL_MISMATCH", "both see what does not agree");
    let late = "select count(*) from events where kind = 'direct_consignment.corrected_late'";
    assert_eq!(port.count(late).await, 1);
}
