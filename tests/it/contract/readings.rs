//! How requests are read: leniently where a language cannot help it, and not where a mistake would pass unnoticed.
use actix_web::test::TestRequest;
use serde_json::json;
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{Bureau, DERUI, SSE, screws};

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_tag_without_its_quotes_is_refused_before_anything_is_done(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let owner = bureau.declarant(DERUI).await;
    let filed = owner.post("/v1/declarations", screws("SC-1").0).await.expect(201);
    let url = format!("/v1/declarations/{}", filed.text("/id"));
    let before = bureau.history(filed.text("/id")).await;

    let withdraw = TestRequest::post()
        .uri(&format!("{url}/withdraw"))
        .insert_header(("if-match", "r1"))
        .set_json(json!({ "reason": "合同取消" }));
    let refused = owner.send(withdraw).await.expect(400);

    assert_eq!(refused.text("/errors/0/pointer"), "/headers/if-match");
    assert_eq!(bureau.history(filed.text("/id")).await, before);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_whole_number_may_be_written_with_a_point(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let cashier = bureau.officer(SSE, Role::Cashier).await;
    let shift = br#"{"window_no": 3.0, "float": {"amount": "100.00", "currency": "CNY"}}"#;

    let opened = cashier.post_raw("/v1/shifts", "application/json", *shift).await.expect(201);

    assert_eq!(opened.body["window_no"], 3);
    let half = br#"{"window_no": 3.5, "float": {"amount": "100.00", "currency": "CNY"}}"#;
    let refused = cashier.post_raw("/v1/shifts", "application/json", *half).await.expect(400);
    assert_eq!(refused.text("/errors/0/pointer"), "/window_no");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_path_that_is_written_out_is_nobodys_id(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let owner = bureau.declarant(DERUI).await;

    let refused = owner.get("/v1/declarations/release").await.expect(405);

    assert_eq!(refused.header("allow"), "POST");
    owner.get("/v1/declarations/no-such-id").await.expect(404);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_problem_shows_no_more_of_a_path_than_it_has_room_for(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let path = format!("/v1/partners/{}", "0".repeat(2000));

    let refused = bureau.declarant(DERUI).await.get(&path).await.expect(403);

    assert_eq!(refused.text("/instance").len(), 500);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_the_caller_has_already_is_answered_without_a_body(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let owner = bureau.declarant(DERUI).await;
    let filed = owner.post("/v1/declarations", screws("SC-1").0).await.expect(201);
    let url = format!("/v1/declarations/{}", filed.text("/id"));
    let seen = owner.get(&url).await.expect(200);

    let again = TestRequest::get().uri(&url).insert_header(("if-none-match", seen.header("etag")));
    let answer = owner.send(again).await.expect(304);

    assert!(answer.bytes.is_empty(), "what follows a 304 is taken for the next answer");
    assert_eq!(answer.header("etag"), seen.header("etag"));
}
