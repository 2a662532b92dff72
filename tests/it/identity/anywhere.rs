//! Who may declare anywhere (R14).
use super::*;

/// An enterprise under review, two officers and a duty chief: the eligibility's URL and their tokens.
async fn under_review(door: &Door) -> (String, [String; 3]) {
    let enterprise = door.declarant("ENTERPRISE", ENTERPRISE).await;
    let office = door.organisation("BUREAU_OFFICE", "310900").await;
    let officers = [
        door.officer(&office, "officer.one", "acceptance_officer").await,
        door.officer(&office, "officer.two", "inspector").await,
        door.officer(&office, "chief.one", "duty_chief").await,
    ];
    let applied = json!({ "commitments_signed": true });
    let applied = door.post(&enterprise, "/v1/eligibilities", applied).await.expect(201);
    let url = format!("/v1/eligibilities/{}", applied.text("/id"));
    let review = door.post(&officers[0], &format!("{url}/review"), Value::Null).await.expect(200);
    assert_eq!(review.text("/status"), "UNDER_REVIEW");
    (url, officers)
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_enterprise_of_a_year_may_declare_anywhere_once_approved(pool: PgPool) {
    let door = Door::open(pool).await;
    let (url, [officer, ..]) = under_review(&door).await;
    let facts = async |day: &str| {
        let mut conn = door.bureau.ctx.pool.acquire().await.unwrap();
        let reg_nos = [ENTERPRISE.to_owned(), "3100600000".to_owned()];
        let facts = service::facts_of(&mut conn, &reg_nos, day.parse().unwrap()).await.unwrap();
        assert_eq!(facts.len(), 1);
        facts[ENTERPRISE].clone()
    };
    assert!(!facts("2014-05-12").await.may_declare_anywhere());

    let approved = door.post(&officer, &format!("{url}/approve"), Value::Null).await.expect(200);

    assert_eq!((approved.text("/status"), approved.text("/joined_on")), ("ELIGIBLE", "2014-05-12"));
    assert_eq!(facts("2014-05-12").await.eligibility, Some(eligibility::Status::Eligible));
    assert!(facts("2014-05-12").await.may_declare_anywhere());
    assert!(!facts("2014-05-11").await.may_declare_anywhere(), "registered on 2013-05-12");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn every_unmet_condition_is_told_when_an_application_is_refused(pool: PgPool) {
    let door = Door::open(pool).await;
    let (url, [officer, ..]) = under_review(&door).await;
    sqlx::query(
        "update organisations set black_listed = true, registered_on = '2013-05-13'
         where code = $1",
    )
    .bind(ENTERPRISE)
    .execute(&door.bureau.ctx.pool)
    .await
    .unwrap();

    let refused = door.post(&officer, &format!("{url}/approve"), Value::Null).await;

    assert_eq!(problem_of(&refused), (409, "identity/conditions-unmet"));
    assert_eq!(refused.codes(), ["registered-under-a-year", "credit-below-b"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_suspension_takes_a_duty_chief_and_another_person(pool: PgPool) {
    let door = Door::open(pool).await;
    let (url, [officer, inspector, chief]) = under_review(&door).await;
    assert_eq!(door.post(&officer, &format!("{url}/approve"), Value::Null).await.status, 200);
    let suspend = format!("{url}/suspend");
    let why = || json!({ "reason": "收货地址查无此人" });

    let proposed = door.post(&officer, &suspend, why()).await.expect(200);
    let alone = door.post(&officer, &suspend, why()).await;
    let without_chief = door.post(&inspector, &suspend, why()).await;
    let suspended = door.post(&chief, &suspend, why()).await.expect(200);

    assert_eq!((proposed.text("/status"), proposed.text("/proposed")), ("ELIGIBLE", "SUSPEND"));
    assert_eq!(problem_of(&alone), (409, "identity/second-person-needed"));
    assert_eq!(problem_of(&without_chief), (409, "identity/duty-chief-needed"));
    assert_eq!(suspended.text("/status"), "SUSPENDED");
    assert_eq!(suspended.text("/reason"), "收货地址查无此人");
    assert_eq!(suspended.body["proposed"], Value::Null);
    let reinstate = format!("{url}/reinstate");
    assert_eq!(door.post(&chief, &reinstate, Value::Null).await.status, 200);
    let back = door.post(&inspector, &reinstate, Value::Null).await.expect(200);
    assert_eq!(back.text("/status"), "ELIGIBLE");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_removed_enterprise_may_apply_again(pool: PgPool) {
    let door = Door::open(pool).await;
    let (url, [officer, _, chief]) = under_review(&door).await;
    let enterprise = door.get(&officer, &url).await.text("/enterprise_id").to_owned();
    let (id, secret) = door.client(&enterprise).await;
    let declarant = door.token(&id, &secret).await.text("/access_token").to_owned();
    let again = async || {
        let body = json!({ "commitments_signed": true });
        door.post(&declarant, "/v1/eligibilities", body).await
    };
    assert_eq!(door.post(&officer, &format!("{url}/approve"), Value::Null).await.status, 200);
    assert_eq!(problem_of(&again().await), (409, "identity/already-applied"));

    for verb in ["suspend", "remove"] {
        for token in [&officer, &chief] {
            let body = json!({ "reason": "两次虚报" });
            assert_eq!(door.post(token, &format!("{url}/{verb}"), body).await.status, 200);
        }
    }

    let removed = door.get(&declarant, &url).await.expect(200);
    assert_eq!((removed.text("/status"), removed.text("/left_on")), ("REMOVED", "2014-05-12"));
    assert_eq!(again().await.expect(201).text("/status"), "APPLIED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_nightly_run_suspends_who_no_longer_meets_the_conditions(pool: PgPool) {
    let door = Door::open(pool).await;
    let (url, [officer, ..]) = under_review(&door).await;
    assert_eq!(door.post(&officer, &format!("{url}/approve"), Value::Null).await.status, 200);
    let night = async || {
        let mut tx = door.begin().await;
        let books = door.bureau.ctx.shelf.books();
        let suspended = acts::review_eligibilities(&mut tx, &books).await.unwrap();
        tx.commit().await.unwrap();
        suspended
    };
    assert_eq!(night().await, 0);

    sqlx::query("update organisations set credit_class = 'C' where code = $1")
        .bind(ENTERPRISE)
        .execute(&door.bureau.ctx.pool)
        .await
        .unwrap();

    assert_eq!((night().await, night().await), (1, 0));
    let suspended = door.get(&officer, &url).await.expect(200);
    assert_eq!(
        (suspended.text("/status"), suspended.text("/reason")),
        ("SUSPENDED", "credit-below-b")
    );
    assert_eq!(
        door.bureau.count("select count(*) from events where kind = 'eligibility.suspended'").await,
        1
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn another_enterprises_eligibility_is_not_there(pool: PgPool) {
    let door = Door::open(pool).await;
    let (url, _) = under_review(&door).await;
    let other = door.declarant("ENTERPRISE", OTHER_ENTERPRISE).await;
    let agent = door.declarant("DECLARING_AGENT", AGENT).await;

    assert_eq!(door.get(&other, &url).await.status, 404);
    let list = format!("/v1/eligibilities?enterprise_code={ENTERPRISE}");
    assert_eq!(door.get(&other, &list).await.expect(200).body["data"], json!([]));
    assert_eq!(door.get(&other, "/v1/eligibilities").await.expect(200).body["data"], json!([]));
    assert_eq!(door.post(&other, &format!("{url}/review"), Value::Null).await.status, 403);
    let body = json!({ "commitments_signed": true });
    assert_eq!(door.post(&agent, "/v1/eligibilities", body).await.status, 403);
}
