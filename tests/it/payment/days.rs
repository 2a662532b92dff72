//! A day of the bank closes when bank and books agree, or when two persons said why not.
use reqwest::{Method, StatusCode};
use sandbox::Plant;
use serde_json::{Value, json};
use shared::{
    kernel::{Actor, Role},
    payment,
};
use sqlx::PgPool;

use super::desk::{BANK, Desk, noon};

pub(super) const DAY: &str = "2014-05-12";

async fn get(desk: &Desk, who: &Actor) -> Value {
    desk.send(who, Method::GET, &format!("/v1/bank-days/{DAY}"), Value::Null).await.1
}

async fn post(desk: &Desk, who: &Actor, url: &str, body: Value) -> (u16, Value) {
    let (status, told) = desk.send(who, Method::POST, url, body).await;
    (status.as_u16(), told)
}

async fn upload(desk: &Desk, who: &Actor, file: Vec<u8>) -> (u16, Value) {
    let token = desk.api.tokens.issue(who, desk.ctx.clock.now()).unwrap().token;
    let request = reqwest::Client::new()
        .post(format!("{}/v1/bank-days/{DAY}/statement", desk.door))
        .bearer_auth(token)
        .header("content-type", "text/csv");
    let response = request.body(file).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap_or_default())
}

/// The next night: the statements that are wanted are fetched.
pub(super) async fn night(desk: &Desk) {
    desk.wait(chrono::Duration::days(1)).await;
    let mut tx = desk.begin().await;
    payment::want_statements(&mut tx, BANK).await.unwrap();
    tx.commit().await.unwrap();
    desk.work().await;
}

/// Three fees of that day, paid by bank; a cashier and a duty chief.
async fn a_day(desk: &Desk) -> (Actor, Actor) {
    desk.agree("acct-ok").await;
    for serial in 1..=3 {
        desk.notice(serial).await;
    }
    desk.work().await;
    let cashier = desk.person(&[Role::Cashier], 1).await;
    (cashier, desk.person(&[Role::DutyChief], 1).await)
}

fn kinds(sheet: &Value) -> Vec<&str> {
    let all = sheet["differences"].as_array().unwrap().iter();
    all.map(|one| one["kind"].as_str().unwrap()).collect()
}

