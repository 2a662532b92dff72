//! What the network and the clock can do to a handoff: nothing that makes two owners, or none.
use chrono::Duration;
use serde_json::{Value, json};
use shared::{acts, exchange::MessageId, kernel::Role, ledger::Tx};
use sqlx::PgPool;
use tests::{Bureau, SHANGHAI, SSE};

use super::{XIAOSHAN, ZHEJIANG, answer_there, handoff_at, offered, owners, two_bureaus, visiting};
use crate::cases::tick;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nobody_acts_between_the_agreement_and_its_confirmation(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let (home, there) = (league.at(SHANGHAI), league.at(ZHEJIANG));
    let case = offered(&league, "X-10").await;
    league.settle().await;
    let visitor = case.seen_at(there, XIAOSHAN).await;
    let second = there.second_officer(XIAOSHAN, Role::Inspector).await.id;
    let start = json!({ "second_inspector": second });

    let unasked =
        visitor.officer(XIAOSHAN, Role::Inspector, "start-inspection", start.clone()).await;
    answer_there(&league, &case, "accept", Value::Null).await.expect(200);
    there.settle().await;
    let unconfirmed = visitor.officer(XIAOSHAN, Role::Inspector, "start-inspection", start).await;
    let before = owners(&league, &case.id).await;
    league.carry(ZHEJIANG, SHANGHAI).await;
    home.settle().await;
    let between = owners(&league, &case.id).await;
    league.settle().await;

    assert_eq!(unasked.expect(409).problem(), "inspection/not-responsible");
    assert_eq!(unconfirmed.expect(409).problem(), "inspection/not-responsible");
    assert_eq!((before.as_slice(), between.as_slice()), ([SHANGHAI].as_slice(), [].as_slice()));
    assert_eq!(owners(&league, &case.id).await, [ZHEJIANG]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_lost_acknowledgement_makes_no_second_handoff(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let case = offered(&league, "X-11").await;

    // Every message arrives, and none of the receipts; an hour later all of it is said again.
    for (from, to) in [(SHANGHAI, ZHEJIANG), (ZHEJIANG, SHANGHAI), (SHANGHAI, ZHEJIANG)] {
        let messages = league.waiting(from, to).await;
        league.bring(from, to, &messages).await;
        league.at(to).settle().await;
        if handoff_at(league.at(ZHEJIANG), XIAOSHAN, &case.id).await["state"] == "OFFERED" {
            answer_there(&league, &case, "accept", Value::Null).await.expect(200);
            league.at(ZHEJIANG).settle().await;
        }
    }
    assert_eq!(owners(&league, &case.id).await, [ZHEJIANG]);
    league.wait(Duration::hours(1));
    league.settle().await;

    assert_eq!(owners(&league, &case.id).await, [ZHEJIANG]);
    let accepted = "select count(*) from events where kind = 'handoff.accepted'";
    assert_eq!(league.at(SHANGHAI).count(accepted).await, 1);
    assert_eq!(league.at(ZHEJIANG).count(accepted).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_double_accept_is_one(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let case = offered(&league, "X-12").await;
    league.settle().await;

    let (one, other) = tokio::join!(
        answer_there(&league, &case, "accept", Value::Null),
        answer_there(&league, &case, "accept", Value::Null),
    );
    league.settle().await;

    let mut answers = [one.status.as_u16(), other.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [200, 409]);
    assert_eq!(owners(&league, &case.id).await, [ZHEJIANG]);
    let said = "select count(*) from outbox where kind = 'handoff.accepted'";
    assert_eq!(league.at(ZHEJIANG).count(said).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_recall_that_crosses_an_accept_leaves_the_case_with_the_offerer(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let home = league.at(SHANGHAI);
    let case = offered(&league, "X-13").await;
    league.settle().await;

    answer_there(&league, &case, "accept", Value::Null).await.expect(200);
    league.at(ZHEJIANG).settle().await;
    let id = case.handoff().await["id"].as_str().unwrap().to_owned();
    let chief = home.officer(SSE, Role::DutyChief).await;
    chief.post(&format!("/v1/handoffs/{id}/recall"), Value::Null).await.expect(200);
    league.settle().await;

    assert_eq!(owners(&league, &case.id).await, [SHANGHAI]);
    let there = handoff_at(league.at(ZHEJIANG), XIAOSHAN, &case.id).await;
    assert_eq!([&case.handoff().await["state"], &there["state"]], ["RECALLED", "RECALLED"]);
    // Offered again, it goes.
    case.officer(SSE, Role::DutyChief, "offer-handoff", Value::Null).await.expect(200);
    league.settle().await;
    answer_there(&league, &case, "accept", Value::Null).await.expect(200);
    league.settle().await;
    assert_eq!(owners(&league, &case.id).await, [ZHEJIANG]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_offer_that_reaches_a_bureau_cut_off_for_an_hour_is_over_when_it_comes(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let home = league.at(SHANGHAI);
    let case = offered(&league, "X-14").await;
    tick(home).await;

    league.wait(Duration::hours(1));
    tick(home).await;
    assert_eq!(case.handoff().await["state"], "EXPIRED");
    league.settle().await;

    let there = handoff_at(league.at(ZHEJIANG), XIAOSHAN, &case.id).await;
    assert_eq!(there["state"], "EXPIRED");
    assert_eq!(owners(&league, &case.id).await, [SHANGHAI]);
    let late = answer_there(&league, &case, "accept", Value::Null).await.expect(409);
    assert_eq!(late.problem(), "handoff/already-answered");
    let chief = home.officer(SSE, Role::DutyChief).await;
    let out = chief.get("/v1/worklists/handoffs-out").await.expect(200);
    assert_eq!(out.text("/data/0/state"), "EXPIRED", "its chief finds it");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_accept_that_comes_after_the_expiry_is_void(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let case = offered(&league, "X-15").await;
    league.settle().await;
    answer_there(&league, &case, "accept", Value::Null).await.expect(200);
    league.at(ZHEJIANG).settle().await;

    // Cut off for an hour. Nobody has swept the expired offer away when the accept comes.
    league.wait(Duration::hours(1));
    league.settle().await;

    assert_eq!(case.handoff().await["state"], "EXPIRED");
    let there = handoff_at(league.at(ZHEJIANG), XIAOSHAN, &case.id).await;
    assert_eq!(there["state"], "EXPIRED");
    assert_eq!(owners(&league, &case.id).await, [SHANGHAI]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_confirmation_that_is_an_hour_late_moves_the_case_once(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let case = offered(&league, "X-16").await;
    league.settle().await;
    answer_there(&league, &case, "accept", Value::Null).await.expect(200);
    league.at(ZHEJIANG).settle().await;
    league.carry(ZHEJIANG, SHANGHAI).await;
    league.at(SHANGHAI).settle().await;

    league.wait(Duration::hours(1));
    tick(league.at(SHANGHAI)).await;
    tick(league.at(ZHEJIANG)).await;
    let meanwhile = owners(&league, &case.id).await;
    league.settle().await;

    assert_eq!(meanwhile, [""; 0], "let go, and not confirmed: nobody acts");
    assert_eq!(owners(&league, &case.id).await, [ZHEJIANG]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_refusal_brings_the_case_back_with_its_reason(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let home = league.at(SHANGHAI);
    let case = offered(&league, "X-17").await;
    league.settle().await;

    let why = json!({ "code": "OTHER", "text": "查验场已满" });
    answer_there(&league, &case, "refuse", why).await.expect(200);
    league.settle().await;

    let chief = home.officer(SSE, Role::DutyChief).await;
    let out = chief.get("/v1/worklists/handoffs-out").await.expect(200);
    let told = [out.text("/data/0/state"), out.text("/data/0/refusal_text")];
    assert_eq!(told, ["REFUSED", "查验场已满"]);
    assert_eq!(owners(&league, &case.id).await, [SHANGHAI]);
    assert_eq!(case.holder().await, SSE);
}

/// An operator lets everything that was ever heard take effect once more, the last first.
async fn hear_all_again(bureau: &Bureau) {
    let heard: Vec<(String, MessageId)> = sqlx::query_as(
        "update inbox set state = 'STORED', reason = null, outcome = null, settled_at = null returning sender, id",
    )
    .fetch_all(bureau.pool())
    .await
    .unwrap();
    let books = bureau.ctx.shelf.books();
    for (sender, message) in heard.into_iter().rev() {
        let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
        acts::exchange::apply(&mut tx, &books, &sender, message).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_case_that_visits_twice_is_one_case_and_late_words_of_its_first_visit_change_nothing(
    pool: PgPool,
) {
    let league = two_bureaus(pool).await;
    let case = offered(&league, "X-18").await;
    league.settle().await;
    answer_there(&league, &case, "refuse", json!({ "code": "WRONG_OFFICE" })).await.expect(200);
    league.settle().await;
    case.officer(SSE, Role::DutyChief, "offer-handoff", Value::Null).await.expect(200);
    league.settle().await;
    answer_there(&league, &case, "accept", Value::Null).await.expect(200);
    league.settle().await;

    for bureau in [SHANGHAI, ZHEJIANG] {
        hear_all_again(league.at(bureau)).await;
    }
    league.settle().await;

    assert_eq!(owners(&league, &case.id).await, [ZHEJIANG]);
    assert_eq!(league.at(ZHEJIANG).count("select count(*) from declarations").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_result_counts_once_however_often_it_is_said(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let (case, visitor) = visiting(&league, "X-19").await;

    visitor.inspect(XIAOSHAN, "PASS").await;
    league.at(ZHEJIANG).settle().await;
    for _ in 0..3 {
        let messages = league.waiting(ZHEJIANG, SHANGHAI).await;
        league.bring(ZHEJIANG, SHANGHAI, &messages).await;
        league.at(SHANGHAI).settle().await;
    }
    league.settle().await;

    let passed = "select count(*) from events where kind = 'inspection.passed'";
    assert_eq!(league.at(SHANGHAI).count(passed).await, 1);
    assert_eq!(owners(&league, &case.id).await, [SHANGHAI]);
}
