//! Cancelled, or silent for thirty days.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_duty_chief_of_the_office_that_holds_a_case_cancels_it(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = wine_case(&bureau, 124).await;
    case.pay().await;
    case.officer(YANGSHAN, Role::ReleaseOfficer, "clearance-forms", json!({})).await.expect(201);

    case.officer(SSE, Role::DutyChief, "cancel", because()).await.expect(403);
    let cancelled = case.officer(YANGSHAN, Role::DutyChief, "cancel", because()).await.expect(200);

    assert_eq!(cancelled.text("/status"), "CANCELLED_BY_CIQ");
    let form = case.text("select state from clearance_forms where declaration_id = $1").await;
    assert_eq!(form, "VOID");
    let importer = bureau.declarant(HAIYUAN).await;
    importer.post(FILE, anew(wine("WN-10"), "WN-124").0).await.expect(201);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_cancelled_case_is_no_longer_offered(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = Case::filed(&bureau, &bureau.derui().await, screws("N-1")).await;

    case.officer(SSE, Role::DutyChief, "cancel", because()).await.expect(200);
    bureau.settle().await;

    assert_eq!(case.handoff().await["state"], "RECALLED");
    assert_eq!(case.status().await, "CANCELLED_BY_CIQ");
    assert_eq!(case.holder().await, SSE);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn after_thirty_days_of_silence_a_case_withdraws_itself(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let returned = Case::filed(&bureau, &derui, faulty("T-1")).await;
    let in_review = Case::filed(&bureau, &derui, doubtful("T-2")).await;
    let drawn = Case::accepted(&bureau, &derui, toys("T-3")).await;
    bureau.settle().await;

    bureau.wait(Duration::days(30));
    tick(&bureau).await;
    assert_eq!(returned.status().await, "NEEDS_CORRECTION", "the thirtieth day is not over");
    bureau.wait(Duration::days(1));
    tick(&bureau).await;

    assert_eq!(returned.status().await, "AUTO_WITHDRAWN");
    assert_eq!(drawn.status().await, "AUTO_WITHDRAWN");
    assert_eq!(in_review.status().await, "MANUAL_REVIEW", "here the bureau is to speak");
    let history = bureau.history(&returned.id).await;
    assert_eq!(history.last().unwrap(), "declaration.auto_withdrawn");
    let derui = bureau.derui().await;
    derui.post(FILE, anew(screws("T-4"), "T-1").0).await.expect(201);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_appointment_or_a_live_form_keeps_a_drawn_case_from_withdrawing_itself(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let appointed = Case::accepted(&bureau, &derui, toys("T-5")).await;
    let cleared = wine_case(&bureau, 124).await;
    cleared.pay().await;
    cleared.officer(YANGSHAN, Role::ReleaseOfficer, "clearance-forms", json!({})).await.expect(201);

    bureau.wait(Duration::days(20));
    appointed.appoint(WAIGAOQIAO).await.expect(201);
    bureau.wait(Duration::days(15));
    tick(&bureau).await;
    assert_eq!(appointed.status().await, "SELECTED");
    assert_eq!(cleared.status().await, "SELECTED");
    bureau.wait(Duration::days(16));
    tick(&bureau).await;

    assert_eq!(appointed.status().await, "AUTO_WITHDRAWN", "nobody came to the appointment");
    assert_eq!(cleared.status().await, "SELECTED");
}
