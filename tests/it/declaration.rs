//! After the filing: corrected, taken back, amended, moved to another office, ended.
use chrono::Duration;
use serde_json::{Value, json};
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{
    Bureau, Consignment, DERUI, HAIYUAN, MODEL, Person, Reply, SSE, WAIGAOQIAO, YANGSHAN, screws,
    toys, wine,
};

use crate::cases::{Case, DOUBTFUL_CONTAINER, tick};

const FILE: &str = "/v1/declarations";

fn because() -> Value {
    json!({ "reason": "合同取消" })
}

/// Something an officer must look at.
fn doubtful(reference: &str) -> Consignment {
    screws(reference)
        .with("/containers/0/cont_no", json!(DOUBTFUL_CONTAINER))
        .with("/goods/0/container_nos", json!([DOUBTFUL_CONTAINER]))
}

/// Something that is returned.
fn faulty(reference: &str) -> Consignment {
    screws(reference).with("/goods/0/hs_code", json!("73"))
}

/// A new reference for goods that another one declared.
fn anew(goods: Consignment, of: &str) -> Consignment {
    goods
        .with("/bill_lad_no", json!(format!("B{of}")))
        .with("/delivery_order", json!(format!("D{of}")))
}

/// Wine of the seeded number 124, which is drawn, or 123, which is not.
async fn wine_case(bureau: &Bureau, serial: i32) -> Case<'_> {
    bureau.next_serial(SSE, serial).await;
    let importer = bureau.declarant(HAIYUAN).await;
    let case = Case::filed(bureau, &importer, wine(&format!("WN-{serial}"))).await;
    let expected = if serial == 124 { "SELECTED" } else { "CONFORMING" };
    assert_eq!(case.receipt.text("/status"), expected, "{:#}", case.receipt.body);
    bureau.settle().await;
    case
}

async fn amend(case: &Case<'_>, who: &Person<'_>, content: Consignment) -> Reply {
    case.bureau.wait(Duration::seconds(1));
    let body = json!({ "reason": "更改", "content": content.0 });
    who.post(&case.url("amendments"), body).await
}

async fn decide(case: &Case<'_>, amendment: &Reply, act: &str, body: Value) -> Reply {
    let officer = case.bureau.officer(SSE, Role::AcceptanceOfficer).await;
    officer.post(&format!("/v1/amendments/{}/{act}", amendment.text("/id")), body).await
}

