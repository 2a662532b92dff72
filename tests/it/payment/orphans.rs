//! Money of a payment that we never made lies in suspense until the bank takes it back.
use proptest::{prelude::*, test_runner::TestCaseError};
use reqwest::{Method, StatusCode};
use sandbox::Plant;
use serde_json::{Value, json};
use shared::{
    kernel::{Actor, Role},
    payment::{
        PaymentId,
        bank::{Outcome, Word},
        recon::statement::{Line, LineKind, write},
    },
};
use sqlx::PgPool;

use super::{
    days::{DAY, night},
    desk::{Desk, booked, noon},
    statements::bring,
    walks::every_walk_holds,
};

async fn open(pool: PgPool) -> (Desk, Actor, Actor) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-ok").await;
    let cashier = desk.person(&[Role::Cashier], 1).await;
    let chief = desk.person(&[Role::DutyChief], 1).await;
    (desk, cashier, chief)
}

/// The bank takes a booking back, and calls.
async fn take_back(desk: &Desk, bank_ref: &str) {
    let door = reqwest::Client::new().post(format!("{}sandbox/reversals", desk.bank_url));
    let asked = door.json(&json!({ "bank_ref": bank_ref })).send().await.unwrap();
    assert_eq!(asked.status(), StatusCode::NO_CONTENT);
}

async fn hears(desk: &Desk, word: &Word) {
    let heard = desk.call_back(word, &desk.bank_key, desk.ctx.clock.now()).await;
    assert_eq!(heard, StatusCode::OK);
}

async fn items(desk: &Desk, who: &Actor, query: &str) -> Value {
    let url = format!("/v1/suspense-items{query}");
    let (status, told) = desk.send(who, Method::GET, &url, Value::Null).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    told
}

/// Explains every open difference of that day; what came of it.
async fn explain(desk: &Desk, cashier: &Actor, day: &str) {
    let (_, sheet) =
        desk.send(cashier, Method::GET, &format!("/v1/bank-days/{day}"), Value::Null).await;
    for one in sheet["differences"].as_array().into_iter().flatten() {
        if one["state"] == "OPEN" {
            let url = format!("/v1/day-differences/{}/explain", one["id"].as_str().unwrap());
            desk.send(cashier, Method::POST, &url, json!({ "reason": "银行误记" })).await;
        }
    }
}

fn back(word: &Word) -> Word {
    Word { outcome: Outcome::Reversed, ..word.clone() }
}

