//! Cases that change hands between bureaus, each with a ledger of its own: at every instant one bureau is responsible,
//! and never do two act.
mod misfortunes;
mod rights;
mod schedules;

use serde_json::{Value, json};
use shared::{exchange::MemorandumKind, kernel::Role};
use sqlx::PgPool;
use tests::{Bureau, Consignment, League, Reply, SHANGHAI, SSE, WAIGAOQIAO, toys};

use crate::cases::Case;

pub(crate) const ZHEJIANG: &str = "330000";
/// Its office that inspects at Hangzhou's destinations.
pub(crate) const XIAOSHAN: &str = "330900";
const MAP: &str = "kind,place,office,valid_from\nDEST,3301,330900,2014-01-01\n";

/// Drawn for sure, flowing to Hangzhou, and released at the Shipping Exchange.
pub(crate) fn flowing(reference: &str) -> Consignment {
    toys(reference)
        .at(SSE, SSE)
        .with("/decl_code", json!("14"))
        .with("/dest_code", json!("330100"))
        .with("/decl_person_name", json!("关务部"))
}

/// Shanghai and Zhejiang hand cases over, and Shanghai's tables know who inspects at Hangzhou.
pub(crate) async fn two_bureaus(pool: PgPool) -> League {
    let league = League::open(pool, &[SHANGHAI, ZHEJIANG], &[MemorandumKind::Handoff]).await;
    league.at(SHANGHAI).import("inspection_office_map", MAP).await;
    league
}

/// Filed, accepted and offered; nothing has left the house yet.
pub(crate) async fn offered<'l>(league: &'l League, reference: &str) -> Case<'l> {
    let home = league.at(SHANGHAI);
    let case = Case::filed(home, &home.derui().await, flowing(reference)).await;
    assert_eq!(case.receipt.text("/status"), "SELECTED", "{:#}", case.receipt.body);
    home.settle().await;
    case
}

/// Agreed by the other bureau, confirmed, and lying there.
pub(crate) async fn visiting<'l>(league: &'l League, reference: &str) -> (Case<'l>, Case<'l>) {
    let case = offered(league, reference).await;
    league.settle().await;
    answer_there(league, &case, "accept", Value::Null).await.expect(200);
    league.settle().await;
    let visitor = case.seen_at(league.at(ZHEJIANG), XIAOSHAN).await;
    (case, visitor)
}

/// The latest handoff of a case, as an office sees it.
pub(crate) async fn handoff_at(bureau: &Bureau, office: &str, id: &str) -> Value {
    let chief = bureau.officer(office, Role::DutyChief).await;
    let list = chief.get(&format!("/v1/declarations/{id}/handoffs")).await.expect(200);
    list.body["data"].as_array().unwrap().last().cloned().unwrap_or_default()
}

/// An officer of the other bureau answers what is offered to it.
pub(crate) async fn answer_there(
    league: &League,
    case: &Case<'_>,
    act: &str,
    body: Value,
) -> Reply {
    let there = league.at(ZHEJIANG);
    let id = handoff_at(there, XIAOSHAN, &case.id).await["id"].as_str().unwrap().to_owned();
    let chief = there.officer(XIAOSHAN, Role::DutyChief).await;
    chief.post(&format!("/v1/handoffs/{id}/{act}"), body).await
}

