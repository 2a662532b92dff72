//! Release before payment: what monthly settlement is for.
use serde_json::{Value, json};
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{Bureau, HAIYUAN, Reply, SSE, YANGSHAN, wine};

use crate::cases::Case;

/// The importer settles monthly, up to that many yuan.
async fn settles_monthly(bureau: &Bureau, yuan: &str) {
    let limit = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
    let agreement = json!({
        "reg_no": HAIYUAN, "account_token": "acct-ok", "signed_on": "2014-05-12",
        "single_limit": limit("20000.00"), "daily_limit": limit("200000.00"), "credit_settlement": true,
    });
    let officer = bureau.officer(SSE, Role::FeeOfficer).await;
    officer.post("/v1/agreements", agreement).await.expect(201);
    let grant = json!({ "reg_no": HAIYUAN, "credit_limit": limit(yuan), "due_day": 10 });
    let chief = bureau.officer(SSE, Role::DutyChief).await;
    chief.post("/v1/monthly-settlements", grant).await.expect(201);
}

/// Wine for 484 yuan that is not drawn, handed over to Yangshan; nobody paid.
async fn arrived(bureau: &Bureau, serial: i32) -> Case<'_> {
    bureau.next_serial(SSE, serial).await;
    let importer = bureau.declarant(HAIYUAN).await;
    let case = Case::filed(bureau, &importer, wine(&format!("WN-{serial}"))).await;
    bureau.settle().await;
    case
}

async fn issue(case: &Case<'_>) -> Reply {
    case.officer(YANGSHAN, Role::ReleaseOfficer, "clearance-forms", json!({})).await
}

async fn release(case: &Case<'_>) -> Reply {
    case.officer(YANGSHAN, Role::ReleaseOfficer, "release", Value::Null).await
}

async fn notice(case: &Case<'_>) -> String {
    case.text("select state || ' ' || credit from fee_notices where declaration_id = $1").await
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn goods_are_cleared_and_released_before_they_are_paid_for(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    settles_monthly(&bureau, "500.00").await;
    let case = arrived(&bureau, 123).await;

    issue(&case).await.expect(201);
    release(&case).await.expect(200);

    assert_eq!(case.status().await, "RELEASED");
    assert_eq!(notice(&case).await, "ISSUED GRANTED");
    assert_eq!(bureau.count("select differing + abs(sum_fen) from ledger_proof").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn above_the_limit_goods_wait_for_payment_and_are_told_why(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    settles_monthly(&bureau, "483.99").await;
    let case = arrived(&bureau, 123).await;
    assert_eq!(notice(&case).await, "ISSUED OVER_LIMIT");

    let refused = issue(&case).await.expect(409);

    assert_eq!(refused.problem(), "declaration/fee-outstanding");
    assert!(refused.text("/detail").contains("credit limit"), "{:#}", refused.body);
    case.pay().await;
    issue(&case).await.expect(201);
    release(&case).await.expect(200);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_form_on_credit_is_no_release_once_something_is_overdue(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    settles_monthly(&bureau, "5000.00").await;
    let case = arrived(&bureau, 123).await;
    issue(&case).await.expect(201);
    bureau.wait(chrono::Duration::days(30));

    let refused = release(&case).await.expect(409);

    assert_eq!(refused.problem(), "declaration/fee-outstanding");
    assert!(refused.text("/detail").contains("overdue"), "{:#}", refused.body);
}
