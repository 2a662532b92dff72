//! Monthly settlement: fees on credit up to a limit, told of once a month, dunned, and suspended in the end.
use reqwest::Method;
use serde_json::{Value, json};
use shared::{
    kernel::{Actor, Failure, Fen, Role, money::Amount},
    payment::{
        self, AgreementDraft, Credit, NoticeState, Settlement,
        bank::{Outcome, Source, Word},
    },
};
use sqlx::PgPool;
use worker::schedule;

use super::desk::{BANK, Desk, OTHER, PAYER, booked, draft};

/// A desk whose payer signed an agreement with credit settlement; and the duty chief.
async fn agreed(pool: PgPool) -> (Desk, Actor) {
    let desk = Desk::open(pool).await;
    desk.sign(AgreementDraft { credit_settlement: true, ..draft("acct-ok") }).await;
    let chief = desk.person(&[Role::DutyChief], 1).await;
    (desk, chief)
}

/// The same, and so many notices of 484 yuan may be unpaid.
async fn granted(pool: PgPool, notices: i64) -> (Desk, Actor, String) {
    let (desk, chief) = agreed(pool).await;
    let (status, granted) = grant(&desk, &chief, 484 * notices).await;
    assert_eq!(status, 201, "{granted}");
    let url = format!("/v1/monthly-settlements/{}", granted["id"].as_str().unwrap());
    (desk, chief, url)
}

async fn grant(desk: &Desk, who: &Actor, yuan: i64) -> (u16, Value) {
    let limit = Amount::from(Fen::yuan(yuan));
    let body = json!({ "reg_no": PAYER, "credit_limit": limit, "due_day": 10 });
    post(desk, who, "/v1/monthly-settlements", body).await
}

async fn post(desk: &Desk, who: &Actor, url: &str, body: Value) -> (u16, Value) {
    let (status, told) = desk.send(who, Method::POST, url, body).await;
    (status.as_u16(), told)
}

async fn get(desk: &Desk, who: &Actor, url: &str) -> (u16, Value) {
    let (status, told) = desk.send(who, Method::GET, url, Value::Null).await;
    (status.as_u16(), told)
}

fn why(reason: &str) -> Value {
    json!({ "reason": reason })
}

/// Turns the clock to that time.
fn until(desk: &Desk, at: &str) {
    let at: chrono::DateTime<chrono::Utc> = at.parse().unwrap();
    desk.ctx.clock.advance(at - desk.ctx.clock.now()).unwrap();
}

/// What recurs and is due is promised and done.
async fn night(desk: &Desk) {
    schedule::know_all(&desk.ctx).await.unwrap();
    schedule::tick(&desk.ctx).await.unwrap();
    desk.work().await;
}