/// Which bureaus hold the case to lie with them.
pub(crate) async fn owners(league: &League, id: &str) -> Vec<&'static str> {
    let mut owners = Vec::new();
    for bureau in [SHANGHAI, ZHEJIANG] {
        let sql = "select count(*) from declarations
            where id = $1::uuid and left(holder_org, 2) = left(direct_bureau, 2)";
        let pool = league.at(bureau).pool();
        let count: i64 = sqlx::query_scalar(sql).bind(id).fetch_one(pool).await.unwrap();
        owners.extend((count == 1).then_some(bureau));
    }
    owners
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn goods_that_flow_to_another_bureau_are_inspected_there_and_come_home_for_release(
    pool: PgPool,
) {
    let league = two_bureaus(pool).await;
    let (case, visitor) = visiting(&league, "X-1").await;
    assert_eq!(owners(&league, &case.id).await, [ZHEJIANG]);
    assert_eq!(case.holder().await, XIAOSHAN, "home knows with whom it lies");

    visitor.inspect(XIAOSHAN, "PASS").await;
    league.settle().await;
    let home = league.at(SHANGHAI);
    assert_eq!((case.status().await, case.holder().await), ("CONFORMING".into(), SSE.into()));
    assert_eq!(visitor.holder().await, SSE, "the other bureau knows that it is at home");
    assert_eq!(owners(&league, &case.id).await, [SHANGHAI]);
    case.officer(SSE, Role::ReleaseOfficer, "release", Value::Null).await.expect(200);

    let at_home = home.history(&case.id).await;
    let there = league.at(ZHEJIANG).history(&case.id).await;
    assert_eq!(
        at_home[3..],
        [
            "handoff.offered",
            "handoff.accepted",
            "inspection.started",
            "inspection.passed",
            "handoff.offered",
            "handoff.agreed",
            "handoff.accepted",
            "declaration.released",
        ]
    );
    assert_eq!(
        there,
        [
            "handoff.offered",
            "handoff.agreed",
            "handoff.accepted",
            "inspection.appointed",
            "inspection.started",
            "inspection.signed",
            "inspection.signed",
            "inspection.passed",
            "handoff.offered",
            "handoff.accepted",
        ]
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn without_a_row_or_a_memorandum_the_office_of_the_port_inspects(pool: PgPool) {
    let (no_map, no_memorandum) = (MemorandumKind::Handoff, MemorandumKind::Credit);
    let league = League::open(pool, &[SHANGHAI, ZHEJIANG], &[no_memorandum]).await;
    let home = league.at(SHANGHAI);
    let derui = home.derui().await;

    home.import("inspection_office_map", MAP).await;
    let unagreed = derui.post("/v1/declarations", flowing("X-2").0).await.expect(201);
    let mut tx = shared::ledger::Tx::begin(home.pool(), &home.ctx.clock).await.unwrap();
    let since = ("2013-01-01".parse().unwrap(), None);
    let (actor, kind) = (shared::kernel::Actor::system(), (no_map, since.0, since.1));
    shared::exchange::service::partner::agree(&mut tx, &actor, ZHEJIANG, kind, json!({}))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let unmapped = flowing("X-3").with("/dest_code", json!("330600"));
    let unmapped = derui.post("/v1/declarations", unmapped.0).await.expect(201);
    let handed = derui.post("/v1/declarations", flowing("X-4").0).await.expect(201);

    for receipt in [&unagreed, &unmapped] {
        assert_eq!(receipt.text("/status"), "MANUAL_REVIEW", "{:#}", receipt.body);
        assert_eq!(receipt.text("/insp_org"), WAIGAOQIAO);
        assert!(receipt.codes().contains(&"destination-outside-bureau"));
    }
    assert_eq!((handed.text("/status"), handed.text("/insp_org")), ("SELECTED", XIAOSHAN));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn each_side_keeps_both_receipts_and_they_are_the_same(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let (case, _) = visiting(&league, "X-5").await;

    let here = handoff_at(league.at(SHANGHAI), SSE, &case.id).await;
    let there = handoff_at(league.at(ZHEJIANG), XIAOSHAN, &case.id).await;

    assert_eq!(here["state"], "ACCEPTED");
    for member in ["id", "state", "offered_at", "expires_at", "offer_receipt", "answer_receipt"] {
        assert_eq!(here[member], there[member], "{member}");
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn goods_that_fail_there_lose_their_form_here_and_end_there(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let (case, visitor) = visiting(&league, "X-6").await;

    visitor.inspect(XIAOSHAN, "FAIL").await;
    league.settle().await;
    assert_eq!(case.status().await, "NON_CONFORMING");
    let proof = json!({ "kind": "DESTROYED", "evidence": ["销毁证明 2014-07"] });
    visitor.officer(XIAOSHAN, Role::Inspector, "close-inspection", proof).await.expect(200);
    league.settle().await;

    assert_eq!([case.status().await, visitor.status().await], ["CLOSED", "CLOSED"]);
    assert_eq!(owners(&league, &case.id).await, [ZHEJIANG], "the last holder keeps it");
    let told = "select data->'result'->>'code' from events
        where subject = $1 and kind = 'inspection.failed'";
    assert_eq!(case.text(told).await, "PEST", "home has the result");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_office_whose_policy_is_automatic_agrees_by_itself(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let offices = "code,name_zh,name_en,direct_bureau,participating,handoff_policy,synthetic,valid_from\n\
        330900,萧山局,Xiaoshan CIQ,330000,false,AUTOMATIC,true,2014-05-12\n";
    league.at(ZHEJIANG).import("offices", offices).await;
    let case = offered(&league, "X-7").await;

    league.settle().await;

    assert_eq!(owners(&league, &case.id).await, [ZHEJIANG]);
}
