//! Many filings in one request: each answered as if it had come alone, in its turn.
use super::*;

const BATCH: &str = "/v1/declarations/batch";

fn batch(items: &[&Consignment]) -> Value {
    json!({ "items": items.iter().map(|one| &one.0).collect::<Vec<_>>() })
}

fn statuses(body: &Value) -> Vec<u64> {
    let items = body["data"].as_array().unwrap();
    items.iter().map(|item| item["status"].as_u64().unwrap()).collect()
}

/// A problem without what names the request.
fn plain(mut problem: Value) -> Value {
    problem["instance"] = Value::Null;
    problem["request_id"] = Value::Null;
    problem
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_batch_answers_each_item_as_the_single_filing_would(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let known = screws("BA-0");
    derui.post(FILE, known.0.clone()).await.expect(201);
    let items = [
        screws("BA-1"),
        known.clone(),
        known.clone().with("/mark_no", json!("other")),
        screws("BA-2").of(MODEL),
        screws("BA-3").with("/goods", json!("none")).without("/decl_org"),
        screws("BA-4")
            .with("/delivery_order", known.0["delivery_order"].clone())
            .with("/bill_lad_no", known.0["bill_lad_no"].clone()),
        screws("BA-5").without("/goods_place"),
        wine("BA-6").of(DERUI),
    ];

    let reply = derui.post(BATCH, batch(&items.iter().collect::<Vec<_>>())).await.expect(200);

    assert_eq!(statuses(&reply.body), [201, 200, 409, 403, 400, 409, 201, 201]);
    for (at, item) in items.iter().enumerate() {
        let told = &reply.body["data"][at];
        let alone = derui.post(FILE, item.0.clone()).await;
        if alone.status.is_success() {
            assert_eq!(told["receipt"], alone.body, "asking again gives the same receipt");
            assert_eq!(told["location"], alone.header("location"));
            assert!(told["problem"].is_null());
        } else {
            assert_eq!(plain(told["problem"].clone()), plain(alone.body.clone()));
            assert_eq!(told["status"], alone.status.as_u16());
        }
    }
    assert_eq!(text_at(&reply.body, "/data/6/receipt/status"), "NEEDS_CORRECTION");
}

fn text_at<'a>(body: &'a Value, pointer: &str) -> &'a str {
    body.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_reference_that_comes_twice_in_a_batch_is_answered_in_its_turn(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let taken = screws("BT-0");
    derui.post(FILE, taken.0.clone()).await.expect(201);
    let order = |goods: Consignment, like: &Consignment| {
        goods
            .with("/delivery_order", like.0["delivery_order"].clone())
            .with("/bill_lad_no", like.0["bill_lad_no"].clone())
    };
    // The first is kept out by its D/O, so the second of its reference is filed, and keeps out the third.
    let second = screws("BT-1");
    let items =
        [order(screws("BT-1"), &taken), second.clone(), order(screws("BT-2"), &second), second];

    let items: Vec<_> = items.iter().collect();
    let reply = derui.post(BATCH, batch(&items)).await.expect(200);

    assert_eq!(statuses(&reply.body), [409, 201, 409, 200]);
    assert_eq!(reply.body["data"][1]["receipt"], reply.body["data"][3]["receipt"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_batch_under_a_key_happens_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let (one, other) = (screws("BK-1"), screws("BK-2").of(MODEL));

    let first = derui.post_once(BATCH, "night-1", batch(&[&one, &other])).await.expect(200);
    let again = derui.post_once(BATCH, "night-1", batch(&[&one, &other])).await.expect(200);
    let reused = derui.post_once(BATCH, "night-1", batch(&[&other])).await.expect(409);

    assert_eq!(statuses(&first.body), [201, 403]);
    assert_eq!(first.body, again.body);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(reused.problem(), "idempotency/key-reused");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_batch_that_cannot_be_read_or_is_too_long_is_refused_whole(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let good = screws("BU-1");
    let many: Vec<_> = std::iter::repeat_n(&good, 201).collect();

    for body in [batch(&[]), batch(&many)] {
        assert_eq!(derui.post(BATCH, body).await.expect(400).codes(), ["count-out-of-range"]);
    }
    for body in [json!([]), json!({}), json!({ "items": [], "more": 1 }), json!({ "items": {} })] {
        assert_eq!(derui.post(BATCH, body).await.expect(400).codes(), ["json-malformed"]);
    }
    derui.post_raw(BATCH, "text/csv", "a,b").await.expect(415);
    bureau.idler().await.post(BATCH, batch(&[&good])).await.expect(403);
    assert_eq!(stored(&bureau).await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_batch_of_two_hundred_is_filed_together(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let goods: Vec<_> = (0..200).map(|number| screws(&format!("BM-{number}"))).collect();

    let items: Vec<_> = goods.iter().collect();
    let reply = derui.post(BATCH, batch(&items)).await.expect(200);

    assert_eq!(statuses(&reply.body), [201; 200]);
    assert_eq!(stored(&bureau).await, 200);
    let moments = bureau.count("select count(distinct filed_at) from declarations").await;
    assert_eq!(moments, 1, "one transaction");
}
