//! The edge of a day: midnight is Shanghai's by the bank's clock, and what comes late goes to the next open day.
use chrono::{DateTime, Duration, NaiveDate, Utc};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shared::{
    kernel::{Actor, Role},
    payment::{
        self, NoticeId,
        bank::Word,
        recon::statement::{Line, LineKind, write},
        signature::SealingKey,
    },
};
use sqlx::PgPool;
use worker::{Context, outbound::bank::Bank, run};

use super::{
    desk::{BANK, Desk, booked},
    statements::bring,
};

const LAST: &str = "2014-05-12T15:59:59.999Z";
const FIRST: &str = "2014-05-12T16:00:00Z";

fn monday() -> NaiveDate {
    "2014-05-12".parse().unwrap()
}

fn tuesday() -> NaiveDate {
    "2014-05-13".parse().unwrap()
}

fn at(time: &str) -> DateTime<Utc> {
    time.parse().unwrap()
}

/// A fee whose debit was sent and not answered, and the bank's word about it, which nobody has heard.
async fn unheard(desk: &Desk, serial: u32, bank_time: &str) -> (NoticeId, Word) {
    let notice = desk.notice(serial).await;
    let payment = desk.payment_of(notice.id).await;
    desk.take_and_die(payment).await;
    let word = booked(payment, &format!("B-{serial}"));
    (notice.id, Word { bank_time: at(bank_time), ..word })
}

fn line(word: &Word) -> Line {
    Line {
        line_no: 0,
        kind: LineKind::Debit,
        bank_ref: word.bank_ref.clone(),
        subject: word.payment_id.0,
        amount: word.amount.in_fen().unwrap(),
        booked_at: word.bank_time,
        belongs_to: None,
    }
}

async fn hears(desk: &Desk, word: &Word) {
    let heard = desk.call_back(word, &desk.bank_key, desk.ctx.clock.now()).await;
    assert_eq!(heard, StatusCode::OK);
}

/// A bureau at `now`, an agreement, a cashier and a duty chief.
async fn open(pool: PgPool, now: &str) -> (Desk, Actor, Actor) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-silent").await;
    desk.ctx.clock.advance(at(now) - desk.ctx.clock.now()).unwrap();
    let cashier = desk.person(&[Role::Cashier], 1).await;
    let chief = desk.person(&[Role::DutyChief], 1).await;
    (desk, cashier, chief)
}

async fn take(desk: &Desk, who: &Actor, day: NaiveDate, words: &[&Word]) -> Value {
    let lines: Vec<_> = words.iter().map(|word| line(word)).collect();
    let (status, sheet) = bring(desk, who, (day, "text/csv"), write(&lines)).await;
    assert_eq!(status, 200, "{sheet}");
    sheet
}

async fn post(desk: &Desk, who: &Actor, url: &str, body: Value) -> Value {
    let (status, told) = desk.send(who, Method::POST, url, body).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    told
}

/// Explains and approves whatever differs, and closes the day.
async fn close(desk: &Desk, (cashier, chief): (&Actor, &Actor), day: NaiveDate) -> Value {
    let url = format!("/v1/bank-days/{day}");
    let (_, sheet) = desk.send(chief, Method::GET, &url, Value::Null).await;
    for one in sheet["differences"].as_array().unwrap() {
        let url = format!("/v1/day-differences/{}", one["id"].as_str().unwrap());
        post(desk, cashier, &format!("{url}/explain"), json!({ "reason": "银行迟报" })).await;
        post(desk, chief, &format!("{url}/approve"), json!({})).await;
    }
    post(desk, chief, &format!("{url}/close"), json!({})).await
}

/// Kind, and the closed day that it belongs to.
fn differences(sheet: &Value) -> Vec<(&str, Option<&str>)> {
    let all = sheet["differences"].as_array().unwrap().iter();
    all.map(|one| (one["kind"].as_str().unwrap(), one["belongs_to"].as_str())).collect()
}

