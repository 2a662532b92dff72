//! What may be amended when (R13).
use super::*;

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