/// Explains and approves all that is open; says how often that was.
async fn work_off(desk: &Desk, cashier: &Actor, chief: &Actor) -> usize {
    let sheet = get(desk, chief).await;
    let all = sheet["differences"].as_array().unwrap();
    for one in all {
        let url = format!("/v1/day-differences/{}", one["id"].as_str().unwrap());
        let why = json!({ "reason": "已与银行核实" });
        let (status, told) = post(desk, cashier, &format!("{url}/explain"), why).await;
        assert_eq!(status, 200, "{told}");
        let (status, told) = post(desk, chief, &format!("{url}/approve"), json!({})).await;
        assert_eq!(status, 200, "{told}");
    }
    all.len()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_day_on_which_nothing_differs_is_fetched_and_closed_by_itself(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (_, chief) = a_day(&desk).await;

    night(&desk).await;

    let sheet = get(&desk, &chief).await;
    assert_eq!((&sheet["state"], &sheet["lines"]), (&json!("CLOSED"), &json!(3)), "{sheet}");
    assert_eq!(sheet["bank_total"]["amount"], "1452.00");
    assert_eq!(sheet["difference"]["amount"], "0.00");
    assert_eq!(desk.happened("payment.day_closed").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_closed_day_is_final(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (cashier, chief) = a_day(&desk).await;
    night(&desk).await;
    let file = desk.bank.statement(DAY.parse().unwrap());

    let (status, late) = upload(&desk, &cashier, file.into()).await;
    let (again, _) = post(&desk, &chief, &format!("/v1/bank-days/{DAY}/close"), json!({})).await;
    let rewritten = sqlx::query("update bank_days set own_fen = 0").execute(&desk.ctx.pool).await;
    let erased = sqlx::query("delete from statement_lines").execute(&desk.ctx.pool).await;

    assert_eq!((status, &late["type"]), (409, &json!("/problems/payment/day-closed")));
    assert_eq!(again, 409);
    assert!(rewritten.is_err() && erased.is_err());
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_is_planted_is_found_by_name_and_worked_off_by_two(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (cashier, chief) = a_day(&desk).await;
    desk.bank.plant(&[Plant::OrphanOwn, Plant::Amount, Plant::Duplicate, Plant::OrphanBank]);

    night(&desk).await;

    let sheet = get(&desk, &chief).await;
    assert_eq!(sheet["state"], "OPEN");
    let mut found = kinds(&sheet);
    found.sort_unstable();
    assert_eq!(found, ["AMOUNT", "DUPLICATE", "ORPHAN_BANK", "ORPHAN_OWN"]);
    let close = format!("/v1/bank-days/{DAY}/close");
    let (status, early) = post(&desk, &chief, &close, json!({})).await;
    assert_eq!((status, &early["type"]), (409, &json!("/problems/payment/day-differs")));

    assert_eq!(work_off(&desk, &cashier, &chief).await, 4);
    let (status, closed) = post(&desk, &chief, &close, json!({})).await;

    assert_eq!((status, &closed["state"]), (200, &json!("CLOSED")), "{closed}");
    assert_eq!(desk.balance("SUSPENSE:%").await, -77, "what only the bank knew of is booked");
    assert_eq!(desk.count("select differing from ledger_proof").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nobody_approves_what_they_explained(pool: PgPool) {
    let desk = Desk::open(pool).await;
    a_day(&desk).await;
    let both = desk.person(&[Role::Cashier, Role::DutyChief], 5).await;
    desk.bank.plant(&[Plant::OrphanOwn]);
    night(&desk).await;
    let sheet = get(&desk, &both).await;
    let url = format!("/v1/day-differences/{}", sheet["differences"][0]["id"].as_str().unwrap());

    let (early, _) = post(&desk, &both, &format!("{url}/approve"), json!({})).await;
    let why = json!({ "reason": "银行次日入账" });
    let (status, _) = post(&desk, &both, &format!("{url}/explain"), why.clone()).await;
    let (own, told) = post(&desk, &both, &format!("{url}/approve"), json!({})).await;
    let (twice, _) = post(&desk, &both, &format!("{url}/explain"), why).await;

    assert_eq!((early, status, own, twice), (409, 200, 409, 409));
    assert_eq!(told["type"], "/problems/payment/another-person-needed");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_statement_resolves_what_is_unknown(pool: PgPool) {
    let desk = Desk::open(pool).await;
    // The bank books it, and neither answers nor calls back in time; and nobody asks.
    desk.agree("acct-timeout").await;
    let notice = desk.notice(1).await;
    let order = desk.take_and_die(desk.payment_of(notice.id).await).await;
    desk.ctx.bank.debit(&desk.ctx.clock, &order, None).await;
    let cashier = desk.person(&[Role::Cashier], 1).await;
    let file = desk.bank.statement(DAY.parse().unwrap());
    desk.ctx.clock.advance(chrono::Duration::days(1)).unwrap();

    let (status, sheet) = upload(&desk, &cashier, file.into()).await;

    assert_eq!((status, kinds(&sheet)), (200, vec![]), "{sheet}");
    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
    assert_eq!(desk.count("select differing from ledger_proof").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_statement_with_one_bad_line_is_named_by_line_and_not_taken(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (cashier, _) = a_day(&desk).await;
    let good = desk.bank.statement(DAY.parse().unwrap());
    desk.ctx.clock.advance(chrono::Duration::days(1)).unwrap();
    let bad = good.replacen("DEBIT", "DEBT", 1);
    let cut = good[..good.len() - 10].to_owned();
    let doubled = good.clone() + &good;
    let gbk = [good.as_bytes(), &[0xb6, 0xd4, 0xd5, 0xcb]].concat();

    let mut told = Vec::new();
    for file in [bad.into_bytes(), cut.into_bytes(), doubled.into_bytes(), gbk] {
        let (status, problem) = upload(&desk, &cashier, file).await;
        assert_eq!(status, 422, "{problem}");
        let first = &problem["errors"][0];
        told.push((first["pointer"].as_str().unwrap().to_owned(), first["code"].clone()));
    }

    assert_eq!(told[0], ("/lines/2".into(), json!("line-malformed")));
    assert_eq!(told[1].1, json!("totals-differ"));
    assert_eq!(told[2], ("/lines/6".into(), json!("after-end")));
    assert_eq!(told[3], ("/lines/6".into(), json!("not-utf8")));
    assert_eq!(desk.count("select count(*) from bank_days").await, 0);
    let (status, _) = upload(&desk, &cashier, good.clone().into()).await;
    let (again, _) = upload(&desk, &cashier, good.into()).await;
    assert_eq!((status, again), (200, 200));
    assert_eq!(desk.happened("payment.statement_taken").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_day_that_is_not_over_is_not_compared(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (cashier, _) = a_day(&desk).await;
    let file = desk.bank.statement(noon().date_naive());

    let (status, early) = upload(&desk, &cashier, file.into()).await;

    assert_eq!((status, &early["type"]), (409, &json!("/problems/payment/day-not-over")));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn days_that_were_missed_are_caught_up_with(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (_, chief) = a_day(&desk).await;
    desk.wait(chrono::Duration::days(5)).await;

    night(&desk).await;

    let (status, list) = desk.send(&chief, Method::GET, "/v1/bank-days", Value::Null).await;
    assert_eq!(status, StatusCode::OK);
    let days = list["data"].as_array().unwrap();
    assert_eq!(days.len(), 6);
    assert!(days.iter().all(|day| day["state"] == "CLOSED"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn every_day_after_the_first_is_wanted_too(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (_, chief) = a_day(&desk).await;

    night(&desk).await;
    night(&desk).await;

    let days = desk.send(&chief, Method::GET, "/v1/bank-days", Value::Null).await.1;
    let states: Vec<_> = days["data"].as_array().unwrap().iter().map(|day| &day["state"]).collect();
    assert_eq!(states, ["CLOSED", "CLOSED"], "{days}");
}
