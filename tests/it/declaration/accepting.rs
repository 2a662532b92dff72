//! What an officer accepts, and by the rules of which day.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_officer_accepts_by_the_eligibility_of_that_day(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::filed(&bureau, &derui, doubtful("E-1")).await;
    sqlx::query("update anywhere_eligibilities set state = 'SUSPENDED'")
        .execute(bureau.pool())
        .await
        .unwrap();

    let refused =
        case.officer(SSE, Role::AcceptanceOfficer, "accept", Value::Null).await.expect(409);
    let returned =
        case.officer(SSE, Role::AcceptanceOfficer, "return", because()).await.expect(200);

    assert_eq!(refused.problem(), "declaration/not-acceptable");
    assert_eq!(refused.codes(), ["not-eligible-anywhere"]);
    assert_eq!(returned.text("/status"), "NEEDS_CORRECTION");
    assert_eq!(
        bureau.count("select count(*) from declarations where decl_no is not null").await,
        0
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_officer_accepts_for_the_release_office_chosen_last(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::filed(&bureau, &derui, doubtful("E-2")).await;
    let change = json!({ "release_org": YANGSHAN });
    derui.post(&case.url("change-release-office"), change).await.expect(200);

    case.officer(SSE, Role::AcceptanceOfficer, "accept", Value::Null).await.expect(200);
    bureau.settle().await;

    assert_eq!(case.status().await, "RELEASED");
    assert_eq!(case.holder().await, YANGSHAN);
}
