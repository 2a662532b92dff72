//! Credit classes (信用等级): what is scored, what a year comes to, and two persons for every change.
use chrono::Duration;
use serde_json::{Value, json};
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{Bureau, DERUI, HAIYUAN, League, MODEL, Reply, SHANGHAI, SSE, WAIGAOQIAO, screws};

const EVENTS: &str = "/v1/credit-events";
const CHANGES: &str = "/v1/credit-changes";

async fn record(bureau: &Bureau, reg_no: &str, item: &str, day: &str) -> Reply {
    let inspector = bureau.officer(SSE, Role::Inspector).await;
    let event = json!({ "reg_no": reg_no, "item": item, "occurred_on": day, "remark": "窗口登记" });
    inspector.post(EVENTS, event).await
}

async fn propose(bureau: &Bureau, reg_no: &str, class: &str) -> Reply {
    let officer = bureau.officer(SSE, Role::AcceptanceOfficer).await;
    let wish = json!({ "reg_no": reg_no, "to_class": class, "reason": "立案调查" });
    officer.post(CHANGES, wish).await
}

async fn confirm(bureau: &Bureau, change: &Reply) -> Reply {
    let chief = bureau.officer(SSE, Role::DutyChief).await;
    chief.post(&format!("{CHANGES}/{}/confirm", change.text("/id")), Value::Null).await
}

/// By two persons.
async fn reclassify(bureau: &Bureau, reg_no: &str, class: &str) {
    let change = propose(bureau, reg_no, class).await.expect(201);
    confirm(bureau, &change).await.expect(200);
}

async fn standing(bureau: &Bureau, reg_no: &str) -> Reply {
    let officer = bureau.officer(SSE, Role::AcceptanceOfficer).await;
    officer.get(&format!("/v1/credit-standings/{reg_no}")).await.expect(200)
}

/// Turns the clock to five past midnight of that day in Shanghai, and does what is due.
async fn night_of(bureau: &Bureau, day: &str) {
    let moment: chrono::DateTime<chrono::Utc> = format!("{day}T00:05:00+08:00").parse().unwrap();
    bureau.wait(moment - bureau.ctx.clock.now());
    worker::schedule::know_all(&bureau.worker).await.unwrap();
    worker::schedule::tick(&bureau.worker).await.unwrap();
    bureau.settle().await;
}

