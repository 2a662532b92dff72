//! Outbound goods at the office where they are made: filed, inspected, cleared and released.
use serde_json::{Value, json};
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{Bureau, Consignment, DERUI, SSE, down};

use crate::cases::Case;

/// Down of an enterprise of Shanghai, which leaves through Shanghai.
fn own_down(reference: &str) -> Consignment {
    down(reference)
        .at(SSE, SSE)
        .with("/decl_reg_no", json!(DERUI))
        .with("/consignor/code", json!(DERUI))
        .with("/goods/0/orig_place_code", json!("310115"))
}

async fn filed(bureau: &Bureau, goods: Consignment) -> Case<'_> {
    let derui = bureau.derui().await;
    let case = Case::accepted(bureau, &derui, goods).await;
    assert_ne!(case.status().await, "NEEDS_CORRECTION", "{:#}", case.receipt.body);
    case
}

async fn checked<'b>(bureau: &'b Bureau, reference: &str) -> Case<'b> {
    let case = filed(bureau, own_down(reference)).await;
    if case.status().await == "CONFORMING" {
        let why = json!({ "reason": "出口前检验" });
        case.officer(SSE, Role::Inspector, "order-check", why).await.expect(200);
    }
    case
}

async fn issue(case: &Case<'_>) -> tests::Reply {
    case.officer(SSE, Role::ReleaseOfficer, "clearance-forms", json!({})).await
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn outbound_goods_are_inspected_and_released_with_their_form_in_one_act(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = checked(&bureau, "OUT-1").await;
    case.inspect(SSE, "PASS").await;
    let unpaid = issue(&case).await.expect(409);
    case.pay().await;

    let form = issue(&case).await.expect(201);

    assert_eq!(unpaid.problem(), "declaration/fee-outstanding");
    assert_eq!(case.receipt.text("/fee_notice/total/amount"), "2666.00", "1.2 per mille");
    assert!(form.text("/clearance_no").starts_with("310900214"), "class 2: {}", form.body);
    assert_eq!(form.text("/valid_until"), "2014-07-11", "sixty days");
    assert_eq!(case.status().await, "RELEASED");
    let history = bureau.history(&case.id).await;
    assert_eq!(history[history.len() - 2..], ["clearance_form.issued", "declaration.released"]);
    let kept = case.text("select clearance_no from releases where declaration_id = $1").await;
    assert_eq!(kept, form.text("/clearance_no"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn no_outbound_form_comes_before_the_result(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = checked(&bureau, "OUT-2").await;
    case.pay().await;

    let early = issue(&case).await.expect(409);

    assert_eq!(early.problem(), "clearance-form/result-awaited");
    assert_eq!(bureau.count("select count(*) from clearance_forms").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn no_form_is_left_where_the_release_of_outbound_goods_is_refused(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = checked(&bureau, "OUT-3").await;
    case.inspect(SSE, "PASS").await;
    case.pay().await;
    case.force("update declarations set withdrawal_requested_at = now() where id = $1").await;

    let refused = issue(&case).await.expect(409);

    assert_eq!(refused.problem(), "declaration/withdrawal-pending");
    assert_eq!(bureau.count("select count(*) from clearance_forms").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn outbound_goods_that_failed_are_reworked_and_inspected_again(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = checked(&bureau, "OUT-4").await;
    case.inspect(SSE, "FAIL").await;
    let second = bureau.second_officer(SSE, Role::Inspector).await.id;

    let body = json!({ "second_inspector": second, "reason": "重新加工" });
    case.officer(SSE, Role::Inspector, "rework", body).await.expect(200);
    case.sign(SSE, 1, "PASS").await.expect(200);
    case.sign(SSE, 2, "PASS").await.expect(200);

    assert_eq!(case.status().await, "CONFORMING");
    let released = case.officer(SSE, Role::ReleaseOfficer, "release", Value::Null).await;
    assert_eq!(released.expect(409).problem(), "declaration/fee-outstanding");
}
