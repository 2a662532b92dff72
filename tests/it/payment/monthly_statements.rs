//! Monthly statements: each month told of once, paid notice by notice, dunned until somebody's patience ends.
use serde_json::{Value, json};
use shared::{
    kernel::{Actor, Fen, Role},
    payment::{
        self, AgreementDraft, Credit, Settlement,
        bank::{Outcome, Source, Word},
    },
};
use sqlx::PgPool;

use super::{
    desk::{BANK, Desk, OTHER, PAYER, booked, draft},
    monthly::{
        FIRST_OF_JUNE, dun, get, grant, granted, night, post, proved, statement, statements, tell,
        until, why,
    },
};

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_month_is_told_of_once_though_the_schedule_runs_twice(pool: PgPool) {
    let (desk, chief, _) = granted(pool, 9).await;
    for serial in 1..=2 {
        desk.notice(serial).await;
    }
    let paid = desk.notice(3).await;
    desk.pay(paid.id).await.unwrap();
    desk.work().await;

    until(&desk, "2014-05-31T15:55:00Z");
    assert_eq!(tell(&desk).await, 0, "the month is not over in Shanghai");
    until(&desk, FIRST_OF_JUNE);
    night(&desk).await;
    let (first, second) = tokio::join!(tell(&desk), tell(&desk));

    assert_eq!((first, second), (0, 0));
    let told = statements(&desk, &chief).await;
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0]["month"], &told[0]["state"]), (&json!("2014-05"), &json!("ISSUED")));
    assert_eq!((&told[0]["notice_count"], &told[0]["due_on"]), (&json!(2), &json!("2014-06-10")));
    assert_eq!(told[0]["total"]["amount"], "968.00", "what was paid is not asked for");
    assert_eq!(desk.happened("payment.monthly_statement_issued").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn runs_at_once_make_one_statement(pool: PgPool) {
    let (desk, ..) = granted(pool, 9).await;
    desk.notice(1).await;
    until(&desk, FIRST_OF_JUNE);

    let (first, second) = tokio::join!(tell(&desk), tell(&desk));

    assert_eq!(first + second, 1);
    assert_eq!(desk.happened("payment.monthly_statement_issued").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_outage_of_two_months_is_caught_up_with_month_by_month(pool: PgPool) {
    let (desk, chief, _) = granted(pool, 9).await;
    desk.notice(1).await;
    until(&desk, "2014-06-05T04:00:00Z");
    desk.notice(2).await;

    until(&desk, "2014-08-03T04:00:00Z");
    night(&desk).await;

    let told = statements(&desk, &chief).await;
    let seen: Vec<_> = told.iter().map(|one| (&one["month"], &one["due_on"])).collect();
    let (may, june) = (json!("2014-05"), json!("2014-06"));
    assert_eq!(seen, [(&june, &json!("2014-07-10")), (&may, &json!("2014-06-10"))]);
    assert_eq!(tell(&desk).await, 0);
    assert_eq!(dun(&desk).await, 0, "nobody is reminded of what was told of this very day");
    until(&desk, "2014-08-08T04:00:00Z");
    assert_eq!(dun(&desk).await, 2, "one each, whatever an outage took");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_comes_after_its_month_was_told_of_stands_on_the_next_statement(pool: PgPool) {
    let (desk, chief, _) = granted(pool, 9).await;
    desk.notice(1).await;
    until(&desk, FIRST_OF_JUNE);
    tell(&desk).await;
    let slow = desk.notice(2).await;
    sqlx::query("update fee_notices set issued_at = '2014-05-31T15:59:59Z' where id = $1")
        .bind(slow.id.0)
        .execute(&desk.ctx.pool)
        .await
        .unwrap();

    assert_eq!(tell(&desk).await, 0);
    until(&desk, "2014-06-30T16:10:00Z");
    assert_eq!(tell(&desk).await, 1);

    let told = statements(&desk, &chief).await;
    let counts: Vec<_> = told.iter().map(|one| (&one["month"], &one["notice_count"])).collect();
    let (may, june) = (json!("2014-05"), json!("2014-06"));
    assert_eq!(counts, [(&june, &json!(1)), (&may, &json!(1))]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_statement_is_its_payers_and_the_offices(pool: PgPool) {
    let (desk, chief, settlement) = granted(pool, 9).await;
    let (own, other) =
        (desk.member(PAYER, Role::Declarant).await, desk.member(OTHER, Role::Declarant).await);
    desk.notice(1).await;
    until(&desk, FIRST_OF_JUNE);
    tell(&desk).await;
    let url = statement(&desk, &own).await;

    assert_eq!(get(&desk, &other, &url).await.0, 404);
    assert_eq!(post(&desk, &other, &format!("{url}/pay"), Value::Null).await.0, 404);
    assert_eq!(statements(&desk, &other).await, Vec::<Value>::new());
    assert_eq!(get(&desk, &other, &settlement).await.0, 404);
    let end = format!("{settlement}/end");
    assert_eq!(post(&desk, &other, &end, why("误操作")).await.0, 404);
    for who in [&own, &chief] {
        let (status, sheet) = get(&desk, who, &url).await;
        assert_eq!((status, &sheet["notices"][0]["state"]), (200, &json!("ISSUED")), "{sheet}");
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_statement_is_paid_notice_by_notice_as_far_as_the_limits_allow(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let daily_limit = Fen::yuan(1_000).into();
    let single_limit = Fen::yuan(1_000).into();
    let terms =
        AgreementDraft { credit_settlement: true, daily_limit, single_limit, ..draft("acct-ok") };
    desk.sign(terms).await;
    let chief = desk.person(&[Role::DutyChief], 1).await;
    grant(&desk, &chief, 5_000).await;
    let own = desk.member(PAYER, Role::Declarant).await;
    for serial in 1..=3 {
        desk.notice(serial).await;
    }
    until(&desk, FIRST_OF_JUNE);
    tell(&desk).await;
    let url = statement(&desk, &own).await;
    let pay = format!("{url}/pay");

    let (status, begun) = post(&desk, &own, &pay, Value::Null).await;
    assert_eq!(status, 200, "{begun}");
    let states = |sheet: &Value| -> Vec<String> {
        let notices = sheet["notices"].as_array().unwrap().iter();
        notices.map(|one| one["state"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(states(&begun), ["PAYING", "PAYING", "ISSUED"], "the third would exceed the day");
    let (status, over) = post(&desk, &own, &pay, Value::Null).await;
    assert_eq!((status, &over["type"]), (409, &json!("/problems/payment/over-daily-limit")));
    desk.work().await;
    let (_, half) = get(&desk, &own, &url).await;
    assert_eq!(half["statement"]["state"], "ISSUED");
    assert_eq!(half["statement"]["unpaid"]["amount"], "484.00");

    desk.ctx.clock.advance(chrono::Duration::days(1)).unwrap();
    post(&desk, &own, &pay, Value::Null).await;
    desk.work().await;

    let (_, sheet) = get(&desk, &own, &url).await;
    assert_eq!(sheet["statement"]["state"], "PAID", "{sheet}");
    assert_eq!(states(&sheet), ["PAID", "PAID", "PAID"]);
    assert_eq!(desk.happened("payment.monthly_statement_paid").await, 1);
    let (status, nothing) = post(&desk, &own, &pay, Value::Null).await;
    let code = json!("/problems/payment/monthly-statement-not-payable");
    assert_eq!((status, &nothing["type"]), (409, &code));
    assert_eq!(desk.balance("BANK:%").await, 3 * 484);
    proved(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_statement_follows_its_notices_when_they_are_void_and_when_the_bank_takes_back(
    pool: PgPool,
) {
    let (desk, chief, _) = granted(pool, 9).await;
    let (kept, dropped) = (desk.notice(1).await, desk.notice(2).await);
    until(&desk, FIRST_OF_JUNE);
    tell(&desk).await;
    let url = statement(&desk, &chief).await;
    let state = async || get(&desk, &chief, &url).await.1["statement"]["state"].clone();

    desk.pay(kept.id).await.unwrap();
    desk.work().await;
    assert_eq!(state().await, "ISSUED");
    desk.void_all(&dropped).await;
    assert_eq!(state().await, "PAID", "nothing is owed on it any more");

    let latest = desk.billed(kept.id).await.latest.unwrap();
    let bank_ref = latest.bank_ref.unwrap();
    let back = Word { outcome: Outcome::Reversed, ..booked(latest.id, &bank_ref) };
    let mut tx = desk.begin().await;
    payment::hear(&mut tx, &Actor::bank(BANK), Source::Callback, &back).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(state().await, "ISSUED");
    assert_eq!(desk.happened("payment.monthly_statement_reopened").await, 1);
    desk.pay(kept.id).await.unwrap();
    desk.work().await;
    assert_eq!(state().await, "PAID");
    proved(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn each_reminder_goes_out_once_then_it_is_suspended_and_resumed_when_all_is_paid(
    pool: PgPool,
) {
    let (desk, chief, settlement) = granted(pool, 9).await;
    let own = desk.member(PAYER, Role::Declarant).await;
    let fee_officer = desk.person(&[Role::FeeOfficer], 1).await;
    let late = desk.notice(1).await;
    until(&desk, FIRST_OF_JUNE);
    let mut reminded = Vec::new();
    while desk.happened("payment.monthly_settlement_suspended").await == 0 {
        let day = shared::kernel::calendar::day_of(desk.ctx.clock.now()).to_string();
        tell(&desk).await;
        let (once, twice) = (dun(&desk).await, dun(&desk).await);
        assert_eq!(twice, 0);
        reminded.extend((once > 0).then(|| day.clone()));
        assert!(day.as_str() < "2014-07-15", "patience has an end");
        desk.ctx.clock.advance(chrono::Duration::days(1)).unwrap();
    }

    assert_eq!(reminded, ["2014-06-15", "2014-06-20", "2014-06-25"]);
    let url = statement(&desk, &own).await;
    let (_, sheet) = get(&desk, &own, &url).await;
    let levels: Vec<_> =
        sheet["dunnings"].as_array().unwrap().iter().map(|one| &one["level"]).collect();
    assert_eq!(levels, [&json!(1), &json!(2), &json!(3)]);
    assert_eq!(sheet["statement"]["state"], "OVERDUE");
    assert_eq!(desk.happened("payment.monthly_statement_lapsed").await, 1);
    assert_eq!(desk.happened("payment.monthly_statement_dunned").await, 3);
    let (_, suspended) = get(&desk, &chief, &settlement).await;
    assert_eq!(suspended["state"], "SUSPENDED");
    let new = desk.notice(2).await;
    assert_eq!(new.credit, Some(Credit::Suspended));
    let waits = Settlement::Outstanding { unpaid: Fen::yuan(484), why: Some(Credit::Suspended) };
    assert_eq!(desk.settlement(&new).await, waits);

    // Paying alone does not lift it: somebody has to say so, and not before all is paid.
    let resume = format!("{settlement}/resume");
    let (status, owes) = post(&desk, &chief, &resume, why("已缴清")).await;
    let code = json!("/problems/payment/monthly-settlement-owes");
    assert_eq!((status, &owes["type"]), (409, &code));
    post(&desk, &own, &format!("{url}/pay"), Value::Null).await;
    desk.work().await;
    assert_eq!(desk.stand(late.id).await, ("PAID", "SUCCESS"));
    assert!(desk.balance("LATE_INCOME").await < 0, "with its late fee");
    assert_eq!(get(&desk, &own, &url).await.1["statement"]["state"], "PAID");
    assert_eq!(get(&desk, &chief, &settlement).await.1["state"], "SUSPENDED");
    assert_eq!(post(&desk, &fee_officer, &resume, why("已缴清")).await.0, 403);
    let (status, resumed) = post(&desk, &chief, &resume, why("已缴清")).await;
    assert_eq!((status, &resumed["state"]), (200, &json!("ACTIVE")), "{resumed}");
    assert_eq!(desk.notice(3).await.credit, Some(Credit::Granted));
    proved(&desk).await;
}