async fn amended(case: &Case<'_>, who: &Person<'_>, content: Consignment) {
    let wish = amend(case, who, content).await.expect(201);
    decide(case, &wish, "approve", Value::Null).await.expect(200);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_returned_declaration_is_corrected_under_its_own_reference(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::filed(&bureau, &derui, faulty("C-1")).await;

    let worse = faulty("C-1").without("/goods_place");
    let second = derui.post(&case.url("resubmit"), worse.0).await.expect(200);
    let third = derui.post(&case.url("resubmit"), screws("C-1").0).await.expect(200);
    let repeated = derui.post(&case.url("resubmit"), screws("C-1").0).await.expect(200);
    let once_more = screws("C-1").with("/goods_place", json!("别处"));
    let too_late = derui.post(&case.url("resubmit"), once_more.0).await.expect(409);

    assert_eq!(second.text("/status"), "NEEDS_CORRECTION");
    assert_eq!(second.codes(), ["mandatory-field", "hs-code-malformed"], "all of this version");
    assert_eq!(third.body["version"], 3);
    assert_eq!(third.text("/status"), "CONFORMING");
    assert_eq!(repeated.body, third.body);
    assert_eq!(too_late.problem(), "declaration/wrong-status");
    let versions = "select count(*) from declaration_versions";
    assert_eq!(bureau.count(versions).await, 3);
    let from_draft = "select count(*) from events where previous = 'DRAFT'";
    assert_eq!(bureau.count(from_draft).await, 1, "it came out of the draft once");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_correction_is_of_the_same_case_and_by_its_declarant(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::filed(&bureau, &derui, faulty("C-2")).await;
    let url = case.url("resubmit");

    let other = derui.post(&url, screws("C-3").0).await.expect(422);
    let stranger = screws("C-2").of(HAIYUAN);
    bureau.declarant(HAIYUAN).await.post(&url, stranger.0).await.expect(404);

    assert_eq!(other.codes(), ["not-the-same-declaration"]);
    assert_eq!(case.status().await, "NEEDS_CORRECTION");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_correction_whose_new_delivery_order_is_in_use_is_refused(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    Case::filed(&bureau, &derui, screws("C-4")).await;
    let case = Case::filed(&bureau, &derui, faulty("C-5")).await;

    let refused = derui.post(&case.url("resubmit"), anew(screws("C-5"), "C-4").0).await.expect(409);

    assert_eq!(refused.problem(), "declaration/do-already-declared");
    assert_eq!(case.status().await, "NEEDS_CORRECTION");
}

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

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_approved_amendment_is_the_next_version_under_the_same_number(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::accepted(&bureau, &derui, toys("A-1")).await;
    bureau.settle().await;
    let moved =
        toys("A-1").with("/goods_place", json!("二号堆场")).with("/trans_mean_no", json!("022E"));

    let wish = amend(&case, &derui, moved.clone()).await.expect(201);
    assert_eq!(wish.text("/due_on"), "2014-05-13", "one working day");
    let second = amend(&case, &derui, moved.clone()).await.expect(409);
    assert_eq!(second.problem(), "amendment/one-at-a-time");
    let elsewhere = bureau.officer(WAIGAOQIAO, Role::AcceptanceOfficer).await;
    let approve = format!("/v1/amendments/{}/approve", wish.text("/id"));
    elsewhere.post(&approve, Value::Null).await.expect(403);
    decide(&case, &wish, "approve", Value::Null).await.expect(200);

    let whole = derui.get(&format!("{FILE}/{}", case.id)).await.expect(200);
    assert_eq!(whole.body["version"], 2);
    assert_eq!(whole.text("/content/goods_place"), "二号堆场");
    let number = case.text("select decl_no from declarations where id = $1").await;
    assert_eq!(whole.text("/decl_no"), number);
    let first = case.text(
        "select content->>'goods_place' from declaration_versions where declaration_id = $1 and version = 1",
    );
    assert_eq!(first.await, "外高桥港区四期堆场", "the old version is kept");
    decide(&case, &wish, "approve", Value::Null).await.expect(409);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_wish_is_refused_with_a_reason_or_taken_back_and_changes_nothing(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::accepted(&bureau, &derui, toys("A-2")).await;
    let moved = || toys("A-2").with("/goods_place", json!("二号堆场"));

    let wish = amend(&case, &derui, moved()).await.expect(201);
    decide(&case, &wish, "refuse", because()).await.expect(200);
    let wish = amend(&case, &derui, moved()).await.expect(201);
    let withdraw = format!("/v1/amendments/{}/withdraw", wish.text("/id"));
    bureau.declarant(HAIYUAN).await.post(&withdraw, Value::Null).await.expect(404);
    derui.post(&withdraw, Value::Null).await.expect(200);

    let whole = derui.get(&format!("{FILE}/{}", case.id)).await.expect(200);
    assert_eq!(whole.body["version"], 1);
    let list = derui.get(&case.url("amendments")).await.expect(200);
    let states: Vec<_> =
        list.body["data"].as_array().unwrap().iter().map(|one| one["state"].clone()).collect();
    assert_eq!(states, ["REFUSED", "WITHDRAWN"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn all_that_an_amendment_may_not_change_is_told_at_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let importer = bureau.declarant(HAIYUAN).await;
    let case = wine_case(&bureau, 124).await;
    case.pay().await;
    case.officer(YANGSHAN, Role::ReleaseOfficer, "clearance-forms", json!({})).await.expect(201);

    let wish = wine("WN-124")
        .with("/goods_place", json!("另一堆场"))
        .with("/delivery_order", json!("OTHER"))
        .with("/goods/0/hs_code", json!("2204290000"))
        .with("/goods/0/qty", json!("12001"))
        .with("/goods/0/goods_total_val", json!("48001.00"))
        .with("/goods/0/ori_ctry_code", json!("IT"))
        .with("/containers/0/cont_no", json!("TCLU4501272"))
        .with("/decl_date", json!("2014-05-11"));
    let refused = amend(&case, &importer, wish).await.expect(422);

    let mut told: Vec<_> = refused.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| format!("{} {}", tests::text(error, "/code"), tests::text(error, "/pointer")))
        .collect();
    told.sort_unstable();
    let expected = [
        "not-amendable /containers/0/cont_no",
        "not-amendable /decl_date",
        "not-amendable /delivery_order",
        "not-amendable /goods/0/goods_total_val",
        "not-amendable /goods/0/hs_code",
        "not-amendable /goods/0/ori_ctry_code",
        "not-amendable /goods/0/qty",
    ];
    assert_eq!(told, expected);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn before_a_result_much_may_be_amended_and_after_it_little(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::accepted(&bureau, &derui, toys("A-3")).await;
    bureau.settle().await;
    let origin = |country: &str| toys("A-3").with("/goods/0/ori_ctry_code", json!(country));
    amended(&case, &derui, origin("AT")).await;

    case.inspect(WAIGAOQIAO, "PASS").await;

    let other_origin = amend(&case, &derui, origin("CH")).await.expect(422);
    let more = origin("AT").with("/goods/0/weight", json!("18600.0001"));
    let more = amend(&case, &derui, more).await.expect(422);
    let dearer = origin("AT").with("/goods/0/goods_total_val", json!("45375.01"));
    let dearer = amend(&case, &derui, dearer).await.expect(422);
    assert_eq!(other_origin.codes(), ["not-amendable"]);
    assert_eq!(more.codes(), ["not-amendable"]);
    assert_eq!(dearer.codes(), ["not-amendable"]);
    let less = origin("AT")
        .with("/goods/0/weight", json!("18000"))
        .with("/goods/0/goods_total_val", json!("45375.00"));
    amended(&case, &derui, less).await;
    assert_eq!(case.status().await, "CONFORMING", "a result stands");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nothing_is_amended_before_acceptance_after_release_or_once_customs_used_the_form(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let waiting = Case::filed(&bureau, &derui, doubtful("A-4")).await;
    let early = amend(&waiting, &derui, doubtful("A-4").with("/goods_place", json!("x"))).await;
    let released = Case::filed(&bureau, &derui, screws("A-5")).await;
    bureau.settle().await;
    let late = amend(&released, &derui, screws("A-5").with("/goods_place", json!("x"))).await;
    let used = wine_case(&bureau, 124).await;
    used.pay().await;
    used.officer(YANGSHAN, Role::ReleaseOfficer, "clearance-forms", json!({})).await.expect(201);
    used.force("update clearance_forms set state = 'ANNOTATED' where declaration_id = $1").await;
    let importer = bureau.declarant(HAIYUAN).await;
    let too_late = amend(&used, &importer, wine("WN-124").with("/goods_place", json!("x"))).await;

    assert_eq!(early.expect(409).problem(), "declaration/wrong-status");
    assert_eq!(late.expect(409).problem(), "declaration/wrong-status");
    assert_eq!(too_late.expect(409).problem(), "clearance-form/annotated");
}

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
