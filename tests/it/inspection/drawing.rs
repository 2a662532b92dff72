//! The draw (R3), and what an amendment does to it.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_draw_is_reproducible_from_what_was_stored(pool: PgPool) {
    let quay = Quay::new(pool).await;
    quay.selected().await;
    let mut conn = quay.pool.acquire().await.unwrap();

    let again = inspection::reproduce(&mut conn, &keys(), NUMBER).await.unwrap();

    assert!(again.agrees());
    assert_eq!((again.rate_ppm, again.is_selected), (150_000, true));
    assert_eq!(again.draw, "14615b065293e3d1");
    let other = DrawKeys::parse("2004-04-01 fixture another-key-than-that").unwrap();
    let false_key = inspection::reproduce(&mut conn, &other, NUMBER).await.unwrap();
    assert!(false_key.differs_in.contains(&"draw"));
    let unknown = inspection::reproduce(&mut conn, &keys(), "310900114999999").await;
    assert_eq!(refusal(unknown), "no such draw of that number");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_selection_is_drawn_once_and_stored_immutably(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.selected().await;

    let changed =
        sqlx::query("update selections set is_selected = false").execute(&quay.pool).await;
    let deleted = sqlx::query("delete from selections").execute(&quay.pool).await;
    let key = keys();
    let key = key.of_day(quay.now.date_naive()).unwrap();
    let selection = select(key, NUMBER, inputs("0.01", "0"));
    let drawn = Drawn { declaration: id, decl_no: NUMBER.into(), selection };
    let again =
        quay.act(async |tx| Ok(inspection::service::select_many(tx, &[drawn]).await?)).await;

    assert!(changed.is_err() && deleted.is_err() && again.is_err());
    let stored = quay.dossier(id).await.selection.unwrap();
    assert!(stored.is_selected);
    assert_eq!(stored.selection.rate.ppm(), 150_000);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_raised_rate_is_compared_with_the_same_draw(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.accepted("310900114000123", inputs("0.03", "0.5")).await;
    let declaration = quay.read(id).await;
    let compare = async |given: Inputs| {
        let system = Actor::system();
        let compared =
            quay.act(async |tx| compare_again(tx, &system, &declaration, &given).await).await;
        compared.unwrap()
    };

    // The draw is 0.419559: 30 % does not reach it, 45 % does.
    assert_eq!(compare(inputs("0.01", "1")).await, Comparison::NotRaised);
    let raised = |selects, is_mandatory| Comparison::Raised { selects, is_mandatory };
    assert_eq!(compare(inputs("0.30", "1")).await, raised(false, false));
    assert_eq!(compare(inputs("0.20", "1")).await, Comparison::NotRaised);
    assert_eq!(compare(inputs("0.30", "1.5")).await, raised(true, false));
    assert_eq!(compare(mandatory()).await, raised(true, true));

    let rates: Vec<_> = quay.dossier(id).await.changes.iter().filter_map(|one| one.rate).collect();
    let ppm: Vec<_> = rates.into_iter().map(Rate::ppm).collect();
    assert_eq!(ppm, [300_000, 450_000, 1_000_000]);
    let mut conn = quay.pool.acquire().await.unwrap();
    let stored = selection_of(&mut conn, id).await.unwrap().unwrap();
    assert_eq!(stored.selection.rate.ppm(), 15_000, "what was drawn at acceptance stays");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_selected_consignment_amended_to_mandatory_goods_says_so(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.accepted(NUMBER, inputs("1.00", "1")).await;
    let (declaration, system) = (quay.read(id).await, Actor::system());

    let compared =
        quay.act(async |tx| compare_again(tx, &system, &declaration, &mandatory()).await).await;

    let expected = Comparison::Raised { selects: false, is_mandatory: true };
    assert_eq!(compared.unwrap(), expected);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_delivery_order_hands_an_unjudged_selection_on(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let ended = |status, has_result| {
        move |row: &mut Declaration| {
            row.status = status;
            row.has_result = has_result;
            row.do_key = Some(format!("BILL//{}", row.ent_decl_no));
        }
    };
    let all = inputs("1", "1");
    quay.filed("310900114000001", all.clone(), ended(Status::Withdrawn, false)).await;
    quay.filed("310900114000002", all.clone(), ended(Status::CancelledByCiq, true)).await;
    quay.filed("310900114000003", all.clone(), ended(Status::Selected, false)).await;
    quay.filed("310900114000004", all, ended(Status::AutoWithdrawn, false)).await;
    quay.filed("310900114000005", inputs("0.000001", "1"), ended(Status::Withdrawn, false)).await;
    let key = |n: u8| ("310000".to_owned(), format!("BILL//E-31090011400000{n}"));
    let mut conn = quay.pool.acquire().await.unwrap();

    let asked: Vec<_> = (1..=6).map(key).collect();
    let inherited = earlier_selected_without_result(&mut conn, &asked).await.unwrap();

    assert_eq!(inherited, [key(1), key(4)].into_iter().collect());
}
