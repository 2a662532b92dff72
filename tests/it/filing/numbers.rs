//! Offices without numbers (R12), and filing on trial.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_office_without_numbers_keeps_its_cases_in_review_and_stops_nobody_else(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    bureau.next_serial(SSE, 999_999).await;
    let batch = [screws("O-1"), screws("O-2"), screws("O-3").at(YANGSHAN, WAIGAOQIAO)];
    let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();

    let filings = batch.iter().map(filing).collect();
    let answers = acts::file_many(&mut tx, &bureau.ctx.desk(), filings).await.unwrap();
    tx.commit().await.unwrap();

    let receipts: Vec<Receipt> = answers.into_iter().map(receipt_of).collect();
    assert_eq!(
        receipts[0].decl_no.as_deref(),
        Some("310900114999999"),
        "the last one is given out"
    );
    assert_eq!(receipts[1].status.name(), "MANUAL_REVIEW");
    let codes: Vec<&str> = receipts[1].defects.iter().map(|defect| defect.code.as_str()).collect();
    assert_eq!(codes, ["decl-no-exhausted"]);
    assert!(receipts[2].decl_no.is_some(), "another office has numbers");
    let officer = bureau.officer(SSE, Role::AcceptanceOfficer).await;
    let url = format!("{FILE}/{}/accept", receipts[1].id);
    let refused = officer.post(&url, Value::Null).await.expect(409);
    assert_eq!(refused.problem(), "declaration/decl-no-exhausted");
    assert_eq!(bureau.status(&receipts[1].id.to_string()).await, "MANUAL_REVIEW");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn who_files_at_an_office_without_numbers_is_told_so_and_may_ask_again(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    bureau.next_serial(SSE, 1_000_000).await;

    let first = derui.post(FILE, screws("O-5").0).await.expect(201);
    let again = derui.post(FILE, screws("O-5").0).await.expect(200);

    assert_eq!(first.text("/status"), "MANUAL_REVIEW");
    assert_eq!(first.codes(), ["decl-no-exhausted"]);
    assert_eq!(first.body["decl_no"], Value::Null);
    assert_eq!(again.body, first.body);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_correction_at_an_office_without_numbers_waits_in_review_too(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let returned = screws("O-4").with("/goods/0/hs_code", json!("73"));
    let case = Case::filed(&bureau, &derui, returned).await;
    bureau.next_serial(SSE, 1_000_000).await;

    let second = derui.post(&case.url("resubmit"), screws("O-4").0).await.expect(200);

    assert_eq!(second.text("/status"), "MANUAL_REVIEW");
    assert_eq!(second.codes(), ["decl-no-exhausted"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn validating_tells_what_filing_would_bring_and_keeps_nothing(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let validate = "/v1/declarations/validate";

    let fine = derui.post(validate, screws("P-1").0).await.expect(200);
    let doubtful = wine("P-2").of(DERUI).with("/goods/0/cname", json!("二手葡萄酒"));
    let doubtful = derui.post(validate, doubtful.0).await.expect(200);

    assert_eq!(fine.text("/outcome"), "ACCEPT");
    assert_eq!(fine.text("/insp_org"), WAIGAOQIAO);
    assert_eq!(doubtful.text("/outcome"), "MANUAL_REVIEW");
    for table in [
        "select count(*) from declarations",
        "select count(*) from declaration_versions",
        "select count(*) from decl_no_series",
        "select count(*) from selections",
        "select count(*) from jobs",
    ] {
        assert_eq!(bureau.count(table).await, 0, "{table}");
    }
    derui.post(FILE, screws("P-1").0).await.expect(201);
}
