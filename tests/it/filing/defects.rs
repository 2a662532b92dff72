//! Everything that is wrong is told at once, and to whom it belongs.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn every_defect_of_a_version_is_told_at_once_in_both_languages(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let goods = screws("E-1")
        .with("/goods/0/hs_code", json!("73"))
        .with("/goods/0/weight", json!("heavy"))
        .with("/goods/0/currency", json!("XXX"))
        .with("/containers/0/cont_no", json!(DOUBTFUL_CONTAINER))
        .with("/consignee/code", json!("13221234-8"))
        .with("/enty_port_code", json!("999999"))
        .without("/goods_place")
        .without("/bill_lad_no");
    let told_before = derui.post("/v1/declarations/validate", goods.0.clone()).await.expect(200);

    let filed = derui.post(FILE, goods.0).await.expect(201);

    assert_eq!(filed.text("/status"), "NEEDS_CORRECTION");
    assert_eq!(filed.text("/decl_no"), "");
    let found: Vec<String> = filed.body["defects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|defect| {
            let text = |pointer| tests::text(defect, pointer);
            assert!(!text("/message_zh").is_empty() && !text("/message_en").is_empty());
            format!("{} {}", text("/code"), text("/pointer"))
        })
        .collect();
    for expected in [
        "hs-code-malformed /goods/0/hs_code",
        "number-malformed /goods/0/weight",
        "code-not-in-list /goods/0/currency",
        "container-check-digit /containers/0/cont_no",
        "container-not-listed /goods/0/container_nos/0",
        "organisation-code-check-digit /consignee/code",
        "no-power-of-attorney /decl_reg_no",
        "code-not-in-list /enty_port_code",
        "mandatory-field /goods_place",
        "mandatory-field /bill_lad_no",
    ] {
        assert!(found.iter().any(|one| one == expected), "{expected} is not in {found:#?}");
    }
    assert_eq!(told_before.body["defects"], filed.body["defects"], "validating tells the same");
    let kept = derui.get(&format!("{FILE}/{}", filed.text("/id"))).await.expect(200);
    assert_eq!(kept.body["defects"], filed.body["defects"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_warning_waits_for_an_officer_and_has_no_number_yet(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let goods = screws("W-1")
        .with("/containers/0/cont_no", json!(DOUBTFUL_CONTAINER))
        .with("/goods/0/container_nos", json!([DOUBTFUL_CONTAINER]));

    let case = Case::filed(&bureau, &bureau.derui().await, goods).await;

    assert_eq!(case.receipt.text("/status"), "MANUAL_REVIEW");
    assert_eq!(case.receipt.codes(), ["container-check-digit"]);
    assert!(case.receipt.body["decl_no"].is_null() && case.receipt.body["is_selected"].is_null());
    let officer = bureau.officer(SSE, Role::AcceptanceOfficer).await;
    let queue = officer.get("/v1/worklists/manual-reviews").await.expect(200);
    assert_eq!(queue.text("/data/0/id"), case.id);
    let accepted = officer.post(&case.url("accept"), Value::Null).await.expect(200);
    assert_eq!(accepted.text("/decl_no").len(), 15);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_hs_code_that_no_table_knows_is_told_and_routes_nothing(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let goods = screws("I-1").with("/goods/0/hs_code", json!("7419990099"));

    let case = Case::filed(&bureau, &bureau.derui().await, goods).await;

    assert_eq!(case.receipt.codes(), ["hs-code-unknown"]);
    assert_eq!(case.receipt.text("/defects/0/severity"), "INFO");
    assert_eq!(case.receipt.text("/kind"), "OUTSIDE_CATALOGUE");
    assert_eq!(case.receipt.text("/status"), "CONFORMING");
    bureau.settle().await;
    assert_eq!(case.status().await, "RELEASED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_agent_declares_for_whoever_empowered_it_and_for_nobody_else(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let agent = bureau.declarant(AGENT).await;
    let by_agent =
        |reference, enterprise| screws(reference).of(enterprise).with("/decl_reg_no", json!(AGENT));

    let empowered = agent.post(FILE, by_agent("G-1", DERUI).0).await.expect(201);
    let not_empowered = agent.post(FILE, by_agent("G-2", HAIYUAN).0).await.expect(201);

    assert_eq!(empowered.text("/status"), "CONFORMING", "{:#}", empowered.body);
    assert_eq!(not_empowered.text("/status"), "NEEDS_CORRECTION");
    assert_eq!(not_empowered.codes(), ["no-power-of-attorney"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_enterprise_that_may_not_declare_anywhere_is_returned_unless_it_stays_at_the_port(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let model = bureau.declarant(MODEL).await;

    let away = model.post(FILE, screws("M-1").of(MODEL).0).await.expect(201);
    let at_the_port = screws("M-2").of(MODEL).at(WAIGAOQIAO, WAIGAOQIAO);
    let at_the_port = model.post(FILE, at_the_port.0).await.expect(201);

    assert_eq!(away.codes(), ["not-eligible-anywhere"]);
    assert_eq!(away.text("/status"), "NEEDS_CORRECTION");
    assert_eq!(at_the_port.text("/status"), "CONFORMING", "{:#}", at_the_port.body);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nobody_files_in_anothers_name(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let haiyuan = bureau.declarant(HAIYUAN).await;
    let officer = bureau.officer(SSE, Role::AcceptanceOfficer).await;

    haiyuan.post(FILE, screws("X-1").0).await.expect(403);
    officer.post(FILE, screws("X-1").0).await.expect(403);
    bureau.stranger().post(FILE, screws("X-1").0).await.expect(401);

    assert_eq!(stored(&bureau).await, 0);
}
