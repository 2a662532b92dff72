//! What a partner pushes.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn of_a_thousand_records_seven_are_bad_and_named_and_the_others_count(pool: PgPool) {
    let league = League::open(pool, &[SHANGHAI, ANHUI], &[MemorandumKind::Credit]).await;
    let (port, anhui) = (league.at(SHANGHAI), league.at(ANHUI));
    let mut tx = Tx::begin(anhui.pool(), &anhui.ctx.clock).await.unwrap();
    let payload = json!({ "records": a_thousand() });
    let (receiver, correlation) = (SHANGHAI.to_owned(), Uuid::from_u128(7));
    let message = Outgoing { receiver, kind: PUSHED, version: 1, correlation, payload };
    outbox::send(&mut tx, message).await.unwrap();
    tx.commit().await.unwrap();

    league.settle().await;

    let receipt: Value = sqlx::query_scalar("select receipt from outbox where kind = $1")
        .bind(PUSHED)
        .fetch_one(anhui.pool())
        .await
        .unwrap();
    let told: Vec<_> = receipt["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (tests::text(one, "/pointer"), tests::text(one, "/code")))
        .collect();
    assert_eq!(told, SEVEN);
    let proposed = "select count(*) from credit_recognitions where status = 'PROPOSED'";
    assert_eq!(port.count(proposed).await, 993);
    let kept: Value = sqlx::query_scalar("select outcome from inbox where kind = $1")
        .bind(PUSHED)
        .fetch_one(port.pool())
        .await
        .unwrap();
    assert_eq!(kept, json!({ "applied": 993, "ignored": 0 }));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_same_message_again_gets_its_first_receipt_and_changes_nothing(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Credit]).await;
    let said = anhui.says(PUSHED, (Uuid::nil(), 0), json!({ "records": a_thousand() }));

    let first = anhui.push_one(&said).await;
    bureau.settle().await;
    bureau.wait(Duration::minutes(5));
    let again = anhui.push_one(&said).await;
    bureau.settle().await;

    assert_eq!((first.outcome, &first.errors), (Outcome::Stored, &again.errors));
    assert_eq!((first.received_at, first.signature), (again.received_at, again.signature));
    let told = "select count(*) from events where kind = 'credit_recognition.told'";
    assert_eq!(bureau.count(told).await, 993);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_equal_or_older_version_is_acknowledged_and_ignored_whenever_it_comes(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Credit]).await;

    let both = push(&anhui, vec![record(SILK, "A", 2), record(SILK, "C", 3)]).await;
    let older = push(&anhui, vec![record(SILK, "AA", 2)]).await;
    let equal = push(&anhui, vec![record(SILK, "AA", 3)]).await;
    let newer = push(&anhui, vec![record(SILK, "B", 4)]).await;

    assert_eq!(outcome(&anhui, &both).await, json!({ "applied": 1, "ignored": 1 }));
    assert_eq!(outcome(&anhui, &older).await, json!({ "applied": 0, "ignored": 1 }));
    assert_eq!(outcome(&anhui, &equal).await, json!({ "applied": 0, "ignored": 1 }));
    assert_eq!(outcome(&anhui, &newer).await, json!({ "applied": 1, "ignored": 0 }));
    let chief = bureau.officer(SSE, Role::DutyChief).await;
    let now = chief.get(&format!("{PATH}/{}", id_of(&bureau, SILK).await)).await.expect(200);
    assert_eq!((now.text("/class"), now.body["version"].as_i64()), ("B", Some(4)));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_partner_speaks_of_its_own_enterprises_alone_and_under_a_memorandum(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Credit]).await;
    let jiangsu = Neighbour::of(&bureau, "320000", &[MemorandumKind::Exemption]).await;
    let say = |who: &Neighbour<'_>, reg_no: &str| {
        who.says(PUSHED, (Uuid::nil(), 0), json!({ "records": [record(reg_no, "AA", 1)] }))
    };

    let anothers = anhui.push_one(&say(&anhui, "3205600077")).await;
    let ours = anhui.push_one(&say(&anhui, DERUI)).await;
    let not_agreed = jiangsu.push_one(&say(&jiangsu, "3205600077")).await;
    let both = json!({ "records": [record("3205600077", "AA", 1), record(SILK, "A", 1)] });
    let both = anhui.push_one(&anhui.says(PUSHED, (Uuid::nil(), 0), both)).await;
    bureau.settle().await;

    for (receipt, code) in
        [(anothers, "not-its-enterprise"), (ours, "not-its-enterprise"), (not_agreed, "not-agreed")]
    {
        assert_eq!((receipt.outcome, receipt.errors[0].code.as_str()), (Outcome::Refused, code));
    }
    assert_eq!((both.outcome, both.errors.len()), (Outcome::Stored, 1));
    assert_eq!(bureau.count("select count(*) from credit_recognitions").await, 1);
}
