//! Another release office, until the goods are released (R9).
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn another_release_office_recalls_the_offer_and_gets_the_case(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::filed(&bureau, &derui, screws("O-1")).await;
    bureau.wait(Duration::seconds(1));

    let change = json!({ "release_org": YANGSHAN });
    let changed = derui.post(&case.url("change-release-office"), change).await.expect(200);
    assert_eq!(changed.text("/release_org"), YANGSHAN);
    let states: Vec<_> = case
        .handoffs()
        .await
        .iter()
        .map(|one| (one["to_org"].clone(), one["state"].clone()))
        .collect();
    assert_eq!(
        states,
        [(json!(WAIGAOQIAO), json!("RECALLED")), (json!(YANGSHAN), json!("OFFERED"))]
    );
    bureau.settle().await;

    let released = derui.get(&format!("{FILE}/{}", case.id)).await.expect(200);
    assert_eq!(released.text("/status"), "RELEASED");
    assert_eq!(released.text("/holder_org"), YANGSHAN);
    let late = json!({ "release_org": SSE });
    let late = derui.post(&case.url("change-release-office"), late).await.expect(409);
    assert_eq!(late.problem(), "declaration/wrong-status");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_new_release_office_must_take_part_and_the_change_is_the_declarants(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::filed(&bureau, &derui, screws("O-2")).await;
    let url = case.url("change-release-office");

    let airport = derui.post(&url, json!({ "release_org": "310400" })).await.expect(422);
    let nowhere = derui.post(&url, json!({ "release_org": "319999" })).await.expect(422);
    let other = bureau.declarant(HAIYUAN).await;
    other.post(&url, json!({ "release_org": YANGSHAN })).await.expect(404);

    assert_eq!(airport.codes(), ["office-not-participating"]);
    assert_eq!(nowhere.codes(), ["office-not-participating"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nobody_comes_to_declare_anywhere_by_changing_the_release_office(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let model = bureau.declarant(MODEL).await;
    let local = screws("O-3").of(MODEL).at(WAIGAOQIAO, WAIGAOQIAO);
    let case = Case::filed(&bureau, &model, local).await;
    let url = case.url("change-release-office");

    let refused = model.post(&url, json!({ "release_org": YANGSHAN })).await.expect(422);

    assert_eq!(refused.codes(), ["not-eligible-anywhere"]);
    let airport = screws("O-4").at("310400", "310400").with("/enty_port_code", json!("310401"));
    let derui = bureau.derui().await;
    let case = Case::filed(&bureau, &derui, airport).await;
    let url = case.url("change-release-office");
    let refused = derui.post(&url, json!({ "release_org": YANGSHAN })).await.expect(422);
    assert_eq!(refused.codes(), ["office-not-participating"], "declared where nobody takes part");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn of_a_release_and_a_change_of_the_release_office_one_wins(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let importer = bureau.declarant(HAIYUAN).await;
    for serial in [200, 300, 400, 500] {
        bureau.next_serial(SSE, serial).await;
        let goods = wine(&format!("X-{serial}"));
        let case = Case::filed(&bureau, &importer, goods).await;
        bureau.settle().await;
        if case.status().await == "SELECTED" {
            case.inspect(YANGSHAN, "PASS").await;
            bureau.settle().await;
        }
        case.pay().await;
        let release_officer = bureau.officer(YANGSHAN, Role::ReleaseOfficer).await;
        release_officer.post(&case.url("clearance-forms"), json!({})).await.expect(201);

        let (change, release) = (case.url("change-release-office"), case.url("release"));
        let (changed, released) = tokio::join!(
            importer.post(&change, json!({ "release_org": SSE })),
            release_officer.post(&release, Value::Null),
        );

        let mut answers = [changed.status.as_u16(), released.status.as_u16()];
        answers.sort_unstable();
        assert_eq!(answers, [200, 409], "{:#} {:#}", changed.body, released.body);
        let is_released = case.status().await == "RELEASED";
        assert_eq!(is_released, released.status == 200);
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_release_that_comes_just_after_the_change_is_told_where_the_case_went(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = wine_case(&bureau, 123).await;
    let importer = bureau.declarant(HAIYUAN).await;
    case.pay().await;
    let issued = case.officer(YANGSHAN, Role::ReleaseOfficer, "clearance-forms", json!({}));
    let form = issued.await.expect(201);

    importer
        .post(&case.url("change-release-office"), json!({ "release_org": SSE }))
        .await
        .expect(200);
    let late = case.officer(YANGSHAN, Role::ReleaseOfficer, "release", Value::Null).await;

    assert_eq!(late.status, 409);
    assert_eq!(late.problem(), "declaration/not-releasable");
    bureau.settle().await;
    let released =
        case.officer(SSE, Role::ReleaseOfficer, "release", Value::Null).await.expect(200);
    assert_eq!(released.text("/status"), "RELEASED");
    let used = case.text("select clearance_no from releases where declaration_id = $1").await;
    assert_eq!(used, form.text("/clearance_no"), "a live form stays valid");
}