async fn class_of(bureau: &Bureau, id: &str) -> Option<String> {
    sqlx::query_scalar("select credit_class from declarations where id = $1::uuid")
        .bind(id)
        .fetch_one(bureau.pool())
        .await
        .unwrap()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_score_item_weighs_what_the_book_of_its_day_says(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let csv = "code,points,worst_class,name_zh,name_en,valid_from\nPENALTY,30,,行政处罚,Penalty,2014-05-12\n";
    bureau.import("credit_items", csv).await;

    let before = record(&bureau, DERUI, "PENALTY", "2014-05-11").await.expect(201);
    let after = record(&bureau, DERUI, "PENALTY", "2014-05-12").await.expect(201);
    let long_ago = record(&bureau, DERUI, "CERT-FORGED", "2013-09-30").await.expect(201);

    assert_eq!((&before.body["points"], &after.body["points"]), (&json!(12), &json!(30)));
    assert_eq!(long_ago.text("/worst_class"), "D");
    let now = standing(&bureau, DERUI).await;
    assert_eq!(now.body["score"], json!(58), "last year's item does not count in this one");
    assert_eq!((now.text("/class"), now.text("/tends_to")), ("A", "D"));
    assert_eq!((now.text("/period_from"), now.text("/period_to")), ("2013-10-01", "2014-09-30"));
    let path = format!("{EVENTS}/{}/timeline", before.text("/id"));
    let told = bureau.derui().await.get(&path).await.expect(200);
    assert_eq!(told.text("/data/0/kind"), "credit_event.recorded");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn everything_wrong_with_a_score_item_is_told_at_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;

    let refused = record(&bureau, "3300601234", "NO-SUCH-ITEM", "2014-05-13").await.expect(422);

    assert_eq!(refused.codes(), ["enterprise-unknown", "date-in-future", "credit-item-unknown"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_duty_chief_takes_back_what_another_entered_by_mistake(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let event = record(&bureau, DERUI, "FALSE-DECLARATION", "2014-05-01").await.expect(201);
    let path = format!("{EVENTS}/{}/strike", event.text("/id"));
    let why = || json!({ "reason": "系他企业所为" });
    let chief = bureau.officer(SSE, Role::DutyChief).await;
    let own = json!({ "reg_no": DERUI, "item": "PENALTY", "occurred_on": "2014-05-02" });
    let own = chief.post(EVENTS, own).await.expect(201);

    let struck = chief.post(&path, why()).await.expect(200);
    let again = chief.post(&path, why()).await.expect(409);
    let inspector = bureau.officer(SSE, Role::Inspector).await;
    inspector.post(&path, why()).await.expect(403);
    chief.post(&format!("{EVENTS}/{}/strike", own.text("/id")), why()).await.expect(403);

    assert_eq!(struck.text("/struck_because"), "系他企业所为");
    assert_eq!(again.problem(), "credit/event-struck");
    assert_eq!(standing(&bureau, DERUI).await.body["score"], json!(88), "the penalty alone");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_class_is_changed_by_two_different_persons_one_of_them_a_duty_chief(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let officer = bureau.officer(SSE, Role::AcceptanceOfficer).await;
    let change = propose(&bureau, DERUI, "C").await.expect(201);
    let path = format!("{CHANGES}/{}/confirm", change.text("/id"));

    let alone = officer.post(&path, Value::Null).await.expect(409);
    let inspector = bureau.officer(SSE, Role::Inspector).await;
    let no_chief = inspector.post(&path, Value::Null).await.expect(409);
    let meanwhile = standing(&bureau, DERUI).await;
    let second = propose(&bureau, DERUI, "D").await.expect(409);
    let confirmed = confirm(&bureau, &change).await.expect(200);
    let again = confirm(&bureau, &change).await.expect(409);

    assert_eq!(alone.problem(), "identity/second-person-needed");
    assert_eq!(no_chief.problem(), "identity/duty-chief-needed");
    assert_eq!(meanwhile.text("/class"), "A", "nothing changes until a second person agrees");
    assert_eq!(second.problem(), "credit/change-open");
    assert_eq!((confirmed.text("/status"), confirmed.text("/to_class")), ("CONFIRMED", "C"));
    assert_eq!(again.problem(), "credit/change-decided");
    let now = standing(&bureau, DERUI).await;
    assert_eq!((now.text("/class"), now.text("/since")), ("C", "2014-05-12"));
    assert_eq!(now.body["version"], json!(2));
    assert_eq!(
        bureau.history(change.text("/id")).await,
        ["credit_change.proposed", "credit_change.confirmed"]
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_duty_chief_proposes_and_any_other_officer_confirms(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let chief = bureau.officer(SSE, Role::DutyChief).await;
    let wish = json!({ "reg_no": HAIYUAN, "to_class": "A", "reason": "整改到位" });
    let change = chief.post(CHANGES, wish).await.expect(201);
    let path = format!("{CHANGES}/{}/confirm", change.text("/id"));

    let alone = chief.post(&path, Value::Null).await.expect(409);
    let officer = bureau.officer(WAIGAOQIAO, Role::Inspector).await;
    let confirmed = officer.post(&path, Value::Null).await.expect(200);

    assert_eq!(alone.problem(), "identity/second-person-needed");
    assert_eq!(confirmed.text("/status"), "CONFIRMED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_proposal_is_refused_by_a_duty_chief_or_by_whoever_made_it(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let why = || json!({ "reason": "证据不足" });
    let first = propose(&bureau, DERUI, "C").await.expect(201);
    let path = format!("{CHANGES}/{}/refuse", first.text("/id"));

    let inspector = bureau.officer(SSE, Role::Inspector).await;
    let stranger = inspector.post(&path, why()).await.expect(409);
    let officer = bureau.officer(SSE, Role::AcceptanceOfficer).await;
    let withdrawn = officer.post(&path, why()).await.expect(200);
    let same = propose(&bureau, DERUI, "A").await.expect(422);
    let unknown = propose(&bureau, "3300601234", "A").await.expect(422);

    assert_eq!(stranger.problem(), "identity/duty-chief-needed");
    assert_eq!((withdrawn.text("/status"), withdrawn.text("/decision")), ("REFUSED", "证据不足"));
    assert_eq!(same.codes(), ["class-unchanged"]);
    assert_eq!(unknown.codes(), ["enterprise-unknown"]);
    assert_eq!(standing(&bureau, DERUI).await.text("/class"), "A");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_class_counts_for_what_is_accepted_after_it_was_changed(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let declarant = bureau.derui().await;
    let early = declarant.post("/v1/declarations", screws("CC-1").0).await.expect(201);
    reclassify(&bureau, DERUI, "C").await;
    let home = screws("CC-2").at(WAIGAOQIAO, WAIGAOQIAO).0;
    let waiting = declarant.post("/v1/declarations", home).await.expect(201);
    let in_review = bureau.status(waiting.text("/id")).await;
    reclassify(&bureau, DERUI, "AA").await;

    let officer = bureau.officer(WAIGAOQIAO, Role::AcceptanceOfficer).await;
    let path = format!("/v1/declarations/{}/accept", waiting.text("/id"));
    officer.post(&path, Value::Null).await.expect(200);

    assert_eq!(in_review, "MANUAL_REVIEW", "class C is looked at by a person");
    assert_eq!(class_of(&bureau, early.text("/id")).await.as_deref(), Some("A"));
    assert_eq!(class_of(&bureau, waiting.text("/id")).await.as_deref(), Some("AA"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn who_sinks_below_b_may_not_declare_anywhere_from_that_moment(pool: PgPool) {
    let bureau = Bureau::open(pool).await;

    reclassify(&bureau, DERUI, "C").await;

    let state: (String, Option<String>) = sqlx::query_as(
        "select e.state, e.reason from anywhere_eligibilities e
         join organisations o on o.id = e.enterprise_id where o.code = $1",
    )
    .bind(DERUI)
    .fetch_one(bureau.pool())
    .await
    .unwrap();
    assert_eq!((state.0.as_str(), state.1.as_deref()), ("SUSPENDED", Some("credit-below-b")));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn every_october_each_enterprise_is_evaluated_once_and_a_duty_chief_confirms(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    record(&bureau, DERUI, "FALSE-DECLARATION", "2014-03-03").await.expect(201);
    record(&bureau, DERUI, "NC-MAJOR", "2014-04-04").await.expect(201);
    record(&bureau, MODEL, "LATE-DECLARATION", "2014-04-04").await.expect(201);
    night_of(&bureau, "2014-09-30").await;
    let in_september = bureau.count("select count(*) from credit_evaluations").await;

    night_of(&bureau, "2014-10-01").await;
    night_of(&bureau, "2014-10-02").await;

    assert_eq!(in_september, 0);
    assert_eq!(bureau.count("select count(*) from credit_evaluations").await, 4);
    let officer = bureau.officer(SSE, Role::AcceptanceOfficer).await;
    let path = format!("/v1/credit-standings/{DERUI}/evaluations");
    let derui = officer.get(&path).await.expect(200);
    assert_eq!(
        derui.body["data"][0],
        json!({ "year": 2014, "events": 2, "score": 82, "class_before": "A", "class": "C",
            "evaluated_at": derui.body["data"][0]["evaluated_at"] }),
        "82 points make a B, and what was declared untruly leaves no better than C"
    );
    let proposed = officer.get(&format!("{CHANGES}?status=PROPOSED")).await.expect(200);
    let told: Vec<_> = proposed.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (tests::text(one, "/reg_no"), tests::text(one, "/to_class")))
        .collect();
    assert!(told.contains(&(DERUI, "C")), "{told:?}");
    assert!(told.contains(&(HAIYUAN, "A")), "a clean year makes an A: {told:?}");
    assert!(!told.iter().any(|one| one.0 == MODEL), "AA with 98 points stays AA: {told:?}");
    let change =
        officer.get(&format!("{CHANGES}?status=PROPOSED&reg_no={DERUI}")).await.expect(200);
    let path = format!("{CHANGES}/{}/confirm", change.text("/data/0/id"));
    let too_small = officer.post(&path, Value::Null).await.expect(409);
    let chief = bureau.officer(SSE, Role::DutyChief).await;
    let confirmed = chief.post(&path, Value::Null).await.expect(200);
    assert_eq!(too_small.problem(), "identity/duty-chief-needed");
    assert_eq!(confirmed.body["year"], json!(2014));
    assert_eq!(standing(&bureau, DERUI).await.text("/class"), "C");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_notice_of_non_conformity_counts_at_the_port_and_at_the_origin(pool: PgPool) {
    use shared::exchange::MemorandumKind::NonConformity;
    let league = League::open(pool, &[SHANGHAI, "330000"], &[NonConformity]).await;
    let (port, origin) = (league.at(SHANGHAI), league.at("330000"));
    let finding = json!({
        "subject": { "kind": "TRANSFER", "number": "330900214004567T" },
        "origin_bureau": "330000", "reg_no": "3300601234",
        "goods": { "goods_no": 1, "hs_code": "0505100090", "name": "水洗羽绒" },
        "found_on": "2014-05-12", "category": "QUALITY", "finding": "含绒量不符",
    });
    let inspector = port.officer(WAIGAOQIAO, Role::Inspector).await;
    let notice = inspector.post("/v1/nc-notices", finding).await.expect(201);
    let path = format!("/v1/nc-notices/{}", notice.text("/id"));
    let chief = port.officer(WAIGAOQIAO, Role::DutyChief).await;
    let points = "select coalesce(sum(points), 0) from credit_events where reg_no = '3300601234' and item = 'NC-MAJOR'";

    chief.post(&format!("{path}/approve"), Value::Null).await.expect(200);
    league.settle().await;
    let open = (port.count(points).await, origin.count(points).await);
    let officer = origin.officer("330000", Role::DutyChief).await;
    let received = officer.get("/v1/received-nc-notices").await.expect(200);
    let theirs = format!("/v1/received-nc-notices/{}", received.text("/data/0/id"));
    officer.post(&format!("{theirs}/acknowledge"), Value::Null).await.expect(200);
    origin.wait(Duration::seconds(1));
    let officer = origin.officer("330000", Role::DutyChief).await;
    officer.post(&format!("{theirs}/reply"), json!({ "text": "已整改" })).await.expect(200);
    league.settle().await;
    let end = json!({ "disposition": "RETURNED", "remark": null });
    let chief = port.officer(WAIGAOQIAO, Role::DutyChief).await;
    chief.post(&format!("{path}/close"), end).await.expect(200);
    league.settle().await;

    assert_eq!(open, (6, 0), "the origin counts what is settled");
    assert_eq!((port.count(points).await, origin.count(points).await), (6, 6));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_enterprise_reads_its_own_credit_and_nobody_elses(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let event = record(&bureau, DERUI, "PENALTY", "2014-05-01").await.expect(201);
    let change = propose(&bureau, DERUI, "C").await.expect(201);
    let (derui, other) = (bureau.derui().await, bureau.declarant(HAIYUAN).await);
    let paths = [
        format!("{EVENTS}/{}", event.text("/id")),
        format!("{EVENTS}/{}/timeline", event.text("/id")),
        format!("{CHANGES}/{}", change.text("/id")),
        format!("{CHANGES}/{}/timeline", change.text("/id")),
        format!("/v1/credit-standings/{DERUI}"),
        format!("/v1/credit-standings/{DERUI}/evaluations"),
    ];

    for path in &paths {
        derui.get(path).await.expect(200);
        other.get(path).await.expect(404);
    }
    for list in [EVENTS, CHANGES] {
        assert_eq!(other.get(list).await.expect(200).body["data"], json!([]));
        assert_eq!(derui.get(list).await.expect(200).body["data"].as_array().unwrap().len(), 1);
    }
    let wish = json!({ "reg_no": DERUI, "to_class": "AA", "reason": "自荐" });
    derui.post(CHANGES, wish).await.expect(403);
}
