//! What an amendment does to fees, draw, form and keys (R13).
use super::*;

fn wine_worth(value: &str, price: &str, in_yuan: &str) -> Consignment {
    wine("WN-123")
        .with("/goods/0/goods_total_val", json!(value))
        .with("/goods/0/price_per_unit", json!(price))
        .with("/total_val_cn", json!(in_yuan))
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_unpaid_notice_is_voided_and_issued_anew_by_an_amendment(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = wine_case(&bureau, 123).await;
    let importer = bureau.declarant(HAIYUAN).await;

    amended(&case, &importer, wine_worth("60000.00", "5.00", "504000.00")).await;

    let notices = case.text(
        "select string_agg(kind || ' ' || state || ' ' || total_fen / 100, ', ' order by total_fen)
         from fee_notices where declaration_id = $1",
    );
    assert_eq!(notices.await, "ORIGINAL VOIDED 484, ORIGINAL ISSUED 605");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_was_paid_is_supplemented_when_an_amendment_makes_the_goods_dearer(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = wine_case(&bureau, 123).await;
    let importer = bureau.declarant(HAIYUAN).await;
    case.pay().await;

    amended(&case, &importer, wine_worth("60000.00", "5.00", "504000.00")).await;

    let notices = case.text(
        "select string_agg(kind || ' ' || state || ' ' || total_fen / 100, ', ' order by total_fen)
         from fee_notices where declaration_id = $1",
    );
    assert_eq!(notices.await, "SUPPLEMENTARY ISSUED 121, ORIGINAL PAID 484");
    let unpaid = case.officer(YANGSHAN, Role::ReleaseOfficer, "clearance-forms", json!({})).await;
    assert_eq!(unpaid.problem(), "declaration/fee-outstanding");
    case.pay().await;
    case.officer(YANGSHAN, Role::ReleaseOfficer, "clearance-forms", json!({})).await.expect(201);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_was_paid_too_much_is_owed_back_when_an_amendment_makes_the_goods_cheaper(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let case = wine_case(&bureau, 123).await;
    let importer = bureau.declarant(HAIYUAN).await;
    case.pay().await;

    amended(&case, &importer, wine_worth("36000.00", "3.00", "302400.00")).await;

    assert_eq!(bureau.count("select sum(amount_fen)::int8 from refunds").await, 12_100);
    case.officer(YANGSHAN, Role::ReleaseOfficer, "clearance-forms", json!({})).await.expect(201);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_amendment_that_raises_the_rate_is_compared_with_the_same_draw(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    bureau.next_serial(SSE, 123).await;
    let derui = bureau.derui().await;
    let case = Case::filed(&bureau, &derui, screws("A-6")).await;
    assert_eq!(case.receipt.body["is_selected"], false);
    let drawn = "select draw::text || rate_ppm || reason from selections where declaration_id = $1";
    let before = case.text(drawn).await;

    amended(&case, &derui, toys("A-6")).await;

    assert_eq!(case.status().await, "SELECTED");
    assert_eq!(case.text(drawn).await, before, "what was drawn is never overwritten");
    let raised = "select kind from selection_changes where declaration_id = $1";
    assert_eq!(case.text(raised).await, "RATE_RAISED");
    bureau.settle().await;
    assert_eq!(case.holder().await, WAIGAOQIAO);
    assert_eq!(case.status().await, "SELECTED", "no longer released by itself");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_amendment_voids_a_live_form_and_the_next_one_has_the_next_number(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = wine_case(&bureau, 124).await;
    let importer = bureau.declarant(HAIYUAN).await;
    case.pay().await;
    case.officer(YANGSHAN, Role::ReleaseOfficer, "clearance-forms", json!({})).await.expect(201);

    amended(&case, &importer, wine("WN-124").with("/goods/0/qty", json!("11999"))).await;

    let form = case.text("select state from clearance_forms where declaration_id = $1").await;
    assert_eq!(form, "VOID");
    let again = case.officer(YANGSHAN, Role::ReleaseOfficer, "clearance-forms", json!({})).await;
    let again = again.expect(201);
    assert_eq!(again.text("/clearance_no"), "310900114000124001");
    assert_eq!(again.text("/lines/0/quantity"), "11999");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_amendment_leaves_the_release_office_where_it_was_moved(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::accepted(&bureau, &derui, toys("A-7")).await;
    let change = json!({ "release_org": YANGSHAN });
    derui.post(&case.url("change-release-office"), change).await.expect(200);
    let moved = toys("A-7").with("/goods_place", json!("二号堆场"));

    let as_filed = amend(&case, &derui, moved.clone()).await.expect(422);
    amended(&case, &derui, moved.at(SSE, YANGSHAN)).await;

    assert_eq!(as_filed.codes(), ["not-amendable"], "an office is not changed by an amendment");
    let office = case.text("select release_org from declarations where id = $1").await;
    assert_eq!(office, YANGSHAN);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_amendment_claims_the_new_delivery_order_and_lets_the_old_one_go(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::accepted(&bureau, &derui, toys("A-8")).await;
    Case::filed(&bureau, &derui, screws("A-9")).await;

    let taken = amend(&case, &derui, anew(toys("A-8"), "A-9")).await.expect(201);
    let taken = decide(&case, &taken, "approve", Value::Null).await.expect(409);
    let pending = derui.get(&case.url("amendments")).await.expect(200);
    let withdraw = format!("/v1/amendments/{}/withdraw", pending.text("/data/0/id"));
    derui.post(&withdraw, Value::Null).await.expect(200);
    amended(&case, &derui, toys("A-8").with("/delivery_order", json!("NEW"))).await;

    assert_eq!(taken.problem(), "declaration/do-already-declared");
    derui.post(FILE, anew(screws("A-10"), "A-8").of(DERUI).0).await.expect(201);
}
