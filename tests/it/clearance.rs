//! Clearance forms and releases: at the release office, with nothing outstanding.
use chrono::Duration;
use serde_json::{Value, json};
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{Bureau, Consignment, HAIYUAN, Reply, SSE, YANGSHAN, screws, wine};

use crate::cases::{Case, tick};

/// Wine that is drawn (serial 124) or not (serial 123), paid and handed over.
async fn paid(bureau: &Bureau, serial: i32) -> Case<'_> {
    let case = unpaid(bureau, serial, wine(&format!("WN-{serial}"))).await;
    case.pay().await;
    case
}

async fn unpaid(bureau: &Bureau, serial: i32, goods: Consignment) -> Case<'_> {
    bureau.next_serial(SSE, serial).await;
    let importer = bureau.declarant(HAIYUAN).await;
    let case = Case::filed(bureau, &importer, goods).await;
    assert_eq!(
        case.receipt.text("/decl_no"),
        format!("310900114000{serial}"),
        "{:#}",
        case.receipt.body
    );
    bureau.settle().await;
    case
}

async fn issue(case: &Case<'_>, body: Value) -> Reply {
    case.officer(YANGSHAN, Role::ReleaseOfficer, "clearance-forms", body).await
}

async fn release(case: &Case<'_>) -> Reply {
    case.officer(YANGSHAN, Role::ReleaseOfficer, "release", Value::Null).await
}

