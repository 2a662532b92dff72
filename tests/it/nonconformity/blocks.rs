//! What a notice withholds, and what ends that.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_critical_notice_blocks_at_once_and_the_origins_decision_ends_it(pool: PgPool) {
    let league = league(pool).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(ZHEJIANG));

    let notice = draft(port, finding("DOC_FORGED")).await.expect(201);
    let before = blocked(port, DOWN).await;
    chief(port, &notice, "approve", Value::Null).await.expect(200);
    let at_once = blocked(port, DOWN).await;
    league.settle().await;
    let proposed = came(origin).await;
    let decision = json!({ "decision": "SUSPENDED", "reason": "伪造单证" });
    answer(origin, "decide-suspension", decision.clone()).await.expect(200);
    league.settle().await;

    assert_eq!(before.len(), 0);
    assert_eq!(at_once[0]["reason"], "NC310700201400001 DOC_FORGED");
    assert_eq!(at_once[0]["proposed_to"], ZHEJIANG);
    assert_eq!(at_once[0]["decide_due_on"], "2014-05-19", "five working days");
    assert_eq!(proposed.text("/suspension"), "PROPOSED");
    assert_eq!(proposed.text("/decide_due_on"), "2014-05-19");
    assert_eq!(blocked(port, DOWN).await, Vec::<Value>::new());
    assert_eq!(read(port, &notice).await.text("/suspension"), "SUSPENDED");
    let again = answer(origin, "decide-suspension", decision).await.expect(409);
    assert_eq!(again.problem(), "nonconformity/no-suspension-proposed");
    let history = port.history(notice.text("/id")).await;
    assert!(history.contains(&"facilitation.blocked".to_owned()));
    assert!(history.contains(&"facilitation.lifted".to_owned()));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_duty_chief_lifts_a_block_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    Neighbour::of(&bureau, ZHEJIANG, &[MemorandumKind::NonConformity]).await;
    approved(&bureau, finding("DOC_FORGED")).await;
    let id = blocked(&bureau, DOWN).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("{BLOCKS}/{id}/lift");

    let inspector = bureau.officer(WAIGAOQIAO, Role::Inspector).await;
    inspector.post(&path, because()).await.expect(403);
    let chief = bureau.officer(WAIGAOQIAO, Role::DutyChief).await;
    let lifted = chief.post(&path, because()).await.expect(200);
    let again = chief.post(&path, because()).await.expect(409);

    assert_eq!(lifted.text("/lifted_because"), "复核");
    assert_eq!(lifted.text("/lifted_by"), chief.id.to_string());
    assert_eq!(again.problem(), "facilitation/already-lifted");
    assert_eq!(blocked(&bureau, DOWN).await, Vec::<Value>::new());
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_critical_notice_about_an_own_enterprise_ends_declaring_anywhere_at_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let away = || screws("NC").at("310900", YANGSHAN);
    derui.post("/v1/declarations", away().0).await.expect(201);

    let notice = approved(&bureau, forged_by(DERUI, SHANGHAI)).await;

    assert_eq!(notice.text("/status"), "SENT", "to the bureau itself, without a message");
    assert_eq!(bureau.count("select count(*) from outbox").await, 0);
    let suspended = "select count(*) from anywhere_eligibilities e join organisations o on
        o.id = e.enterprise_id where o.code = '3100601234' and e.state = 'SUSPENDED'
        and e.reason = 'non-conformity-open'";
    assert_eq!(bureau.count(suspended).await, 1);
    let refused = screws("NC-2").at("310900", YANGSHAN);
    let refused = derui.post("/v1/declarations", refused.0).await.expect(201);
    assert_eq!(refused.codes(), ["not-eligible-anywhere"]);
    // Whoever is still on the list, or put back on it by hand, is held by the block itself.
    sqlx::query("update anywhere_eligibilities set state = 'ELIGIBLE', reason = null")
        .execute(bureau.pool())
        .await
        .unwrap();
    let held = derui.post("/v1/declarations", screws("NC-3").at("310900", YANGSHAN).0).await;
    assert_eq!(held.expect(201).codes(), ["not-eligible-anywhere"]);
    answer(&bureau, "acknowledge", Value::Null).await.expect(200);
    assert_eq!(read(&bureau, &notice).await.text("/status"), "ACKED");
    let declined = json!({ "decision": "DECLINED", "reason": "系他人冒用" });
    answer(&bureau, "decide-suspension", declined).await.expect(200);
    assert_eq!(blocked(&bureau, DERUI).await, Vec::<Value>::new());
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_major_notice_counts_when_it_is_open_for_more_than_thirty_days(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let mut found = finding("QUALITY");
    found["reg_no"] = json!(HAIYUAN);
    found["origin_bureau"] = json!(SHANGHAI);
    approved(&bureau, found).await;
    let suspended = "select count(*) from anywhere_eligibilities where state = 'SUSPENDED'";

    let states = async |days| {
        bureau.wait(Duration::days(days));
        worker::schedule::know_all(&bureau.worker).await.unwrap();
        worker::schedule::tick(&bureau.worker).await.unwrap();
        bureau.settle().await;
        bureau.count(suspended).await
    };

    assert_eq!(states(30).await, 0, "thirty days are allowed");
    assert_eq!(states(1).await, 1);
}
