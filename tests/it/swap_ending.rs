//! How transfers end otherwise than by a swap: withdrawn, expired, returned, revoked.
use serde_json::{Value, json};
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{HAIYUAN, League, MODEL, SHANGHAI, SSE};

use crate::{
    cases::{Case, tick},
    swaps::{
        ZHEJIANG, annotated, at_origin, claim, claimed, claims, forms, open, state, states,
        swapped, transferred, until,
    },
};

fn because() -> Value {
    json!({ "reason": "合同取消" })
}

fn both(state: &str) -> (String, String) {
    (state.to_owned(), state.to_owned())
}

async fn asks_back(case: &Case<'_>) {
    case.bureau.wait(chrono::Duration::seconds(1));
    let agent = case.bureau.declarant(MODEL).await;
    agent.post(&case.url("withdraw"), because()).await.expect(200);
}

async fn checked<'l>(league: &'l League, password: &str) -> Case<'l> {
    let case = claimed(league, password).await;
    let why = json!({ "reason": "唛头存疑" });
    case.officer(SSE, Role::Inspector, "order-check", why).await.expect(200);
    league.settle().await;
    assert_eq!(states(league).await, both("SPOT_CHECK_PENDING"));
    case
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_claim_that_is_withdrawn_frees_the_transfer_for_another(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    let case = claimed(&league, &password).await;
    asks_back(&case).await;
    league.settle().await;
    let held_back = state(case.bureau).await;

    let approve = case.officer(SSE, Role::AcceptanceOfficer, "approve-withdrawal", because());
    approve.await.expect(200);
    league.settle().await;

    assert_eq!(held_back, "CLAIMED", "nothing is swapped that somebody wants back");
    assert_eq!(case.status().await, "WITHDRAWN");
    assert_eq!(states(&league).await, both("RECEIVED_BY_PORT"));
    let another = case.bureau.declarant(HAIYUAN).await;
    let second = claims(&another, claim(&password)).await.expect(201);
    assert_ne!(second.text("/transfer/port_decl_no"), case.receipt.text("/transfer/port_decl_no"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_claim_whose_withdrawal_is_refused_is_swapped_after_all(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    let case = claimed(&league, &password).await;
    asks_back(&case).await;
    league.settle().await;

    let refuse = case.officer(SSE, Role::AcceptanceOfficer, "refuse-withdrawal", because());
    refuse.await.expect(200);
    league.settle().await;

    assert_eq!(states(&league).await, both("SWAPPED"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_nobody_claims_by_its_last_day_expires_at_both_ends_the_night_after(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    let port = league.at(SHANGHAI);

    until(&league, "2014-07-20T15:00:00Z");
    tick(port).await;
    let last_evening = state(port).await;
    until(&league, "2014-07-20T16:06:00Z");
    for bureau in [port, league.at(ZHEJIANG)] {
        tick(bureau).await;
    }
    league.settle().await;

    assert_eq!(last_evening, "RECEIVED_BY_PORT");
    assert_eq!(states(&league).await, both("EXPIRED"));
    let late = claims(&port.declarant(MODEL).await, claim(&password)).await.expect(409);
    assert_eq!(late.problem(), "transfer/not-claimable");
    assert_eq!(port.count("select count(*) from claim_tries").await, 0, "right, so no failure");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_check_that_nobody_ended_in_time_ends_with_the_transfer(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    until(&league, "2014-07-18T01:00:00Z");
    let case = checked(&league, &password).await;

    until(&league, "2014-07-20T16:06:00Z");
    tick(case.bureau).await;
    league.settle().await;

    assert_eq!(states(&league).await, both("EXPIRED"));
    assert_eq!(case.status().await, "CANCELLED_BY_CIQ");
    assert_eq!(forms(&case).await, []);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_swapped_transfer_is_consumed_if_customs_used_its_form_and_expires_if_not(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    let case = swapped(&league, &password).await;
    annotated(&case).await;

    until(&league, "2014-07-20T16:06:00Z");
    tick(case.bureau).await;
    league.settle().await;

    assert_eq!(states(&league).await, both("CONSUMED"));
    assert_eq!(case.status().await, "RELEASED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_duty_chief_returns_goods_that_failed_to_the_origin(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    let case = checked(&league, &password).await;
    case.inspect(SSE, "FAIL").await;
    let port = case.bureau;
    let path = format!("/v1/transfers/{}/return", case.receipt.text("/transfer/id"));

    let inspector = port.officer(SSE, Role::Inspector).await;
    inspector.post(&path, because()).await.expect(403);
    let elsewhere = port.officer(tests::YANGSHAN, Role::DutyChief).await;
    elsewhere.post(&path, because()).await.expect(404);
    let chief = port.officer(SSE, Role::DutyChief).await;
    let returned = chief.post(&path, json!({ "reason": "货证不符" })).await.expect(200);
    league.settle().await;

    assert_eq!(returned.text("/state"), "RETURNED_TO_ORIGIN");
    assert_eq!(states(&league).await, both("RETURNED_TO_ORIGIN"));
    assert_eq!(case.status().await, "CANCELLED_BY_CIQ");
    let known = at_origin(&league, "", Value::Null).await.expect(200);
    assert_eq!(known.text("/reason"), "货证不符");
    let again = claims(&port.declarant(HAIYUAN).await, claim(&password)).await.expect(409);
    assert_eq!(again.problem(), "transfer/not-claimable");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn goods_that_were_not_drawn_are_not_returned(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    let case = swapped(&league, &password).await;

    let chief = case.bureau.officer(SSE, Role::DutyChief).await;
    let path = format!("/v1/transfers/{}/return", case.receipt.text("/transfer/id"));
    let refused = chief.post(&path, because()).await.expect(409);

    assert_eq!(refused.problem(), "transfer/wrong-state");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_origin_revokes_what_nobody_has_claimed(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;

    let asked = at_origin(&league, "revoke", because()).await.expect(200);
    league.settle().await;

    assert_eq!(asked.text("/state"), "RECEIVED_BY_PORT", "until the port has said so");
    assert_eq!(states(&league).await, both("REVOKED_BY_ORIGIN"));
    let agent = league.at(SHANGHAI).declarant(MODEL).await;
    let late = claims(&agent, claim(&password)).await.expect(409);
    assert_eq!(late.problem(), "transfer/not-claimable");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_revocation_before_the_swap_ends_the_case_at_the_port(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    let case = checked(&league, &password).await;

    at_origin(&league, "revoke", because()).await.expect(200);
    league.settle().await;

    assert_eq!(states(&league).await, both("REVOKED_BY_ORIGIN"));
    assert_eq!(case.status().await, "CANCELLED_BY_CIQ");
    assert_eq!(forms(&case).await, []);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_revocation_after_the_swap_voids_the_form_that_customs_has_not_used(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    let case = swapped(&league, &password).await;

    at_origin(&league, "revoke", because()).await.expect(200);
    league.settle().await;

    assert_eq!(states(&league).await, both("REVOKED_BY_ORIGIN"));
    assert_eq!(case.status().await, "CANCELLED_BY_CIQ");
    let (_, form) = forms(&case).await.remove(0);
    assert_eq!(form, "VOID");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_revocation_after_customs_used_the_form_is_refused_and_the_port_is_alerted(pool: PgPool) {
    let league = open(pool).await;
    let (_origin, password) = transferred(&league).await;
    let case = swapped(&league, &password).await;
    annotated(&case).await;

    at_origin(&league, "revoke", because()).await.expect(200);
    league.settle().await;

    assert_eq!(states(&league).await, both("SWAPPED"));
    let (_, form) = forms(&case).await.remove(0);
    assert_eq!(form, "ANNOTATED");
    let known = at_origin(&league, "", Value::Null).await.expect(200);
    assert_eq!(known.text("/revocation_refused"), "customs has used the form");
    let alert = "select count(*) from events where kind = 'transfer.revocation_refused'";
    assert_eq!(case.bureau.count(alert).await, 1, "somebody at the port has to tell customs");
}