fn totals(sheet: &Value) -> (&str, &str) {
    let total = |name: &str| sheet[name]["amount"].as_str().unwrap();
    (total("bank_total"), total("own_total"))
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_last_moment_of_a_day_and_the_first_of_the_next_are_of_two_days(pool: PgPool) {
    let (desk, cashier, chief) = open(pool, LAST).await;
    let (_, last) = unheard(&desk, 1, LAST).await;
    hears(&desk, &last).await;
    let (_, first) = unheard(&desk, 2, FIRST).await;
    desk.ctx.clock.advance(Duration::milliseconds(1)).unwrap();
    hears(&desk, &first).await;
    desk.ctx.clock.advance(Duration::days(2)).unwrap();

    let before = take(&desk, &cashier, monday(), &[&last]).await;
    let after = take(&desk, &cashier, tuesday(), &[&first]).await;
    let both = write(&[line(&last), line(&first)]);
    let (status, problem) = bring(&desk, &cashier, (monday(), "text/csv"), both).await;

    for sheet in [&before, &after] {
        assert_eq!((differences(sheet), totals(sheet)), (vec![], ("484.00", "484.00")), "{sheet}");
    }
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/lines/3")));
    assert_eq!(problem["errors"][0]["code"], "another-day");
    for day in [monday(), tuesday()] {
        assert_eq!(close(&desk, (&cashier, &chief), day).await["state"], "CLOSED");
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_banks_clock_decides_on_which_day_it_booked(pool: PgPool) {
    // It is two minutes to midnight here, and past it at the bank; and the other way round.
    let (desk, cashier, _) = open(pool, "2014-05-12T15:58:00Z").await;
    let (_, fast) = unheard(&desk, 1, "2014-05-12T16:01:00Z").await;
    hears(&desk, &fast).await;
    desk.ctx.clock.advance(Duration::minutes(4)).unwrap();
    let (_, slow) = unheard(&desk, 2, "2014-05-12T15:58:30Z").await;
    hears(&desk, &slow).await;
    desk.ctx.clock.advance(Duration::days(2)).unwrap();

    let before = take(&desk, &cashier, monday(), &[&slow]).await;
    let after = take(&desk, &cashier, tuesday(), &[&fast]).await;

    assert_eq!((differences(&before), differences(&after)), (vec![], vec![]));
    assert_eq!((totals(&before), totals(&after)), (("484.00", "484.00"), ("484.00", "484.00")));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_statement_is_fetched_when_it_is_past_midnight_at_the_bank_too(pool: PgPool) {
    let (desk, ..) = open(pool, LAST).await;
    let (_, word) = unheard(&desk, 1, LAST).await;
    hears(&desk, &word).await;
    let wanted = async |after: Duration| {
        desk.ctx.clock.advance(after).unwrap();
        let mut tx = desk.begin().await;
        let wanted = payment::want_statements(&mut tx, BANK).await.unwrap();
        tx.roll_back().await.unwrap();
        wanted
    };

    assert_eq!(wanted(Duration::minutes(9)).await, 0, "its clock may be minutes behind");
    assert_eq!(wanted(Duration::minutes(2)).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_late_line_goes_to_the_next_open_day_and_says_where_it_belongs(pool: PgPool) {
    let (desk, cashier, chief) = open(pool, "2014-05-12T15:00:00Z").await;
    let (notice, late) = unheard(&desk, 1, LAST).await;
    let (_, other) = unheard(&desk, 2, "2014-05-13T01:00:00Z").await;
    desk.ctx.clock.advance(Duration::days(2)).unwrap();
    hears(&desk, &other).await;
    take(&desk, &cashier, monday(), &[]).await;
    let (status, early) =
        bring(&desk, &cashier, (tuesday(), "text/csv"), write(&[line(&late), line(&other)])).await;
    assert_eq!((status, &early["errors"][0]["code"]), (422, &json!("another-day")), "still open");
    close(&desk, (&cashier, &chief), monday()).await;

    let sheet = take(&desk, &cashier, tuesday(), &[&late, &other]).await;

    assert_eq!(desk.stand(notice).await, ("PAID", "SUCCESS"), "it is evidence all the same");
    assert_eq!((differences(&sheet), totals(&sheet)), (vec![], ("968.00", "968.00")), "{sheet}");
    let placed = "select count(*) from statement_lines where day = '2014-05-13' and belongs_to = '2014-05-12'";
    assert_eq!(desk.count(placed).await, 1);
    assert_eq!(close(&desk, (&cashier, &chief), tuesday()).await["difference"]["amount"], "0.00");
    let url = format!("/v1/bank-days/{}", monday());
    let (_, closed) = desk.send(&chief, Method::GET, &url, Value::Null).await;
    assert_eq!(totals(&closed), ("0.00", "0.00"), "the closed day stays what it is");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_we_hear_of_a_closed_day_is_asked_for_on_the_next_open_one(pool: PgPool) {
    let (desk, cashier, chief) = open(pool, "2014-05-12T15:00:00Z").await;
    let (_, late) = unheard(&desk, 1, LAST).await;
    desk.ctx.clock.advance(Duration::days(1)).unwrap();
    take(&desk, &cashier, monday(), &[]).await;
    close(&desk, (&cashier, &chief), monday()).await;
    hears(&desk, &late).await;
    desk.ctx.clock.advance(Duration::days(1)).unwrap();

    let missed = take(&desk, &cashier, tuesday(), &[]).await;
    let url = format!("/v1/bank-days/{}/close", tuesday());
    let (status, open) = desk.send(&chief, Method::POST, &url, json!({})).await;
    let stated = take(&desk, &cashier, tuesday(), &[&late]).await;

    assert_eq!(differences(&missed), [("ORPHAN_OWN", Some("2014-05-12"))]);
    assert_eq!(totals(&missed), ("0.00", "484.00"));
    assert_eq!(
        (status, &open["type"]),
        (StatusCode::CONFLICT, &json!("/problems/payment/day-differs"))
    );
    assert_eq!((differences(&stated), totals(&stated)), (vec![], ("484.00", "484.00")));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_a_closed_day_has_missed_counts_once_when_the_bank_tells_it_late(pool: PgPool) {
    let (desk, cashier, chief) = open(pool, "2014-05-12T15:00:00Z").await;
    let (_, late) = unheard(&desk, 1, LAST).await;
    hears(&desk, &late).await;
    desk.ctx.clock.advance(Duration::days(3)).unwrap();
    let monday_sheet = take(&desk, &cashier, monday(), &[]).await;
    assert_eq!(differences(&monday_sheet), [("ORPHAN_OWN", None)]);
    close(&desk, (&cashier, &chief), monday()).await;

    let sheet = take(&desk, &cashier, tuesday(), &[&late]).await;
    assert_eq!(differences(&sheet), [("DATE", Some("2014-05-12"))]);
    assert_eq!(totals(&sheet), ("484.00", "0.00"), "the day before counted ours");
    close(&desk, (&cashier, &chief), tuesday()).await;
    let wednesday = "2014-05-14".parse().unwrap();
    let again = take(&desk, &cashier, wednesday, &[&late]).await;

    assert_eq!(differences(&again), [("DUPLICATE", Some("2014-05-12"))], "told a second time");
    let sums = "select (sum(bank_fen) - sum(own_fen))::int8 from bank_days where state = 'CLOSED'";
    assert_eq!(desk.count(sums).await, 0, "over the days bank and books agree");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_late_orphan_is_booked_to_suspense_on_the_next_open_day(pool: PgPool) {
    let (desk, cashier, chief) = open(pool, "2014-05-12T15:00:00Z").await;
    desk.ctx.clock.advance(Duration::days(2)).unwrap();
    take(&desk, &cashier, monday(), &[]).await;
    close(&desk, (&cashier, &chief), monday()).await;
    let stray = booked(payment::PaymentId::mint(at(LAST)), "B-stray");
    let stray = Word { bank_time: at(LAST), ..stray };

    let sheet = take(&desk, &cashier, tuesday(), &[&stray]).await;
    assert_eq!(differences(&sheet), [("ORPHAN_BANK", Some("2014-05-12"))]);
    let closed = close(&desk, (&cashier, &chief), tuesday()).await;

    assert_eq!(totals(&closed), ("484.00", "484.00"));
    assert_eq!(desk.balance("SUSPENSE:%").await, -484);
    assert_eq!(desk.count("select differing from ledger_proof").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_bank_that_is_down_for_a_day_is_caught_up_with(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-ok").await;
    desk.notice(1).await;
    desk.work().await;
    let chief = desk.person(&[Role::DutyChief], 1).await;
    let (ours, theirs) = (SealingKey::from_seed(&[1; 32]), desk.bank_key.checking_key());
    let patience = std::time::Duration::from_secs(1);
    // Nobody answers there.
    let bank = Bank::new(BANK, "http://127.0.0.1:9/", ours, theirs, patience).unwrap();
    let down = Context { bank, ..desk.ctx.clone() };
    let hours = async |ctx: &Context, count: u8| {
        for _ in 0..count {
            desk.ctx.clock.advance(Duration::hours(1)).unwrap();
            let mut tx = desk.begin().await;
            payment::want_statements(&mut tx, BANK).await.unwrap();
            tx.commit().await.unwrap();
            run::drain(ctx).await.unwrap();
        }
    };

    hours(&down, 36).await;
    assert_eq!(desk.count("select count(*) from bank_days").await, 0);
    hours(&desk.ctx, 24).await;

    let (_, list) = desk.send(&chief, Method::GET, "/v1/bank-days", Value::Null).await;
    let days = list["data"].as_array().unwrap();
    assert_eq!(days.len(), 2, "{list}");
    assert!(days.iter().all(|day| day["state"] == "CLOSED"), "{list}");
    assert_eq!(days[1]["own_total"]["amount"], "484.00");
}
