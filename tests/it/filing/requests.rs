//! What comes as a request: keys, types, sizes, and what cannot be read.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_key_replays_its_first_answer_and_belongs_to_one_request(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;

    let first = derui.post_once(FILE, "key-1", screws("Y-1").0).await.expect(201);
    let replayed = derui.post_once(FILE, "key-1", screws("Y-1").0).await.expect(201);
    let other = derui.post_once(FILE, "key-1", screws("Y-2").0).await.expect(409);
    let under_another_key = derui.post_once(FILE, "key-2", screws("Y-1").0).await.expect(200);

    assert_eq!(replayed.header("idempotent-replayed"), "true");
    assert_eq!(replayed.body, first.body);
    assert_eq!(replayed.header("location"), first.header("location"));
    assert_eq!(other.problem(), "idempotency/key-reused");
    assert_eq!(under_another_key.body, first.body);
    assert_eq!(stored(&bureau).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_key_whose_first_request_is_under_way_is_told_so(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let mut brake = bureau.pool().begin().await.unwrap();
    sqlx::query("lock table declarations in exclusive mode").execute(&mut *brake).await.unwrap();

    let (first, ()) = tokio::join!(derui.post_once(FILE, "key-1", screws("Y-3").0), async {
        let pool = bureau.pool();
        eventually("the first is held up", async || waiting_for_locks(pool).await == 1).await;
        let second = derui.post_once(FILE, "key-1", screws("Y-3").0).await.expect(409);
        assert_eq!(second.problem(), "idempotency/in-flight");
        brake.rollback().await.unwrap();
    });

    first.expect(201);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_cannot_be_read_as_a_declaration_is_told_whole_and_stores_nothing(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let faulty = screws("U-1")
        .with("/colour", json!("red"))
        .with("/decl_date", json!(20_140_512))
        .with("/goods/0/weight", json!(18600.5))
        .with("/goods/0/goods_no", json!("1"))
        .with("/apl_kind", json!("X"))
        .without("/decl_org");

    let told = derui.post(FILE, faulty.0).await.expect(400);

    let mut codes = told.codes();
    codes.sort_unstable();
    let expected = [
        "identity-malformed",
        "identity-missing",
        "json-wrong-type",
        "json-wrong-type",
        "json-wrong-type",
        "member-unknown",
    ];
    assert_eq!(codes, expected, "{:#}", told.body);
    assert_eq!(told.header("content-type"), "application/problem+json");
    for body in
        [&b""[..], b"{", b"[]", b"null", b"\xff\xfe{}", b"{} {}", b"{\"ent_decl_no\":\"\xc3\x28\"}"]
    {
        derui.post_raw(FILE, "application/json", body).await.expect(400);
    }
    derui.post_raw(FILE, "application/json", "[".repeat(500_000)).await.expect(400);
    assert_eq!(stored(&bureau).await, 0);
    assert_eq!(bureau.count("select count(*) from events where kind like 'declaration%'").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_body_of_another_type_charset_or_size_is_a_problem_and_stores_nothing(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let body = screws("V-1").0.to_string();

    for kind in [
        "application/json; charset=gb18030",
        "application/json; charset=latin1",
        "text/plain",
        "application/xml",
    ] {
        let refused = derui.post_raw(FILE, kind, body.clone()).await.expect(415);
        assert_eq!(refused.problem(), "unsupported-media-type");
    }
    let untyped = TestRequest::post().uri(FILE).set_payload(body.clone());
    derui.send(untyped).await.expect(415);
    let padded = format!("{}{body}", " ".repeat(1024 * 1024));
    let refused = derui.post_raw(FILE, "application/json", padded).await.expect(413);
    assert_eq!(refused.problem(), "too-large");
    let wrong_method = derui.call("PUT", FILE).await.expect(405);
    assert!(!wrong_method.header("allow").is_empty());
    derui.post(&format!("{FILE}?dry=true"), screws("V-1").0).await.expect(400);
    assert_eq!(stored(&bureau).await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_disk_that_is_full_is_a_reason_to_ask_again_and_keeps_nothing(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    sqlx::raw_sql(
        "create function is_full() returns trigger language plpgsql as $$
         begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
         create trigger full_disk before insert on declaration_versions
             for each statement execute function is_full()",
    )
    .execute(bureau.pool())
    .await
    .unwrap();

    let told = derui.post(FILE, screws("FULL-1").0).await.expect(503);

    assert_eq!(told.problem(), "unavailable");
    assert_eq!(told.header("retry-after"), "2");
    assert_eq!(stored(&bureau).await, 0);
    sqlx::raw_sql("drop trigger full_disk on declaration_versions")
        .execute(bureau.pool())
        .await
        .unwrap();
    derui.post(FILE, screws("FULL-1").0).await.expect(201);
}
