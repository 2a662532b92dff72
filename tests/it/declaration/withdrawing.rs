//! Withdrawn, or rejected.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_declaration_that_waits_is_withdrawn_at_once_and_frees_its_delivery_order(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::filed(&bureau, &derui, doubtful("W-1")).await;
    derui.post(FILE, anew(screws("W-2"), "W-1").0).await.expect(409);

    let withdrawn = derui.post(&case.url("withdraw"), because()).await.expect(200);

    assert_eq!(withdrawn.text("/status"), "WITHDRAWN");
    derui.post(FILE, anew(screws("W-2"), "W-1").0).await.expect(201);
    let again = derui.post(&case.url("withdraw"), because()).await.expect(409);
    assert_eq!(again.problem(), "declaration/wrong-status");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_accepted_declaration_is_withdrawn_when_an_officer_agrees_and_leaves_nothing_open(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let case = wine_case(&bureau, 124).await;
    let importer = bureau.declarant(HAIYUAN).await;
    case.pay().await;
    case.officer(YANGSHAN, Role::ReleaseOfficer, "clearance-forms", json!({})).await.expect(201);

    let asked = importer.post(&case.url("withdraw"), because()).await.expect(200);
    let meanwhile = case.status().await;
    let elsewhere =
        case.officer(YANGSHAN, Role::AcceptanceOfficer, "approve-withdrawal", because());
    elsewhere.await.expect(403);
    let approved = case
        .officer(SSE, Role::AcceptanceOfficer, "approve-withdrawal", because())
        .await
        .expect(200);

    assert!(!asked.body["withdrawal_requested_at"].is_null());
    assert_eq!(meanwhile, "SELECTED");
    assert_eq!(approved.text("/status"), "WITHDRAWN");
    let form = case.text("select state from clearance_forms where declaration_id = $1").await;
    assert_eq!(form, "VOID");
    assert_eq!(bureau.count("select count(*) from refunds where amount_fen = 48400").await, 1);
    let number = case.receipt.text("/decl_no").to_owned();
    let anew = anew(wine("WN-9"), "WN-124");
    let inherited = importer.post(FILE, anew.0).await.expect(201);
    assert_ne!(inherited.text("/decl_no"), number, "a number is never used again");
    assert_eq!(inherited.text("/status"), "SELECTED", "nobody escapes the draw by declaring anew");
    let reason = "select count(*) from selections where reason = 'INHERITED'";
    assert_eq!(bureau.count(reason).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_case_whose_withdrawal_is_refused_goes_on_as_if_nothing_had_been_asked(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::filed(&bureau, &derui, screws("W-3")).await;

    derui.post(&case.url("withdraw"), because()).await.expect(200);
    bureau.settle().await;
    let waiting = case.status().await;
    let officers = case.officer(WAIGAOQIAO, Role::ReleaseOfficer, "release", Value::Null);
    let officers = officers.await.expect(409);
    let refuse = case.officer(SSE, Role::AcceptanceOfficer, "refuse-withdrawal", because());
    refuse.await.expect(200);
    bureau.settle().await;

    assert_eq!(waiting, "CONFORMING", "nothing is released while the wish is undecided");
    assert_eq!(officers.problem(), "declaration/withdrawal-pending");
    assert_eq!(case.status().await, "RELEASED");
    let late = derui.post(&case.url("withdraw"), because()).await.expect(409);
    assert_eq!(late.problem(), "declaration/wrong-status");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_case_with_a_result_or_a_form_that_customs_used_is_not_withdrawn(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let importer = bureau.declarant(HAIYUAN).await;
    let case = wine_case(&bureau, 124).await;
    case.pay().await;
    case.officer(YANGSHAN, Role::ReleaseOfficer, "clearance-forms", json!({})).await.expect(201);
    case.force("update clearance_forms set state = 'ANNOTATED' where declaration_id = $1").await;

    let used = importer.post(&case.url("withdraw"), because()).await.expect(409);
    case.inspect(YANGSHAN, "PASS").await;
    let judged = importer.post(&case.url("withdraw"), because()).await.expect(409);

    assert_eq!(used.problem(), "clearance-form/annotated");
    assert_eq!(judged.problem(), "declaration/result-exists");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_rejected_declaration_is_over_and_frees_its_delivery_order(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::filed(&bureau, &derui, doubtful("J-1")).await;

    case.officer(YANGSHAN, Role::AcceptanceOfficer, "reject", because()).await.expect(404);
    case.officer(WAIGAOQIAO, Role::AcceptanceOfficer, "reject", because()).await.expect(403);
    case.officer(SSE, Role::AcceptanceOfficer, "reject", json!({ "reason": " " }))
        .await
        .expect(422);
    let rejected =
        case.officer(SSE, Role::AcceptanceOfficer, "reject", because()).await.expect(200);

    assert_eq!(rejected.text("/status"), "REJECTED");
    derui.post(FILE, anew(screws("J-2"), "J-1").0).await.expect(201);
    derui.post(&case.url("resubmit"), screws("J-1").0).await.expect(409);
}
