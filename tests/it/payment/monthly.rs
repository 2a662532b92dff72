//! Monthly settlement: fees on credit up to a limit, told of once a month, dunned, and suspended in the end.
use reqwest::Method;
use serde_json::{Value, json};
use shared::{
    kernel::{Actor, Failure, Fen, Role, money::Amount},
    payment::{self, AgreementDraft, Credit, NoticeState, Settlement},
};
use sqlx::PgPool;
use worker::schedule;

use super::desk::{Desk, PAYER, draft};

/// A desk whose payer signed an agreement with credit settlement; and the duty chief.
pub(super) async fn agreed(pool: PgPool) -> (Desk, Actor) {
    let desk = Desk::open(pool).await;
    desk.sign(AgreementDraft { credit_settlement: true, ..draft("acct-ok") }).await;
    let chief = desk.person(&[Role::DutyChief], 1).await;
    (desk, chief)
}

/// The same, and so many notices of 484 yuan may be unpaid.
pub(super) async fn granted(pool: PgPool, notices: i64) -> (Desk, Actor, String) {
    let (desk, chief) = agreed(pool).await;
    let (status, granted) = grant(&desk, &chief, 484 * notices).await;
    assert_eq!(status, 201, "{granted}");
    let url = format!("/v1/monthly-settlements/{}", granted["id"].as_str().unwrap());
    (desk, chief, url)
}

pub(super) async fn grant(desk: &Desk, who: &Actor, yuan: i64) -> (u16, Value) {
    let limit = Amount::from(Fen::yuan(yuan));
    let body = json!({ "reg_no": PAYER, "credit_limit": limit, "due_day": 10 });
    post(desk, who, "/v1/monthly-settlements", body).await
}

pub(super) async fn post(desk: &Desk, who: &Actor, url: &str, body: Value) -> (u16, Value) {
    let (status, told) = desk.send(who, Method::POST, url, body).await;
    (status.as_u16(), told)
}

pub(super) async fn get(desk: &Desk, who: &Actor, url: &str) -> (u16, Value) {
    let (status, told) = desk.send(who, Method::GET, url, Value::Null).await;
    (status.as_u16(), told)
}

pub(super) fn why(reason: &str) -> Value {
    json!({ "reason": reason })
}

/// Turns the clock to that time.
pub(super) fn until(desk: &Desk, at: &str) {
    let at: chrono::DateTime<chrono::Utc> = at.parse().unwrap();
    desk.ctx.clock.advance(at - desk.ctx.clock.now()).unwrap();
}

/// What recurs and is due is promised and done.
pub(super) async fn night(desk: &Desk) {
    schedule::know_all(&desk.ctx).await.unwrap();
    schedule::tick(&desk.ctx).await.unwrap();
    desk.work().await;
}

/// The statements run, apart from its schedule.
pub(super) async fn tell(desk: &Desk) -> usize {
    let mut tx = desk.begin().await;
    let count = payment::issue_monthly_statements(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    count
}

/// The reminders run, apart from its schedule.
pub(super) async fn dun(desk: &Desk) -> usize {
    let mut tx = desk.begin().await;
    let books = desk.ctx.shelf.books();
    let count = payment::dun_monthly_statements(&mut tx, &books).await.unwrap();
    tx.commit().await.unwrap();
    count
}

pub(super) async fn statements(desk: &Desk, who: &Actor) -> Vec<Value> {
    let (status, page) = get(desk, who, "/v1/monthly-statements").await;
    assert_eq!(status, 200, "{page}");
    page["data"].as_array().unwrap().clone()
}

/// The address of the only statement.
pub(super) async fn statement(desk: &Desk, who: &Actor) -> String {
    let told = statements(desk, who).await;
    assert_eq!(told.len(), 1, "{told:?}");
    format!("/v1/monthly-statements/{}", told[0]["id"].as_str().unwrap())
}

pub(super) async fn proved(desk: &Desk) {
    assert_eq!(desk.count("select differing + abs(sum_fen) from ledger_proof").await, 0);
}

pub(super) const FIRST_OF_JUNE: &str = "2014-05-31T16:10:00Z";

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