/// The statements run, apart from its schedule.
async fn tell(desk: &Desk) -> usize {
    let mut tx = desk.begin().await;
    let count = payment::issue_monthly_statements(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    count
}

/// The reminders run, apart from its schedule.
async fn dun(desk: &Desk) -> usize {
    let mut tx = desk.begin().await;
    let books = desk.ctx.shelf.books();
    let count = payment::dun_monthly_statements(&mut tx, &books).await.unwrap();
    tx.commit().await.unwrap();
    count
}

async fn statements(desk: &Desk, who: &Actor) -> Vec<Value> {
    let (status, page) = get(desk, who, "/v1/monthly-statements").await;
    assert_eq!(status, 200, "{page}");
    page["data"].as_array().unwrap().clone()
}

/// The address of the only statement.
async fn statement(desk: &Desk, who: &Actor) -> String {
    let told = statements(desk, who).await;
    assert_eq!(told.len(), 1, "{told:?}");
    format!("/v1/monthly-statements/{}", told[0]["id"].as_str().unwrap())
}

async fn proved(desk: &Desk) {
    assert_eq!(desk.count("select differing + abs(sum_fen) from ledger_proof").await, 0);
}

const FIRST_OF_JUNE: &str = "2014-05-31T16:10:00Z";

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_notice_within_the_limit_is_on_credit_and_the_one_above_it_waits(pool: PgPool) {
    let (desk, chief, url) = granted(pool, 2).await;

    let within = [desk.notice(1).await, desk.notice(2).await];
    let above = desk.notice(3).await;

    for notice in &within {
        assert_eq!(notice.credit, Some(Credit::Granted));
        assert_eq!(notice.due_on.to_string(), "2014-06-10", "of the month after");
        assert_eq!(desk.settlement(notice).await, Settlement::Settled);
    }
    assert_eq!(
        (above.credit, above.due_on.to_string().as_str()),
        (Some(Credit::OverLimit), "2014-06-01")
    );
    let waits = Settlement::Outstanding { unpaid: Fen::yuan(484), why: Some(Credit::OverLimit) };
    assert_eq!(desk.settlement(&above).await, waits);
    let (_, settlement) = get(&desk, &chief, &url).await;
    assert_eq!(settlement["used"]["amount"], "968.00");

    // It is paid as usual; and what is paid gives its credit back.
    desk.pay(above.id).await.unwrap();
    desk.pay(within[0].id).await.unwrap();
    desk.work().await;
    assert_eq!(desk.settlement(&above).await, Settlement::Settled);
    assert_eq!(desk.notice(4).await.credit, Some(Credit::Granted));
    proved(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn notices_at_once_do_not_pass_the_limit_together(pool: PgPool) {
    let (desk, ..) = granted(pool, 3).await;

    let issued = futures_util::future::join_all((1..=8).map(|serial| desk.notice(serial))).await;

    let on_credit = issued.iter().filter(|notice| notice.credit == Some(Credit::Granted));
    assert_eq!(on_credit.count(), 3);
    let waiting = issued.iter().filter(|notice| notice.credit == Some(Credit::OverLimit));
    assert_eq!(waiting.count(), 5);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_automatic_payer_is_debited_at_once_for_what_is_above_its_credit(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let terms = AgreementDraft { credit_settlement: true, auto_debit: true, ..draft("acct-ok") };
    desk.sign(terms).await;
    let chief = desk.person(&[Role::DutyChief], 1).await;
    grant(&desk, &chief, 484).await;

    let (credit, above) = (desk.notice(1).await, desk.notice(2).await);

    assert_eq!(credit.state, NoticeState::Issued);
    assert_eq!((above.state, above.credit), (NoticeState::Paying, Some(Credit::OverLimit)));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn something_overdue_gates_again_until_it_is_paid(pool: PgPool) {
    let (desk, ..) = granted(pool, 9).await;
    let late = desk.notice(1).await;
    until(&desk, "2014-06-05T04:00:00Z");
    let other = desk.notice(2).await;
    until(&desk, "2014-06-10T15:59:00Z");
    assert_eq!(desk.settlement(&late).await, Settlement::Settled, "its last day");

    until(&desk, "2014-06-10T16:00:00Z");
    let new = desk.notice(3).await;

    let waits = Settlement::Outstanding { unpaid: Fen::yuan(484), why: Some(Credit::Overdue) };
    assert_eq!(desk.settlement(&late).await, waits);
    assert_eq!(desk.settlement(&other).await, waits, "all cases of the payer");
    assert_eq!(new.credit, Some(Credit::Overdue));
    desk.pay(late.id).await.unwrap();
    desk.work().await;
    assert_eq!(desk.settlement(&other).await, Settlement::Settled);
    assert_eq!(desk.settlement(&new).await, waits, "it was never on credit");
    let restored =
        "select count(*) from jobs where kind = 'payment.credit_restored' and state = 'done'";
    assert_eq!(desk.count(restored).await, 1, "whatever waited for credit goes on");
    assert_eq!(desk.notice(4).await.credit, Some(Credit::Granted));
    proved(&desk).await;
}

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

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn it_is_granted_by_a_duty_chief_on_an_agreement_that_allows_it_one_at_a_time(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let chief = desk.person(&[Role::DutyChief], 1).await;
    let fee_officer = desk.person(&[Role::FeeOfficer], 1).await;
    let own = desk.member(PAYER, Role::Declarant).await;
    let plain = desk.sign(draft("acct-ok")).await;

    assert_eq!(grant(&desk, &fee_officer, 500).await.0, 403);
    let (status, told) = grant(&desk, &chief, 500).await;
    let code = json!("/problems/payment/monthly-settlement-not-agreed");
    assert_eq!((status, &told["type"]), (409, &code));
    let mut tx = desk.begin().await;
    payment::end_agreement(&mut tx, &super::desk::officer(), plain, "换签").await.unwrap();
    tx.commit().await.unwrap();
    desk.sign(AgreementDraft { credit_settlement: true, ..draft("acct-ok") }).await;
    assert_eq!(desk.notice(1).await.credit, None, "the agreement alone is no credit");

    let by_default = json!({ "reg_no": PAYER });
    let (status, granted) = post(&desk, &chief, "/v1/monthly-settlements", by_default).await;
    assert_eq!(status, 201, "{granted}");
    assert_eq!((&granted["due_day"], &granted["valid_from"]), (&json!(10), &json!("2014-05-12")));
    assert_eq!(granted["credit_limit"]["amount"], "50000.00");
    let (status, twice) = grant(&desk, &chief, 500).await;
    let code = json!("/problems/payment/monthly-settlement-exists");
    assert_eq!((status, &twice["type"]), (409, &code));

    let url = format!("/v1/monthly-settlements/{}", granted["id"].as_str().unwrap());
    let on_credit = desk.notice(2).await;
    for (who, verb, state) in [
        (&fee_officer, "suspend", "SUSPENDED"),
        (&chief, "resume", "ACTIVE"),
        (&own, "end", "ENDED"),
    ] {
        let (status, now) = post(&desk, who, &format!("{url}/{verb}"), why("经批准")).await;
        assert_eq!((status, &now["state"]), (200, &json!(state)), "{now}");
    }
    let (status, over) = post(&desk, &chief, &format!("{url}/resume"), why("经批准")).await;
    let code = json!("/problems/payment/wrong-monthly-settlement-state");
    assert_eq!((status, &over["type"]), (409, &code));
    let waits = Settlement::Outstanding { unpaid: Fen::yuan(484), why: Some(Credit::Suspended) };
    assert_eq!(desk.settlement(&on_credit).await, waits, "R5 asks for one in force");
    assert_eq!(desk.notice(3).await.credit, None);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn everything_wrong_with_a_grant_is_told_at_once(pool: PgPool) {
    let (desk, chief) = agreed(pool).await;
    let body = json!({
        "reg_no": PAYER, "credit_limit": { "amount": "0.00", "currency": "CNY" }, "due_day": 29,
        "valid_from": "2014-05-11", "valid_until": "2014-05-10",
    });

    let (status, told) = post(&desk, &chief, "/v1/monthly-settlements", body).await;

    assert_eq!(status, 422, "{told}");
    let pointers: Vec<_> =
        told["errors"].as_array().unwrap().iter().map(|one| &one["pointer"]).collect();
    assert_eq!(pointers, ["/credit_limit", "/due_day", "/valid_from", "/valid_until"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn whoever_owes_something_overdue_is_granted_nothing(pool: PgPool) {
    let (desk, chief) = agreed(pool).await;
    let late = desk.notice(1).await;
    until(&desk, "2014-06-02T04:00:00Z");

    let (status, told) = grant(&desk, &chief, 500).await;
    let code = json!("/problems/payment/monthly-settlement-owes");
    assert_eq!((status, &told["type"]), (409, &code));

    desk.pay(late.id).await.unwrap();
    desk.work().await;
    assert_eq!(grant(&desk, &chief, 500).await.0, 201);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn credit_is_given_from_its_first_day_to_its_last(pool: PgPool) {
    let (desk, chief) = agreed(pool).await;
    let days = json!({ "reg_no": PAYER, "valid_from": "2014-05-14", "valid_until": "2014-05-15" });
    assert_eq!(post(&desk, &chief, "/v1/monthly-settlements", days).await.0, 201);
    let mut seen = Vec::new();

    for serial in 1..=5 {
        seen.push(desk.notice(serial).await.credit);
        desk.ctx.clock.advance(chrono::Duration::days(1)).unwrap();
    }

    let granted = Some(Credit::Granted);
    assert_eq!(seen, [None, None, granted, granted, None]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nothing_is_granted_without_a_person(pool: PgPool) {
    let (desk, _) = agreed(pool).await;
    let machine = desk.member("310900", Role::DutyChief).await;

    assert_eq!(grant(&desk, &machine, 500).await.0, 403);
    let mut tx = desk.begin().await;
    let none = payment::waiting_on_credit(&mut tx, payment::MonthlySettlementId(uuid::Uuid::nil()));
    assert!(matches!(none.await, Ok::<_, Failure>(waiting) if waiting.is_empty()));
}
