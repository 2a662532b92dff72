//! The invariants of the domain (section 9, as ruled), one test each, named after what it says. Each is tried
//! twice where it can be: through the front door, and at the table behind everybody's back.
use chrono::NaiveDate;
use serde_json::{Value, json};
use shared::{kernel::Role, ledger::Tx, payment};
use sqlx::PgPool;
use tests::{Bureau, HAIYUAN, MODEL, SSE, WAIGAOQIAO, YANGSHAN, screws, toys, wine};

use crate::cases::{Case, DOUBTFUL_CONTAINER, force};

const FILE: &str = "/v1/declarations";

fn because() -> Value {
    json!({ "reason": "合同取消" })
}

async fn wine_case(bureau: &Bureau, serial: i32) -> Case<'_> {
    bureau.next_serial(SSE, serial).await;
    let importer = bureau.declarant(HAIYUAN).await;
    let case = Case::filed(bureau, &importer, wine(&format!("WN-{serial}"))).await;
    bureau.settle().await;
    case
}

async fn issue(case: &Case<'_>) -> tests::Reply {
    case.officer(YANGSHAN, Role::ReleaseOfficer, "clearance-forms", json!({})).await
}

/// The name of the constraint that refuses a statement.
async fn refused_by(case: &Case<'_>, sql: &'static str) -> String {
    let error = force(case.bureau.pool(), &case.id, sql).await.unwrap_err();
    let error = error.as_database_error().unwrap();
    error.constraint().unwrap_or(error.message()).to_owned()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_04_a_declaration_number_is_unique_and_never_used_again(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let first = Case::accepted(&bureau, &derui, toys("I4-1")).await;
    let number = first.text("select decl_no from declarations where id = $1").await;
    derui.post(&first.url("withdraw"), because()).await.expect(200);
    let approve = first.officer(SSE, Role::AcceptanceOfficer, "approve-withdrawal", because());
    approve.await.expect(200);

    let second = Case::accepted(&bureau, &derui, toys("I4-2")).await;

    let next = second.text("select decl_no from declarations where id = $1").await;
    assert!(number.len() == 15 && number.bytes().all(|byte| byte.is_ascii_digit()));
    assert_ne!(next, number);
    let kept = first.text("select decl_no from declarations where id = $1").await;
    assert_eq!(kept, number, "also after the withdrawal");
    let steal = "update declarations set decl_no =
        (select min(decl_no) from declarations) where id = $1";
    assert_eq!(refused_by(&second, steal).await, "declarations_decl_no_key");
    let short = "update declarations set decl_no = '31090011400001' where id = $1";
    assert_eq!(refused_by(&second, short).await, "declarations_decl_no_form");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_05_a_declaration_has_one_live_form_and_its_number_is_never_used_again(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let case = wine_case(&bureau, 123).await;
    case.pay().await;
    let first = issue(&case).await.expect(201);
    assert_eq!(issue(&case).await.expect(409).problem(), "clearance-form/already-live");
    let void = format!("clearance-forms/{}/void", first.text("/clearance_no"));
    case.officer(YANGSHAN, Role::ReleaseOfficer, &void, because()).await.expect(200);
    let second = issue(&case).await.expect(201);

    assert_ne!(second.text("/clearance_no"), first.text("/clearance_no"));
    let revive = "update clearance_forms set state = 'ISSUED', voided_at = null
        where declaration_id = $1 and sequence = 0";
    assert_eq!(refused_by(&case, revive).await, "clearance_forms_one_live");
    let reuse = "update clearance_forms set clearance_no =
        (select min(clearance_no) from clearance_forms) where declaration_id = $1 and sequence = 1";
    assert_eq!(refused_by(&case, reuse).await, "clearance_forms_no_key");
    let consume = "update clearance_forms set state = 'ANNOTATED' where declaration_id = $1
        and sequence = 0";
    assert_eq!(refused_by(&case, consume).await, "clearance_forms_void");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_06_a_form_is_issued_only_when_the_goods_conform_or_may_go_first_and_fees_are_settled(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let case = wine_case(&bureau, 124).await;
    assert_eq!(issue(&case).await.expect(409).problem(), "declaration/fee-outstanding");
    case.pay().await;
    let early = issue(&case).await.expect(201);
    assert_eq!(early.body["before_result"], true, "R11 lets wine go first");

    case.inspect(YANGSHAN, "FAIL").await;

    assert_eq!(issue(&case).await.expect(409).problem(), "declaration/wrong-status");
    let waiting = screws("I6").with("/containers/0/cont_no", json!(DOUBTFUL_CONTAINER));
    let waiting = Case::filed(&bureau, &bureau.derui().await, waiting.at(SSE, YANGSHAN)).await;
    assert_eq!(issue(&waiting).await.status, 409, "nothing is cleared before it is accepted");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_07_no_line_of_a_form_is_above_what_was_declared(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = wine_case(&bureau, 123).await;
    case.pay().await;
    let line = |quantity| json!({ "lines": [{ "goods_no": 1, "quantity": quantity }] });
    let issue =
        async |body| case.officer(YANGSHAN, Role::ReleaseOfficer, "clearance-forms", body).await;

    assert_eq!(issue(line("12001")).await.expect(422).codes(), ["above-declared"]);
    let whole = issue(line("12000")).await.expect(201);

    assert_eq!(whole.text("/lines/0/quantity"), "12000");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_08_a_form_is_valid_for_the_days_of_its_goods_from_the_day_of_issue(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let case = wine_case(&bureau, 123).await;
    case.pay().await;
    // Half past midnight in Shanghai: the day of issue is that of Shanghai.
    bureau.wait(chrono::Duration::hours(14) + chrono::Duration::minutes(10));

    let form = issue(&case).await.expect(201);

    assert_eq!(form.text("/issued_at"), "2014-05-12T16:30:01Z");
    let until: NaiveDate = form.text("/valid_until").parse().unwrap();
    assert_eq!(until, "2014-07-12".parse().unwrap(), "13 May and sixty days");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_11_a_selection_is_drawn_once_in_the_acceptance_and_kept_as_it_was(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = wine_case(&bureau, 124).await;
    let drawn = "select draw::text || rate_ppm || inputs || is_selected || drawn_at
        from selections where declaration_id = $1";
    let before = case.text(drawn).await;
    let at_acceptance = "select (s.drawn_at = d.accepted_at)::text
        from selections s join declarations d on d.id = s.declaration_id where d.id = $1";
    assert_eq!(case.text(at_acceptance).await, "true");

    let inspectors = case.officer(YANGSHAN, Role::Inspector, "deselect", because()).await;
    let silent = json!({ "reason": "" });
    let silent = case.officer(YANGSHAN, Role::DutyChief, "deselect", silent).await;
    case.officer(YANGSHAN, Role::DutyChief, "deselect", because()).await.expect(200);

    assert_eq!(inspectors.status, 403, "only the duty chief changes the outcome");
    assert_eq!(silent.status, 422, "and says why");
    assert_eq!(case.status().await, "CONFORMING");
    assert_eq!(case.text(drawn).await, before, "the draw itself is kept");
    let change = "select kind || ' ' || reason from selection_changes where declaration_id = $1";
    assert_eq!(case.text(change).await, "DESELECTED 合同取消");
    let again = "update selections set is_selected = false where declaration_id = $1";
    assert!(refused_by(&case, again).await.contains("append-only"));
    let gone = "delete from selections where declaration_id = $1";
    assert!(refused_by(&case, gone).await.contains("append-only"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_12_selected_goods_are_never_released_without_a_result_that_two_inspectors_signed(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let case = Case::accepted(&bureau, &bureau.derui().await, toys("I12")).await;
    bureau.settle().await;
    let release =
        async || case.officer(WAIGAOQIAO, Role::ReleaseOfficer, "release", Value::Null).await;

    assert_eq!(release().await.expect(409).problem(), "declaration/wrong-status");
    case.start(WAIGAOQIAO).await;
    case.sign(WAIGAOQIAO, 1, "PASS").await.expect(200);
    case.sign(WAIGAOQIAO, 1, "PASS").await.expect(409);
    assert_eq!(release().await.status, 409, "one signature is no result");
    let by_hand = "update declarations set status = 'RELEASED', released_at = now() where id = $1";
    assert_eq!(refused_by(&case, by_hand).await, "declarations_selected_is_judged");
    let forged = "update inspections set verdict = 'PASS', decided_at = now()
        where declaration_id = $1";
    assert_eq!(refused_by(&case, forged).await, "inspections_signed_twice");
    case.sign(WAIGAOQIAO, 2, "PASS").await.expect(200);
    bureau.settle().await;

    assert_eq!(release().await.expect(200).text("/status"), "RELEASED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_13_offices_of_declare_anywhere_take_part_and_only_the_inspecting_one_writes_results(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let release = derui.post(FILE, screws("I13-1").at(SSE, "310400").0).await.expect(201);
    let declare = derui.post(FILE, screws("I13-2").at("310400", WAIGAOQIAO).0).await.expect(201);
    for (reply, place) in [(release, "/release_org"), (declare, "/decl_org")] {
        assert_eq!(reply.text("/status"), "NEEDS_CORRECTION");
        assert_eq!(reply.codes(), ["office-not-participating"]);
        assert_eq!(reply.text("/defects/0/pointer"), place);
    }

    let case = Case::accepted(&bureau, &derui, toys("I13-3").at(SSE, YANGSHAN)).await;
    let airport = json!({ "release_org": "310400" });
    derui.post(&case.url("change-release-office"), airport).await.expect(422);
    bureau.settle().await;
    case.start(WAIGAOQIAO).await;

    for office in [SSE, YANGSHAN] {
        case.sign(office, 1, "PASS").await.expect(403);
    }
    let model = bureau.declarant(MODEL).await;
    let ineligible = model.post(FILE, screws("I13-4").of(MODEL).0).await.expect(201);
    assert_eq!(ineligible.codes(), ["not-eligible-anywhere"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_14_one_delivery_order_has_one_live_declaration(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (derui, haiyuan) = (bureau.derui().await, bureau.declarant(HAIYUAN).await);
    let twin = |reference: &str| {
        screws(reference)
            .with("/delivery_order", json!("d i14-1"))
            .with("/bill_lad_no", json!("BI14-1"))
    };
    let first = screws("I14-1").with("/goods/0/hs_code", json!("73"));
    let case = Case::filed(&bureau, &derui, first).await;
    assert_eq!(case.receipt.text("/status"), "NEEDS_CORRECTION", "kept also while it is corrected");

    let elsewhere = twin("I14-2").of(HAIYUAN).at(YANGSHAN, YANGSHAN);
    let refused = haiyuan.post(FILE, elsewhere.0.clone()).await.expect(409);
    assert_eq!(refused.problem(), "declaration/do-already-declared");
    derui.post(&case.url("withdraw"), because()).await.expect(200);
    let second =
        Case::filed(&bureau, &haiyuan, twin("I14-2").of(HAIYUAN).at(YANGSHAN, YANGSHAN)).await;
    bureau.settle().await;

    assert_eq!(second.status().await, "RELEASED");
    derui.post(FILE, twin("I14-3").0).await.expect(409);
    let revive = "update declarations set status = 'NEEDS_CORRECTION' where id = $1";
    assert_eq!(refused_by(&case, revive).await, "declarations_do_key");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_15_a_notice_is_whole_yuan_of_the_tariff_paid_once_and_refunded_at_most_that(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let case = wine_case(&bureau, 123).await;
    let cheap = wine("I15").with("/goods/0/goods_total_val", json!("100.00"));
    let cheap = cheap.with("/goods/0/qty", json!("25")).with("/total_val_cn", json!("840.00"));
    let importer = bureau.declarant(HAIYUAN).await;
    let cheap = Case::filed(&bureau, &importer, cheap).await;
    assert_eq!(case.receipt.text("/fee_notice/total/amount"), "484.00");
    assert_eq!(cheap.receipt.text("/fee_notice/total/amount"), "60.00", "the least there is");
    case.pay().await;

    let notice = case.receipt.text("/fee_notice/id");
    let again = importer.post(&format!("/v1/fee-notices/{notice}/pay"), Value::Null).await;
    assert_eq!(again.status, 409);
    let twice =
        "insert into payments (id, notice_id, reg_no, channel, amount_fen, state, created_at)
        select gen_random_uuid(), id, reg_no, 'EPAY', total_fen, 'CREATED', now()
        from fee_notices where declaration_id = $1";
    assert_eq!(refused_by(&case, twice).await, "payments_one_live");
    let cents = "update fee_notices set total_fen = 48401 where declaration_id = $1";
    assert!(refused_by(&case, cents).await.starts_with("fee_notices_total_fen"));
    let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
    let id = shared::declaration::DeclarationId(case.id.parse().unwrap());
    let (system, too_much) = (shared::kernel::Actor::system(), shared::kernel::Fen::yuan(485));
    let refund = payment::refund_difference(&mut tx, &system, id, too_much, "x").await;
    assert!(refund.is_err(), "no more than was paid comes back");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_16_a_debit_is_sent_at_most_once_and_only_the_bank_resolves_what_is_unknown(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let case = wine_case(&bureau, 123).await;
    case.pay().await;
    case.force(
        "update payments set state = 'UNKNOWN', bank_ref = null, settled_at = null
        where notice_id in (select id from fee_notices where declaration_id = $1)",
    )
    .await;
    let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
    let payment: uuid::Uuid =
        sqlx::query_scalar("select id from payments").fetch_one(&mut *tx).await.unwrap();

    let again = payment::take(&mut tx, &[payment::PaymentId(payment)]).await.unwrap();
    tx.commit().await.unwrap();
    assert!(again.is_empty(), "what was sent once is never sent again");
    bureau.wait(chrono::Duration::days(3));
    bureau.settle().await;

    let state = "select state from payments where notice_id in
        (select id from fee_notices where declaration_id = $1)";
    assert_eq!(case.text(state).await, "UNKNOWN", "time alone decides nothing");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_21_a_version_has_one_notice_with_every_defect_and_is_refused_for_nothing_else(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let goods = screws("I21")
        .with("/containers/0/cont_no", json!(DOUBTFUL_CONTAINER))
        .with("/goods/0/container_nos", json!([DOUBTFUL_CONTAINER]))
        .with("/goods/0/cname", json!("二手螺钉"));
    let case = Case::filed(&bureau, &derui, goods).await;
    let mut told = case.receipt.codes();
    told.sort_unstable();
    assert_eq!(told, ["container-check-digit", "keyword-doubtful"], "all of it at once");

    case.officer(SSE, Role::AcceptanceOfficer, "return", because()).await.expect(200);

    let whole = derui.get(&format!("{FILE}/{}", case.id)).await.expect(200);
    assert_eq!(whole.body["defects"], case.receipt.body["defects"], "its one notice stays");
    let notices = "select count(*)::text from declaration_versions where declaration_id = $1";
    assert_eq!(case.text(notices).await, "1");
    let rewrite = "update declaration_versions set defects = '[]' where declaration_id = $1";
    assert!(refused_by(&case, rewrite).await.contains("append-only"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_25_every_change_has_actor_time_office_reason_and_previous_state_for_ever(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let goods = screws("I25")
        .with("/containers/0/cont_no", json!(DOUBTFUL_CONTAINER))
        .with("/goods/0/container_nos", json!([DOUBTFUL_CONTAINER]));
    let case = Case::filed(&bureau, &derui, goods).await;
    case.officer(SSE, Role::AcceptanceOfficer, "reject", because()).await.expect(200);

    let timeline = derui.get(&case.url("timeline")).await.expect(200);
    let last = timeline.body["data"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["kind"], "declaration.rejected");
    assert_eq!(last["actor_kind"], "STAFF");
    assert_eq!(last["organisation"], SSE);
    assert_eq!(last["previous"], "MANUAL_REVIEW");
    assert_eq!(last["next"], "REJECTED");
    assert_eq!(last["reason"], "合同取消");
    assert_eq!(last["at"], "2014-05-12T02:20:01Z");
    for sql in [
        "update events set reason = '' where subject = $1",
        "delete from events where subject = $1",
    ] {
        assert!(refused_by(&case, sql).await.contains("append-only"));
    }
    let states = "select count(*) from declarations d where not exists
        (select from events e where e.subject = d.id and e.next = d.status)";
    assert_eq!(bureau.count(states).await, 0, "no state without the event that led to it");
}
