//! One delivery order, one declaration.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_delivery_order_in_use_is_refused_with_every_other_defect_and_its_number_for_the_owner(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::filed(&bureau, &derui, screws("D-1")).await;
    let number = case.receipt.text("/decl_no");
    let same_order = |goods: Consignment| {
        // Upper case and without white space: the same key (domain R2).
        goods.with("/delivery_order", json!(" dd- 1 ")).with("/bill_lad_no", json!("BD-1"))
    };

    let own = same_order(screws("D-2")).without("/goods_place");
    let own = derui.post(FILE, own.0).await.expect(409);
    let other = same_order(screws("D-3").of(HAIYUAN)).at(YANGSHAN, YANGSHAN);
    let other = bureau.declarant(HAIYUAN).await.post(FILE, other.0).await.expect(409);

    assert_eq!(own.problem(), "declaration/do-already-declared");
    assert_eq!(own.codes(), ["mandatory-field", "do-already-declared"]);
    assert!(own.text("/detail").contains(number));
    assert_eq!(other.problem(), "declaration/do-already-declared");
    assert!(!other.body.to_string().contains(number), "a stranger is not told whose it is");
    assert_eq!(stored(&bureau).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn one_delivery_order_filed_at_two_offices_at_once_is_declared_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (derui, haiyuan) = (bureau.derui().await, bureau.declarant(HAIYUAN).await);
    for round in 0..5 {
        let order = |goods: Consignment| {
            let order = format!("RACE{round}");
            goods.with("/delivery_order", json!(order)).with("/bill_lad_no", json!("B"))
        };
        let here = order(screws(&format!("A{round}"))).at(SSE, WAIGAOQIAO);
        let there = order(screws(&format!("B{round}")).of(HAIYUAN)).at(YANGSHAN, YANGSHAN);

        let (here, there) = tokio::join!(derui.post(FILE, here.0), haiyuan.post(FILE, there.0));

        let mut answers = [here.status.as_u16(), there.status.as_u16()];
        answers.sort_unstable();
        assert_eq!(answers, [201, 409], "{:#} {:#}", here.body, there.body);
        assert_eq!(stored(&bureau).await, round + 1);
    }
}

/// The two writers of the filer, each with the D/O in its hands before the other commits.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn of_two_transactions_with_one_delivery_order_the_second_waits_and_is_refused(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let desk = bureau.ctx.desk();
    let twin =
        screws("T-2").with("/delivery_order", json!("DT-1")).with("/bill_lad_no", json!("BT-1"));
    let mut first = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
    let filed = acts::file_many(&mut first, &desk, vec![filing(&screws("T-1"))]).await.unwrap();
    assert!(is_new(&filed[0]));

    let (second, ()) = tokio::join!(bureau.ctx.filer.file(desk.clone(), filing(&twin)), async {
        let pool = bureau.pool();
        eventually("the second waits", async || waiting_for_locks(pool).await == 1).await;
        first.commit().await.unwrap();
    });

    let Ok(Filed::Refused(refusal)) = second else { panic!("{second:?}") };
    assert_eq!(refusal.code, "declaration/do-already-declared");
    assert_eq!(stored(&bureau).await, 1);
}