async fn void(case: &Case<'_>, number: &str) -> Reply {
    let act = format!("clearance-forms/{number}/void");
    let reason = json!({ "reason": "品名有误" });
    case.officer(YANGSHAN, Role::ReleaseOfficer, &act, reason).await
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_form_is_numbered_after_its_declaration_and_a_new_one_has_the_next_number(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = paid(&bureau, 123).await;

    let first = issue(&case, json!({})).await.expect(201);
    assert_eq!(first.text("/clearance_no"), "310900114000123000");
    assert_eq!(first.body["before_result"], false);
    let second = issue(&case, json!({})).await.expect(409);
    assert_eq!(second.problem(), "clearance-form/already-live");
    let voided = void(&case, "310900114000123000").await.expect(200);
    assert_eq!(voided.text("/state"), "VOID");
    assert_eq!(
        void(&case, "310900114000123000").await.expect(409).problem(),
        "clearance-form/wrong-state"
    );
    let none = release(&case).await.expect(409);
    assert_eq!(none.problem(), "declaration/no-clearance-form", "a void form clears nothing");
    let again = issue(&case, json!({})).await.expect(201);

    assert_eq!(again.text("/clearance_no"), "310900114000123001");
    let released = release(&case).await.expect(200);
    assert_eq!(released.text("/status"), "RELEASED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_form_clears_part_of_what_was_declared_and_never_more(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = paid(&bureau, 123).await;
    let line =
        |goods_no, quantity| json!({ "lines": [{ "goods_no": goods_no, "quantity": quantity }] });

    let more = issue(&case, line(1, "12000.0001")).await.expect(422);
    let nothing = issue(&case, line(1, "0")).await.expect(422);
    let unknown = issue(&case, line(2, "1")).await.expect(422);
    let part = issue(&case, line(1, "8999")).await.expect(201);

    assert_eq!(more.codes(), ["above-declared"]);
    assert_eq!(nothing.codes(), ["above-declared"]);
    assert_eq!(unknown.codes(), ["goods-line-unknown"]);
    assert_eq!(part.text("/lines/0/quantity"), "8999");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn goods_are_cleared_before_their_result_only_where_every_letter_allows_it(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let drawn = paid(&bureau, 124).await;
    let early = issue(&drawn, json!({})).await.expect(201);
    // Sanitary inspection of special articles, letter V: never before the result (domain R11).
    bureau
        .import(
            "catalogue",
            "hs_code,ciq_code,name_zh,name_en,std_unit,supervision,categories,valid_from,valid_to\n\
             2204210000,,小包装葡萄酒,Wine in containers up to 2 l,LTR,A,V/W,2004-04-01,\n",
        )
        .await;

    assert_eq!(drawn.status().await, "SELECTED");
    assert_eq!(early.body["before_result"], true);
    assert_eq!(release(&drawn).await.expect(409).problem(), "declaration/wrong-status");
    void(&drawn, early.text("/clearance_no")).await.expect(200);
    let late = issue(&drawn, json!({})).await.expect(409);
    assert_eq!(late.problem(), "clearance-form/result-awaited");
    drawn.inspect(YANGSHAN, "PASS").await;
    let after = issue(&drawn, json!({})).await.expect(201);
    assert_eq!(after.body["before_result"], false);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn of_two_forms_issued_at_once_one_is_live(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = paid(&bureau, 123).await;

    let (one, other) = tokio::join!(issue(&case, json!({})), issue(&case, json!({})));

    let mut answers = [one.status.as_u16(), other.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [201, 409]);
    let live = "select count(*) from clearance_forms where state not in ('VOID', 'EXPIRED')";
    assert_eq!(bureau.count(live).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_form_holds_to_the_end_of_its_sixtieth_day(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = paid(&bureau, 123).await;
    let form = issue(&case, json!({})).await.expect(201);
    assert_eq!(form.text("/valid_until"), "2014-07-11");
    let state = "select state from clearance_forms where declaration_id = $1 and sequence = 0";

    bureau.wait(Duration::days(60));
    tick(&bureau).await;
    assert_eq!(case.text(state).await, "ISSUED");
    bureau.wait(Duration::days(1));
    tick(&bureau).await;

    assert_eq!(case.text(state).await, "EXPIRED");
    assert_eq!(release(&case).await.expect(409).problem(), "declaration/no-clearance-form");
    let again = issue(&case, json!({})).await.expect(201);
    assert_eq!(again.text("/clearance_no"), "310900114000123001");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nothing_is_cleared_or_released_before_its_fees_are_settled(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = unpaid(&bureau, 123, wine("WN-123")).await;

    assert_eq!(issue(&case, json!({})).await.expect(409).problem(), "declaration/fee-outstanding");
    assert_eq!(release(&case).await.expect(409).problem(), "declaration/fee-outstanding");
    case.pay().await;
    assert_eq!(release(&case).await.expect(409).problem(), "declaration/no-clearance-form");
    issue(&case, json!({})).await.expect(201);
    release(&case).await.expect(200);

    assert_eq!(release(&case).await.expect(409).problem(), "declaration/wrong-status");
    assert_eq!(bureau.count("select count(*) from releases").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn only_the_release_office_clears_and_releases(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = paid(&bureau, 123).await;
    let form = issue(&case, json!({})).await.expect(201);
    let void = format!("clearance-forms/{}/void", form.text("/clearance_no"));

    for (act, body) in [
        ("clearance-forms", json!({})),
        (void.as_str(), json!({ "reason": "x" })),
        ("release", Value::Null),
    ] {
        case.officer(SSE, Role::ReleaseOfficer, act, body.clone()).await.expect(403);
        case.officer("310200", Role::ReleaseOfficer, act, body.clone()).await.expect(404);
        case.officer(YANGSHAN, Role::Inspector, act, body).await.expect(403);
    }
    assert_eq!(case.status().await, "CONFORMING");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_inspector_who_signed_neither_clears_nor_releases(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = paid(&bureau, 124).await;
    case.inspect(YANGSHAN, "PASS").await;
    bureau.settle().await;
    let signer = bureau.officer(YANGSHAN, Role::Inspector).await.id;
    // One person may hold several roles; exclusions are checked per case (domain R10).
    sqlx::query("update signatures set inspector = $2 where inspector = $1")
        .bind(signer)
        .bind(bureau.officer(YANGSHAN, Role::ReleaseOfficer).await.id)
        .execute(bureau.pool())
        .await
        .unwrap();

    issue(&case, json!({})).await.expect(403);
    release(&case).await.expect(403);
    let colleague = bureau.second_officer(YANGSHAN, Role::ReleaseOfficer).await;
    colleague.post(&case.url("clearance-forms"), json!({})).await.expect(201);
    colleague.post(&case.url("release"), Value::Null).await.expect(200);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn goods_outside_the_catalogue_are_released_on_their_delivery_order_and_need_no_form(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let goods = screws("SC-1").at(SSE, YANGSHAN);
    let case = Case::filed(&bureau, &bureau.derui().await, goods).await;

    let refused = issue(&case, json!({})).await.expect(409);
    assert_eq!(refused.problem(), "clearance-form/not-needed");
    bureau.settle().await;

    let kind =
        case.text("select kind || ' ' || do_key from releases where declaration_id = $1").await;
    assert!(kind.starts_with("DELIVERY_ORDER ") && kind.contains("DSC-1"), "{kind}");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_fail_voids_the_form_unless_customs_has_used_it(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let state = "select state from clearance_forms where declaration_id = $1";
    let unused = paid(&bureau, 124).await;
    issue(&unused, json!({})).await.expect(201);
    unused.inspect(YANGSHAN, "FAIL").await;
    assert_eq!(unused.text(state).await, "VOID");
    assert_eq!(unused.status().await, "NON_CONFORMING");

    let used =
        unpaid(&bureau, 125, wine("WN-125").with("/goods/0/goods_attr", json!(["21"]))).await;
    assert_eq!(used.status().await, "SELECTED", "used goods are inspected always");
    used.pay().await;
    issue(&used, json!({})).await.expect(201);
    used.force("update clearance_forms set state = 'ANNOTATED' where declaration_id = $1").await;
    used.inspect(YANGSHAN, "FAIL").await;
    assert_eq!(used.text(state).await, "ANNOTATED", "the goods are not for sale or use");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn of_many_at_once_each_is_cleared_and_released_or_stays_for_itself(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let owing = unpaid(&bureau, 126, wine("WN-126")).await;
    let paid = paid(&bureau, 123).await;
    let officer = bureau.officer(YANGSHAN, Role::ReleaseOfficer).await;
    let unknown = "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c4d";
    let listed = officer.get("/v1/worklists/releases").await.expect(200);
    let ids: Vec<_> =
        listed.body["data"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert!(ids.contains(&&json!(paid.id)), "it waits for an officer: {ids:?}");

    let forms = json!({ "forms": [
        { "declaration_id": owing.id },
        { "declaration_id": paid.id, "lines": [{ "goods_no": 1, "quantity": "8999" }] },
        { "declaration_id": unknown },
    ] });
    let issued = officer.post("/v1/declarations/clearance-forms", forms.clone()).await.expect(200);
    let again = officer.post("/v1/declarations/clearance-forms", forms).await.expect(200);
    let declarations = json!({ "declarations": [unknown, paid.id, owing.id] });
    let released = officer.post("/v1/declarations/release", declarations.clone()).await.expect(200);
    let late = officer.post("/v1/declarations/release", declarations).await.expect(200);

    let problem = |reply: &Reply, at: usize| {
        let kind = reply.body.pointer(&format!("/data/{at}/problem/type")).cloned();
        kind.and_then(|kind| Some(kind.as_str()?.trim_start_matches("/problems/").to_owned()))
            .unwrap_or_default()
    };
    assert_eq!(problem(&issued, 0), "declaration/fee-outstanding");
    assert_eq!(issued.text("/data/1/form/clearance_no"), "310900114000123000");
    assert_eq!(issued.text("/data/1/form/lines/0/quantity"), "8999");
    assert_eq!(problem(&issued, 2), "not-found", "what one may not see is not there");
    assert_eq!(problem(&again, 1), "clearance-form/already-live");
    assert_eq!(problem(&released, 0), "not-found");
    assert_eq!(released.text("/data/1/declaration/status"), "RELEASED");
    assert_ne!(problem(&released, 2), "", "it is not paid");
    assert_eq!(problem(&late, 1), "declaration/wrong-status");
    assert_eq!(bureau.count("select count(*) from releases").await, 1);
    assert_eq!(bureau.count("select count(*) from clearance_forms").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nobody_is_named_twice_among_many_and_somebody_is_named(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = paid(&bureau, 123).await;
    let officer = bureau.officer(YANGSHAN, Role::ReleaseOfficer).await;
    let (forms, release) = ("/v1/declarations/clearance-forms", "/v1/declarations/release");
    let form = json!({ "declaration_id": case.id });

    let none = officer.post(release, json!({ "declarations": [] })).await.expect(422);
    let twice = json!({ "declarations": [case.id, case.id] });
    let twice = officer.post(release, twice).await.expect(422);
    let forms = officer.post(forms, json!({ "forms": [form, form] })).await.expect(422);
    let many: Vec<_> = (0..201).map(uuid::Uuid::from_u128).collect();
    let many = officer.post(release, json!({ "declarations": many })).await.expect(422);

    // Who may not do it at all learns that, and nothing about the list.
    let clerk = bureau.officer(YANGSHAN, Role::AcceptanceOfficer).await;
    clerk.post(release, json!({ "declarations": [] })).await.expect(403);

    assert_eq!(none.codes(), ["count-out-of-range"]);
    assert_eq!(twice.codes(), ["named-twice"]);
    assert_eq!(twice.text("/errors/0/pointer"), "/declarations/1");
    assert_eq!(forms.text("/errors/0/pointer"), "/forms/1/declaration_id");
    assert_eq!(many.codes(), ["count-out-of-range"]);
    assert_eq!(case.status().await, "CONFORMING");
}
