//! After the filing: corrected, taken back, amended, moved to another office, ended.
mod accepting;
mod amended;
mod amending;
mod ending;
mod release_office;
mod withdrawing;

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
