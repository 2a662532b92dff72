//! Many at once: one by one or together, nobody is the worse for it.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_hundred_filings_of_one_reference_at_once_are_one_declaration_and_one_receipt(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let goods = screws("H-1");

    let answers = join_all((0..100).map(|_| file_through(&bureau, &goods))).await;

    assert_eq!(answers.iter().filter(|filed| is_new(filed)).count(), 1);
    let receipts: Vec<Value> =
        answers.into_iter().map(|filed| serde_json::to_value(receipt_of(filed)).unwrap()).collect();
    assert!(receipts.iter().all(|receipt| *receipt == receipts[0]));
    assert_eq!(stored(&bureau).await, 1);
    assert_eq!(bureau.count("select count(*) from selections").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_hundred_different_filings_at_once_are_a_hundred_numbers(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let goods: Vec<_> = (0..100).map(|n| screws(&format!("H-{n}"))).collect();

    let answers = join_all(goods.iter().map(|goods| file_through(&bureau, goods))).await;

    assert!(answers.iter().all(is_new));
    let numbers = "select count(distinct decl_no) from declarations";
    assert_eq!(bureau.count(numbers).await, 100);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_filing_that_comes_again_and_again_uses_up_no_numbers(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let goods = screws("G-1");
    let first = receipt_of(file_through(&bureau, &goods).await);
    for _ in 0..5 {
        assert!(!is_new(&file_through(&bureau, &goods).await));
    }

    let next = receipt_of(file_through(&bureau, &screws("G-2")).await);

    let numbers = [first, next].map(|receipt| receipt.decl_no.unwrap());
    assert_eq!(numbers, ["310900114000001", "310900114000002"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn who_uses_up_its_numbers_takes_twice_as_many_the_next_time(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let series = Series::new(SSE, Direction::Inbound, bureau.ctx.clock.now());
    let next_serial = "select next_serial::bigint from decl_no_series";
    let mut taken = Vec::new();
    for (count, blocks_end_at) in [(1, 2), (2, 4), (4, 8), (1, 16), (7, 16)] {
        taken.extend(bureau.ctx.numbers.take(&series, count).await.unwrap());
        assert_eq!(bureau.count(next_serial).await, blocks_end_at);
    }

    let in_order: Vec<_> = (1..=15).map(|serial| series.number(serial)).collect();
    assert_eq!(taken, in_order, "and none is left out");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn filings_under_keys_of_their_own_do_not_starve_each_other(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let names: Vec<String> = (0..12).map(|n| format!("K-{n}")).collect();

    let filings = names.iter().map(|name| derui.post_once(FILE, name, screws(name).0));
    let answers = join_all(filings).await;

    for answer in answers {
        answer.expect(201);
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_refused_filing_never_fails_its_neighbours_in_a_batch(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    file_through(&bureau, &screws("B-0")).await;
    let taken =
        screws("B-2").with("/delivery_order", json!("DB-0")).with("/bill_lad_no", json!("BB-0"));
    let twin =
        screws("B-4").with("/delivery_order", json!("DB-3")).with("/bill_lad_no", json!("BB-3"));
    let batch = [screws("B-1"), taken, screws("B-3"), twin, screws("B-1")];
    let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();

    let filings = batch.iter().map(filing).collect();
    let answers = acts::file_many(&mut tx, &bureau.ctx.desk(), filings).await.unwrap();
    tx.commit().await.unwrap();

    let told: Vec<&str> = answers
        .iter()
        .map(|answer| match answer {
            Filed::New(_) => "new",
            Filed::Repeated(_) => "repeated",
            Filed::Refused(refusal) => refusal.code,
        })
        .collect();
    let refused = "declaration/do-already-declared";
    assert_eq!(told, ["new", refused, "new", refused, "repeated"]);
    assert_eq!(stored(&bureau).await, 3);
}