fn line(word: &Word) -> Line {
    let kind = if word.outcome == Outcome::Reversed { LineKind::Reversal } else { LineKind::Debit };
    Line {
        line_no: 0,
        kind,
        bank_ref: word.bank_ref.clone(),
        subject: word.payment_id.0,
        amount: word.amount.in_fen().unwrap(),
        booked_at: word.bank_time,
        belongs_to: None,
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_orphan_that_the_bank_takes_back_leaves_suspense_and_its_day_agrees(pool: PgPool) {
    let (desk, cashier, chief) = open(pool).await;
    desk.notice(1).await;
    desk.work().await;
    desk.bank.plant(&[Plant::OrphanBank]);
    night(&desk).await;
    explain(&desk, &cashier, DAY).await;
    desk.bank.plant(&[]);
    let before = items(&desk, &chief, "").await;

    for _ in 0..2 {
        take_back(&desk, &format!("B-stray-{DAY}")).await;
        desk.bank.quiet().await;
    }
    night(&desk).await;

    assert_eq!(before["total"]["amount"], "77.00", "{before}");
    assert_eq!(
        (&before["data"][0]["why"], &before["data"][0]["day"]),
        (&json!("ORPHAN"), &json!(DAY))
    );
    let after = items(&desk, &chief, "").await;
    assert_eq!((&after["data"], &after["total"]["amount"]), (&json!([]), &json!("0.00")));
    assert_eq!(desk.balance("SUSPENSE:%").await, 0);
    assert_eq!(desk.happened("payment.orphan_returned").await, 1);
    assert_eq!(desk.count("select differing from ledger_proof").await, 0);
    let url = "/v1/bank-days/2014-05-13";
    let (_, next) = desk.send(&chief, Method::GET, url, Value::Null).await;
    assert_eq!(
        (&next["state"], &next["bank_total"]["amount"]),
        (&json!("CLOSED"), &json!("-77.00")),
        "{next}"
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_lies_in_suspense_is_listed_oldest_first_and_is_the_balance(pool: PgPool) {
    let (desk, cashier, chief) = open(pool).await;
    let notice = desk.notice(1).await;
    desk.work().await;
    hears(&desk, &booked(desk.payment_of(notice.id).await, "B-second")).await;
    desk.wait(chrono::Duration::minutes(1)).await;
    hears(&desk, &booked(PaymentId::mint(noon()), "B-orphan")).await;
    desk.wait(chrono::Duration::minutes(1)).await;
    let unwanted = desk.notice(2).await;
    desk.void_all(&unwanted).await;
    desk.work().await;
    let paying = desk.member("310700", Role::AcceptanceOfficer).await;

    let all = items(&desk, &cashier, "").await;
    let first = items(&desk, &chief, "?limit=2").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = items(&desk, &chief, &format!("?limit=2&cursor={cursor}")).await;
    let (refused, _) = desk.send(&paying, Method::GET, "/v1/suspense-items", Value::Null).await;

    let why = |told: &Value| -> Vec<String> {
        let data = told["data"].as_array().unwrap().iter();
        data.map(|one| one["why"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(why(&all), ["UNEXPECTED", "ORPHAN", "UNWANTED"], "{all}");
    assert_eq!(why(&first), ["UNEXPECTED", "ORPHAN"]);
    assert_eq!((why(&rest), &rest["has_more"]), (vec!["UNWANTED".to_owned()], &json!(false)));
    let states: Vec<_> =
        all["data"].as_array().unwrap().iter().map(|one| &one["refund_state"]).collect();
    assert_eq!(states, [&json!("OWED"), &Value::Null, &json!("OWED")]);
    assert_eq!(all["total"]["amount"], "1452.00");
    assert_eq!(desk.balance("SUSPENSE:%").await, -1452);
    assert_eq!(refused, StatusCode::FORBIDDEN);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_reversal_of_what_we_never_heard_of_stays_a_difference_until_it_is_heard(pool: PgPool) {
    let (desk, cashier, _) = open(pool).await;
    let stray = booked(PaymentId::mint(noon()), "B-stray");
    desk.ctx.clock.advance(chrono::Duration::days(1)).unwrap();
    let day = DAY.parse().unwrap();
    let file = write(&[line(&stray), line(&back(&stray))]);

    let (_, sheet) = bring(&desk, &cashier, (day, "text/csv"), file).await;
    assert_eq!(sheet["differences"].as_array().unwrap().len(), 2, "{sheet}");
    assert_eq!(desk.count("select count(*) from bank_words").await, 0);
    explain(&desk, &cashier, DAY).await;

    assert_eq!(desk.happened("payment.orphan_returned").await, 1);
    assert_eq!(desk.balance("SUSPENSE:%").await, 0);
    assert_eq!(desk.count("select differing from ledger_proof").await, 0);
}

/// What happens to one orphan of some.
#[derive(Clone, Copy, Debug)]
enum Turn {
    Booked(usize),
    TakenBack(usize),
    Statement,
    Explain,
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let turn = prop_oneof![
        2 => (0..3_usize).prop_map(Turn::Booked),
        3 => (0..3_usize).prop_map(Turn::TakenBack),
        3 => Just(Turn::Statement),
        4 => Just(Turn::Explain),
    ];
    let turns = prop::collection::vec(turn, 4..12);
    turns.prop_map(|turns| turns.into_iter().chain([Turn::Statement, Turn::Explain]).collect())
}

async fn walk(desk: &Desk, cashier: &Actor, turns: &[Turn]) -> Result<(), TestCaseError> {
    let strays: Vec<_> = (0..3)
        .map(|_| {
            let id = PaymentId::mint(noon());
            booked(id, &format!("B-{id}"))
        })
        .collect();
    for turn in turns {
        match turn {
            Turn::Booked(which) => hears(desk, &strays[*which]).await,
            Turn::TakenBack(which) => hears(desk, &back(&strays[*which])).await,
            Turn::Statement => {
                let lines = strays.iter().flat_map(|word| [line(word), line(&back(word))]);
                let lines: Vec<_> = lines.collect();
                let day = DAY.parse().unwrap();
                let (status, told) = bring(desk, cashier, (day, "text/csv"), write(&lines)).await;
                prop_assert_eq!(status, 200, "{}", told);
            }
            Turn::Explain => explain(desk, cashier, DAY).await,
        }
        let differing = desk.count("select differing from ledger_proof").await;
        prop_assert_eq!(differing, 0, "{:?}", turn);
        let open = "select coalesce(sum(open_fen), 0)::int8 / 100 from suspense_items";
        prop_assert_eq!(desk.count(open).await, -desk.balance("SUSPENSE:%").await);
    }
    // The bank has taken back all that it booked, and everything was heard.
    prop_assert_eq!(desk.balance("SUSPENSE:%").await, 0);
    prop_assert_eq!(desk.balance("BANK:%").await, 0);
    Ok(())
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn in_whatever_order_an_orphan_is_told_explained_and_taken_back_the_books_end_right(
    pool: PgPool,
) {
    let (desk, cashier, _) = open(pool).await;
    desk.ctx.clock.advance(chrono::Duration::days(1)).unwrap();
    every_walk_holds(12, turns, async move |turns| Box::pin(walk(&desk, &cashier, &turns)).await)
        .await;
}
