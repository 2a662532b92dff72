//! What counts, and until when.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_recognition_counts_only_while_it_is_active_and_in_scope(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Credit]).await;
    register(&bureau, SILK, "A").await;
    // Screws are 7318.
    let scoped = with(record(SILK, "C", 1), "hs_scope", json!(["50", "73"]));
    push(&anhui, vec![scoped]).await;
    let proposed = class_at_filing(&bureau, SILK, "RC-1").await;
    decide(&bureau, SILK, "acknowledge").await.expect(200);
    let acknowledged = class_at_filing(&bureau, SILK, "RC-2").await;

    decide(&bureau, SILK, "activate").await.expect(200);
    let active = class_at_filing(&bureau, SILK, "RC-3").await;
    decide(&bureau, SILK, "suspend").await.expect(200);
    let suspended = class_at_filing(&bureau, SILK, "RC-4").await;
    decide(&bureau, SILK, "resume").await.expect(200);
    let resumed = class_at_filing(&bureau, SILK, "RC-5").await;
    push(&anhui, vec![with(record(SILK, "C", 2), "hs_scope", json!(["50"]))]).await;
    let out_of_scope = class_at_filing(&bureau, SILK, "RC-6").await;
    push(&anhui, vec![record(SILK, "C", 3)]).await;
    let all_goods = class_at_filing(&bureau, SILK, "RC-7").await;
    decide(&bureau, SILK, "revoke").await.expect(200);
    let revoked = class_at_filing(&bureau, SILK, "RC-8").await;

    assert_eq!([proposed, acknowledged, suspended, out_of_scope, revoked], ["A"; 5]);
    assert_eq!([active, resumed, all_goods], ["C"; 3]);
    let id = id_of(&bureau, SILK).await;
    assert_eq!(
        bureau.history(&id).await,
        ["told", "acknowledged", "activated", "suspended", "resumed", "told", "told", "revoked"]
            .map(|what| format!("credit_recognition.{what}"))
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_recognition_ends_to_count_with_its_days_and_with_the_memorandum(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Credit]).await;
    register(&bureau, SILK, "A").await;
    push(&anhui, vec![with(record(SILK, "C", 1), "valid_to", json!("2014-05-13"))]).await;
    let_count(&bureau, SILK).await;

    bureau.wait(Duration::days(1));
    let last_day = class_at_filing(&bureau, SILK, "RD-1").await;
    bureau.wait(Duration::days(1));
    let over = class_at_filing(&bureau, SILK, "RD-2").await;
    worker::schedule::know_all(&bureau.worker).await.unwrap();
    worker::schedule::tick(&bureau.worker).await.unwrap();
    bureau.settle().await;
    let expired = status_of(&bureau, SILK).await;
    push(&anhui, vec![record(SILK, "C", 2)]).await;
    let anew = status_of(&bureau, SILK).await;
    let_count(&bureau, SILK).await;
    let agreed = class_at_filing(&bureau, SILK, "RD-3").await;
    end_memorandum(&bureau, ANHUI).await;
    bureau.wait(Duration::days(1));
    let not_agreed = class_at_filing(&bureau, SILK, "RD-4").await;
    decide(&bureau, SILK, "suspend").await.expect(200);
    let resumed = decide(&bureau, SILK, "resume").await.expect(409);

    assert_eq!([last_day.as_str(), &over, &agreed, &not_agreed], ["C", "A", "C", "A"]);
    assert_eq!((expired.as_str(), anew.as_str()), ("EXPIRED", "PROPOSED"));
    assert_eq!(resumed.problem(), "credit/not-agreed");
}

/// Today is the last day of whatever is agreed with a partner.
async fn end_memorandum(bureau: &Bureau, partner: &str) {
    let administrator = bureau.administrator().await;
    let path = format!("/v1/partners/{partner}/memoranda");
    let all = administrator.get(&path).await.expect(200);
    for memorandum in all.body["data"].as_array().unwrap() {
        let end = format!("{path}/{}/end", tests::text(memorandum, "/id"));
        administrator.post(&end, Value::Null).await.expect(200);
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_local_downgrade_wins_over_a_better_class_that_comes_late(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Credit]).await;
    register(&bureau, SILK, "A").await;
    push(&anhui, vec![record(SILK, "AA", 5)]).await;
    let_count(&bureau, SILK).await;
    let officer = bureau.officer(SSE, Role::AcceptanceOfficer).await;
    let wish = json!({ "reg_no": SILK, "to_class": "C", "reason": "货证不符" });
    let change = officer.post("/v1/credit-changes", wish).await.expect(201);
    let chief = bureau.officer(SSE, Role::DutyChief).await;
    let path = format!("/v1/credit-changes/{}/confirm", change.text("/id"));
    chief.post(&path, Value::Null).await.expect(200);

    let downgraded = class_at_filing(&bureau, SILK, "RL-1").await;
    let older = push(&anhui, vec![record(SILK, "AA", 4)]).await;
    let after_older = class_at_filing(&bureau, SILK, "RL-2").await;
    let newer = push(&anhui, vec![record(SILK, "AA", 6)]).await;
    let after_newer = class_at_filing(&bureau, SILK, "RL-3").await;

    assert_eq!([downgraded, after_older, after_newer], ["C"; 3]);
    assert_eq!(outcome(&anhui, &older).await, json!({ "applied": 0, "ignored": 1 }));
    assert_eq!(outcome(&anhui, &newer).await, json!({ "applied": 1, "ignored": 0 }));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn no_word_of_its_bureau_lifts_a_suspension_and_a_wish_for_more_is_looked_at_anew(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Credit]).await;
    let wish =
        |version| with(record(SILK, "AA", version), "privileges", json!(["PORT_CHECK_EXEMPTION"]));
    push(&anhui, vec![record(SILK, "A", 1)]).await;
    let_count(&bureau, SILK).await;

    push(&anhui, vec![record(SILK, "AA", 2)]).await;
    let better = status_of(&bureau, SILK).await;
    push(&anhui, vec![wish(3)]).await;
    let more = status_of(&bureau, SILK).await;
    let_count(&bureau, SILK).await;
    decide(&bureau, SILK, "suspend").await.expect(200);
    push(&anhui, vec![wish(4)]).await;
    let suspended = status_of(&bureau, SILK).await;
    decide(&bureau, SILK, "revoke").await.expect(200);
    push(&anhui, vec![wish(5)]).await;
    let anew = status_of(&bureau, SILK).await;

    assert_eq!([better, more, suspended, anew], ["ACTIVE", "PROPOSED", "SUSPENDED", "PROPOSED"]);
}
