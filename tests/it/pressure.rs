//! Those who ask too much, too slowly, or all at once, do not stand in the way of the others. How fast all this goes
//! is measured by `cargo xtask pressure`.
use std::sync::Arc;

use actix_web::test::TestRequest;
use api::{identity::Passwords, limits::Limits};
use futures_util::future::join_all;
use sandbox::partner::{Fault, Voice};
use serde_json::{Value, json};
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{Bureau, DERUI, HAIYUAN, Neighbour, Person, Reply, SHANGHAI, SSE, screws, wine};

use crate::cases::Case;

const FILE: &str = "/v1/declarations";
const LIST: &str = "/v1/declarations?limit=1";

fn from(address: &str, request: TestRequest) -> TestRequest {
    request.peer_addr(format!("{address}:40000").parse().unwrap())
}

fn forged() -> TestRequest {
    let token = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6InRlc3QifQ.e30.AAAA";
    TestRequest::get().uri(LIST).insert_header(("authorization", format!("Bearer {token}")))
}

/// How often each status was answered, in the order of the statuses.
fn tally(replies: &[Reply]) -> Vec<(u16, usize)> {
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status.as_u16()).collect();
    statuses.sort_unstable();
    let chunks = statuses.chunk_by(|one, other| one == other);
    chunks.map(|chunk| (chunk[0], chunk.len())).collect()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_client_beyond_its_limit_is_refused_and_its_neighbour_served(pool: PgPool) {
    let mut bureau = Bureau::open(pool).await;
    bureau.refit(|ctx| ctx.limits = Arc::new(Limits::per_second(10)));
    let (greedy, modest) = (bureau.derui().await, bureau.declarant(HAIYUAN).await);

    let flood = join_all((0..60).map(|_| greedy.get(LIST))).await;

    assert_eq!(tally(&flood), [(200, 20), (429, 40)]);
    modest.post(FILE, wine("WN-1").0).await.expect(201);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_address_that_sends_forged_tokens_is_not_read_after_a_while(pool: PgPool) {
    let mut bureau = Bureau::open(pool).await;
    bureau.refit(|ctx| ctx.limits = Arc::new(Limits::per_second(5)));
    let (stranger, known) = (bureau.stranger(), bureau.derui().await);
    let here = || from("192.0.2.1", TestRequest::get().uri(LIST));
    known.send(here()).await.expect(200);

    let flood = join_all((0..30).map(|_| stranger.send(from("192.0.2.1", forged())))).await;

    assert_eq!(tally(&flood), [(401, 10), (429, 20)]);
    known.send(here()).await.expect(200);
    let newcomer = bureau.declarant(HAIYUAN).await;
    newcomer.send(here()).await.expect(429);
    let elsewhere = from("192.0.2.2", TestRequest::get().uri(LIST));
    newcomer.send(elsewhere).await.expect(200);
}

async fn try_password(someone: &Person<'_>, address: &str, login: &str, password: &str) -> Reply {
    let body = json!({ "login": login, "password": password });
    someone.send(from(address, TestRequest::post().uri("/v1/sign-in").set_json(body))).await
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn one_address_that_guesses_passwords_keeps_nobody_else_out(pool: PgPool) {
    const RIGHT: &str = "take nine grey cranes";
    let mut bureau = Bureau::open(pool).await;
    bureau.refit(|ctx| ctx.passwords = Arc::new(Passwords::sharing(2, 1_000)));
    let organisation: String =
        sqlx::query_scalar("select id::text from organisations where code = '310900'")
            .fetch_one(bureau.pool())
            .await
            .unwrap();
    let person = json!({
        "organisation_id": organisation, "login": "wang.li", "name": "某人",
        "roles": ["inspector"], "password": RIGHT,
    });
    bureau.administrator().await.post("/v1/staff", person).await.expect(201);
    let stranger = bureau.stranger();

    let mut guesses = Vec::new();
    for number in 0..10 {
        let login = format!("guessed.{number}");
        guesses.push(try_password(&stranger, "192.0.2.1", &login, "123456789012").await);
    }

    assert_eq!(tally(&guesses), [(401, 4), (429, 6)]);
    try_password(&stranger, "192.0.2.2", "wang.li", RIGHT).await.expect(200);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn one_login_is_tried_no_faster_from_many_addresses(pool: PgPool) {
    let mut bureau = Bureau::open(pool).await;
    bureau.refit(|ctx| ctx.passwords = Arc::new(Passwords::sharing(1_000, 1)));
    let stranger = bureau.stranger();

    let mut guesses = Vec::new();
    for number in 1..8 {
        let address = format!("192.0.2.{number}");
        guesses.push(try_password(&stranger, &address, "nobody.here", "123456789012").await);
    }

    assert_eq!(tally(&guesses), [(401, 2), (429, 5)]);
    assert!(guesses[6].header("retry-after").parse::<u64>().unwrap() >= 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn of_many_who_declare_one_delivery_order_at_once_exactly_one_succeeds(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let rival = |number: usize| {
        screws(&format!("R-{number}"))
            .with("/delivery_order", json!("D-ONE"))
            .with("/bill_lad_no", json!("B-ONE"))
    };

    let replies = join_all((0..200).map(|number| derui.post(FILE, rival(number).0))).await;

    assert_eq!(tally(&replies), [(201, 1), (409, 199)]);
    let refused = replies.iter().filter(|reply| reply.status == 409);
    assert!({ refused }.all(|reply| reply.problem() == "declaration/do-already-declared"));
    assert_eq!(bureau.count("select count(*) from declarations").await, 1);
    bureau.settle().await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn of_many_who_pay_one_notice_at_once_exactly_one_begins(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let haiyuan = bureau.declarant(HAIYUAN).await;
    let limit = json!({ "amount": "20000.00", "currency": "CNY" });
    let agreement = json!({
        "reg_no": HAIYUAN, "account_token": "acct-ok", "signed_on": "2014-05-01",
        "single_limit": limit, "daily_limit": limit,
    });
    let fee_officer = bureau.officer(SSE, Role::FeeOfficer).await;
    fee_officer.post("/v1/agreements", agreement).await.expect(201);
    let case = Case::filed(&bureau, &haiyuan, wine("WN-1")).await;
    let pay = format!("/v1/fee-notices/{}/pay", case.receipt.text("/fee_notice/id"));

    let replies = join_all((0..200).map(|_| haiyuan.post(&pay, Value::Null))).await;

    assert_eq!(tally(&replies), [(200, 1), (409, 199)]);
    // A few are done one after the other; the others are not let in at all.
    let known = ["payment/wrong-notice-state", "record/busy"];
    let refused: Vec<&Reply> = replies.iter().filter(|reply| reply.status == 409).collect();
    assert!(refused.iter().all(|reply| known.contains(&reply.problem())), "{refused:?}");
    assert_eq!(bureau.count("select count(*) from payments").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_query_string_of_thousands_of_names_gets_a_short_answer(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let names: Vec<String> = (0..5_000).map(|number| format!("x{number}")).collect();

    let reply = bureau.stranger().get(&format!("/v1/declarations?{}", names.join("&"))).await;

    assert_eq!(reply.expect(400).codes().len(), 20);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_text_that_cannot_be_kept_is_the_callers_fault(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::filed(&bureau, &derui, screws("N-1").of(DERUI)).await;

    let nul = json!({ "reason": "合同\u{0}取消" });
    let refused = derui.post(&case.url("withdraw"), nul).await;

    assert_eq!(refused.expect(400).codes(), ["character-nul"]);
    derui.get("/v1/declarations?decl_no=%00").await.expect(400);
}

/// Forged and good calls of partners, each from an address.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_flood_of_forged_signatures_starves_no_partner_that_is_known(pool: PgPool) {
    let mut bureau = Bureau::open(pool).await;
    bureau.refit(|ctx| ctx.limits = Arc::new(Limits::per_second(5)));
    let now = bureau.ctx.clock.now();
    let zhejiang = Neighbour::of(&bureau, "330000", &[]).await;
    let jiangsu = Neighbour::of(&bureau, "320000", &[]).await;
    let anhui = Neighbour::of(&bureau, "340000", &[]).await;
    let brings = async |who: &Neighbour<'_>, fault: Fault, address: &str| {
        let message = who.says("exchange.ping", (bureau.nobody(), 1), json!({}));
        let voice = Voice { keys: who.keys.clone(), receiver: SHANGHAI.into() };
        let call = fault.calls(&voice, vec![message], now, false).unwrap().remove(0);
        let request = TestRequest::post().uri("/v1/exchange/messages");
        let request = call.headers.into_iter().fold(request, TestRequest::insert_header);
        let request = request.insert_header(("content-type", call.content_type));
        bureau.stranger().send(from(address, request.set_payload(call.body))).await
    };
    brings(&zhejiang, Fault::None, "192.0.2.1").await.expect(200);
    brings(&jiangsu, Fault::None, "192.0.2.1").await.expect(200);

    let mut flood = Vec::new();
    for _ in 0..10 {
        // In the name of a partner that is known here, of one that is not, and of nobody.
        flood.push(brings(&jiangsu, Fault::WrongSeal, "192.0.2.1").await);
        flood.push(brings(&anhui, Fault::WrongSeal, "192.0.2.1").await);
        let nobody = TestRequest::post().uri("/v1/exchange/messages");
        flood.push(bureau.stranger().send(from("192.0.2.1", nobody)).await);
        // And of one that is known, from where it never was.
        flood.push(brings(&zhejiang, Fault::WrongSeal, "192.0.2.9").await);
    }

    // Ten in the name of the one that is known here; the eight that this address had left for all others; and the ten
    // of the other address. No signature was looked at for the rest.
    assert_eq!(tally(&flood), [(401, 10 + 8 + 10), (429, 12)]);
    brings(&zhejiang, Fault::None, "192.0.2.1").await.expect(200);
    brings(&anhui, Fault::None, "192.0.2.1").await.expect(429);
    brings(&anhui, Fault::None, "192.0.2.2").await.expect(200);
    assert_eq!(bureau.count("select count(*) from inbox").await, 4);
}
