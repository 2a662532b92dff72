//! What something critical does to direct release (直通放行): no grant while it is open, and none for a year where the
//! enterprise's own bureau says so.
use chrono::Duration;
use serde_json::{Value, json};
use shared::{exchange::MemorandumKind, kernel::Role};
use sqlx::PgPool;
use tests::{Bureau, DERUI, League, SHANGHAI, SSE, WAIGAOQIAO, enterprise_at};

const JIANGSU: &str = "320000";
const SUZHOU: &str = "320500";
const GRANTS: &str = "/v1/direct-enterprises";

/// Its application for exports.
async fn applied(bureau: &Bureau, reg_no: &str) -> String {
    let claims = json!({
        "yearly_trade_usd": "1800000.00", "certification": "ISO9000", "has_quality_control": true,
        "batches": 420, "passed": 419,
    });
    let application = json!({ "direction": "EXPORT", "claims": claims });
    let applied = bureau.declarant(reg_no).await.post(GRANTS, application).await.expect(201);
    applied.text("/id").to_owned()
}

async fn grant(bureau: &Bureau, office: &str, id: &str) -> tests::Reply {
    let officer = bureau.officer(office, Role::AcceptanceOfficer).await;
    officer.post(&format!("{GRANTS}/{id}/approve"), Value::Null).await
}

/// Suzhou's enterprise, granted there; everybody knows.
async fn granted(league: &League) -> (String, String) {
    let origin = league.at(JIANGSU);
    let suzhou = enterprise_at(JIANGSU, DERUI);
    let id = applied(origin, &suzhou).await;
    grant(origin, SUZHOU, &id).await.expect(200);
    league.settle().await;
    (suzhou, id)
}

/// An inspector of the port drafts it, the duty chief stands behind it.
async fn critical(port: &Bureau, reg_no: &str, origin: &str, category: &str) {
    let finding = json!({
        "subject": { "kind": "TRANSFER", "number": "320500214000001T" }, "origin_bureau": origin,
        "reg_no": reg_no, "goods": { "name": "毛绒玩具" }, "found_on": "2014-05-12",
        "category": category, "goods_changed": category == "SEAL", "finding": "货物被调换", "evidence": [],
    });
    let inspector = port.officer(WAIGAOQIAO, Role::Inspector).await;
    let notice = inspector.post("/v1/nc-notices", finding).await.expect(201);
    let chief = port.officer(WAIGAOQIAO, Role::DutyChief).await;
    let path = format!("/v1/nc-notices/{}/approve", notice.text("/id"));
    chief.post(&path, Value::Null).await.expect(200);
}

/// The duty chief of the origin decides the only proposal.
async fn decides(origin: &Bureau, office: &str, decision: &str) {
    let chief = origin.officer(office, Role::DutyChief).await;
    let list = chief.get("/v1/received-nc-notices").await.expect(200);
    let path = format!("/v1/received-nc-notices/{}/decide-suspension", list.text("/data/0/id"));
    let said = json!({ "decision": decision, "reason": "封识破损,货物被调换" });
    chief.post(&path, said).await.expect(200);
}

/// The grant for exports as that bureau keeps it.
async fn kept(bureau: &Bureau, office: &str, reg_no: &str) -> Value {
    let path = format!("{GRANTS}?reg_no={reg_no}");
    let list = bureau.officer(office, Role::DutyChief).await.get(&path).await.expect(200);
    list.body["data"][0].clone()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_critical_notice_stops_a_grant_until_it_is_decided(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let id = applied(&bureau, DERUI).await;
    critical(&bureau, DERUI, SHANGHAI, "DOC_FORGED").await;

    let refused = grant(&bureau, SSE, &id).await.expect(409);
    decides(&bureau, SSE, "DECLINED").await;
    grant(&bureau, SSE, &id).await.expect(200);

    assert_eq!(refused.problem(), "direct-enterprise/conditions-unmet");
    assert_eq!(refused.codes(), ["facilitation-blocked"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_origins_decision_suspends_the_enterprise_for_a_year_and_tells_everybody(pool: PgPool) {
    let memoranda = [MemorandumKind::DirectRelease, MemorandumKind::NonConformity];
    let league = League::open(pool, &[SHANGHAI, JIANGSU], &memoranda).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(JIANGSU));
    let (suzhou, id) = granted(&league).await;
    critical(port, &suzhou, JIANGSU, "SEAL").await;
    league.settle().await;

    decides(origin, SUZHOU, "SUSPENDED").await;
    let here = kept(origin, SUZHOU, &suzhou).await;
    league.settle().await;

    assert_eq!((&here["status"], &here["ground"]), (&json!("SUSPENDED"), &json!("TAMPERING")));
    assert_eq!(here["suspended_until"], "2015-05-12");
    assert_eq!(kept(port, SSE, &suzhou).await["status"], "SUSPENDED");
    let live = "select count(*) from facilitation_blocks where lifted_at is null";
    assert_eq!(port.count(live).await, 0, "the origin has decided");
    let history = origin.history(&id).await;
    assert_eq!(history.last().unwrap(), "direct_enterprise.suspended");
    let again = json!({ "claims": here["claims"] });
    let path = format!("{GRANTS}/{id}/reapply");
    league.wait(Duration::days(364));
    let early = origin.declarant(&suzhou).await.post(&path, again.clone()).await.expect(409);
    assert_eq!(early.problem(), "direct-enterprise/suspended-within-year");
    league.wait(Duration::days(1));
    origin.declarant(&suzhou).await.post(&path, again).await.expect(200);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_proposal_that_the_origin_declines_leaves_the_grant_as_it_is(pool: PgPool) {
    let memoranda = [MemorandumKind::DirectRelease, MemorandumKind::NonConformity];
    let league = League::open(pool, &[SHANGHAI, JIANGSU], &memoranda).await;
    let (suzhou, _) = granted(&league).await;
    critical(league.at(SHANGHAI), &suzhou, JIANGSU, "DOC_FORGED").await;
    league.settle().await;

    decides(league.at(JIANGSU), SUZHOU, "DECLINED").await;
    league.settle().await;

    assert_eq!(kept(league.at(JIANGSU), SUZHOU, &suzhou).await["status"], "APPROVED");
    assert_eq!(kept(league.at(SHANGHAI), SSE, &suzhou).await["status"], "APPROVED");
}
