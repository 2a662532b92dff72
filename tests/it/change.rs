//! The feed of changes, and the sequencer that gives them their places.
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use shared::{
    declaration::{DeclarationId, event::WithdrawalRequested},
    kernel::{Actor, Role},
    ledger::Tx,
};
use sqlx::{PgPool, Postgres, Transaction};
use tests::{Bureau, HAIYUAN, Person, SSE, eventually, screws, text};
use uuid::Uuid;

/// Everything from a position on, page by page.
async fn read(person: &Person<'_>, after: i64) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), after);
    loop {
        let page = person.get(&format!("/v1/changes?after={after}&limit=7")).await.expect(200);
        all.extend(page.body["data"].as_array().unwrap().clone());
        after = page.body["next_after"].as_i64().unwrap();
        if page.body["has_more"] == false {
            return all;
        }
    }
}

fn kinds(changes: &[Value]) -> Vec<&str> {
    changes.iter().map(|change| text(change, "/event/type")).collect()
}

fn reasons(changes: &[Value]) -> Vec<&str> {
    changes.iter().map(|change| text(change, "/event/data/reason")).collect()
}

async fn filed(bureau: &Bureau, reference: &str) -> Uuid {
    let derui = bureau.derui().await;
    let filed = derui.post("/v1/declarations", screws(reference).0).await.expect(201);
    filed.text("/id").parse().unwrap()
}

fn said(declaration: Uuid, word: &str) -> WithdrawalRequested {
    WithdrawalRequested { declaration: DeclarationId(declaration), reason: Some(word.to_owned()) }
}

async fn sequence(bureau: &Bureau) -> i64 {
    worker::notification::sequence(&bureau.worker).await.unwrap()
}

/// Passes until nobody is waited for any more: transactions of other tests hold up the horizon, not the feed.
async fn until_no_gap_is_left(bureau: &Bureau) {
    eventually("no number is waited for", async || {
        sequence(bureau).await;
        bureau.count("select count(*) from change_gaps").await == 0
    })
    .await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_feed_tells_what_happened_to_ones_own_cases_in_its_order(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    bureau.next_serial(SSE, 123).await;
    let id = filed(&bureau, "FEED-1").await;
    bureau.settle().await;
    sequence(&bureau).await;
    let derui = bureau.derui().await;

    let changes = read(&derui, 0).await;

    let expected = ["declaration.filed", "declaration.accepted", "declaration.released"];
    assert_eq!(kinds(&changes), expected, "what happens between offices is not told");
    let last = &changes[2];
    assert_eq!(text(last, "/event/data/id"), id.to_string());
    assert_eq!(text(last, "/event/data/about"), "declaration");
    assert_eq!(text(last, "/event/data/decl_no"), "310900114000123");
    assert_eq!(text(last, "/event/data/ent_decl_no"), "FEED-1");
    assert_eq!(text(last, "/event/data/previous"), "CONFORMING");
    assert_eq!(text(last, "/event/data/next"), "RELEASED");
    assert_eq!(text(last, "/event/data/link"), format!("/v1/declarations/{id}"));
    assert_eq!(text(last, "/event/timestamp"), "2014-05-12T02:20:00Z");
    let timeline = derui.get(&format!("/v1/declarations/{id}/timeline")).await.expect(200);
    let ids: Vec<_> =
        timeline.body["data"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert!(ids.contains(&&last["id"]), "the same event by the same id");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nobody_reads_of_somebody_elses_cases(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    filed(&bureau, "OWN-1").await;
    sequence(&bureau).await;
    let haiyuan = bureau.declarant(HAIYUAN).await;
    let officer = bureau.officer(SSE, Role::DutyChief).await;

    let others = haiyuan.get("/v1/changes").await.expect(200);

    assert_eq!(others.body["data"], json!([]));
    assert!(others.body["next_after"].as_i64().unwrap() > 0, "there is nothing to read twice");
    officer.get("/v1/changes").await.expect(403);
    bureau.stranger().get("/v1/changes").await.expect(401);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_event_is_told_alike_before_and_after_what_follows_it(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let doubtful =
        screws("ALIKE-1").with("/containers/0/cont_no", json!(crate::cases::DOUBTFUL_CONTAINER));
    let case = crate::cases::Case::filed(&bureau, &derui, doubtful).await;
    sequence(&bureau).await;
    let before = read(&derui, 0).await;
    bureau.wait(chrono::Duration::minutes(5));
    case.officer(SSE, Role::AcceptanceOfficer, "accept", Value::Null).await.expect(200);
    sequence(&bureau).await;

    let after = read(&derui, 0).await;

    assert_eq!(kinds(&before), ["declaration.filed", "declaration.referred"]);
    assert_eq!(after[..2], before[..], "it had no number then");
    assert!(!text(&after[2], "/event/data/decl_no").is_empty());
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_event_that_commits_late_is_told_late_and_not_lost(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (early, late) = (filed(&bureau, "LATE-1").await, filed(&bureau, "LATE-2").await);
    until_no_gap_is_left(&bureau).await;
    let derui = bureau.derui().await;
    let told = read(&derui, 0).await;
    let slow = written(&bureau, late, "written first").await;
    record(&bureau, early, "committed first").await;

    let placed = sequence(&bureau).await;
    let waited_for = bureau.count("select count(*) from change_gaps").await;
    slow.commit().await.unwrap();
    sequence(&bureau).await;

    assert_eq!(placed, 1, "nobody waits for who is slow");
    assert_eq!(waited_for, 1);
    let last = told.last().unwrap()["position"].as_i64().unwrap();
    assert_eq!(reasons(&read(&derui, last).await), ["committed first", "written first"]);
    until_no_gap_is_left(&bureau).await;
    assert_eq!(read(&derui, 0).await.len(), told.len() + 2);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_was_rolled_back_is_waited_for_no_longer_than_it_can_come(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let id = filed(&bureau, "BACK-1").await;
    until_no_gap_is_left(&bureau).await;
    let undone = written(&bureau, id, "never").await;
    record(&bureau, id, "after it").await;
    sequence(&bureau).await;
    for _ in 0..5 {
        sequence(&bureau).await;
    }
    let waited_for = bureau.count("select count(*) from change_gaps").await;

    undone.rollback().await.unwrap();

    assert_eq!(waited_for, 1, "while it runs it may still commit");
    until_no_gap_is_left(&bureau).await;
    let changes = read(&bureau.derui().await, 0).await;
    assert_eq!(reasons(&changes).last(), Some(&"after it"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_older_transaction_that_wrote_last_is_told_last(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let id = filed(&bureau, "ORDER-1").await;
    sequence(&bureau).await;
    let mut older = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
    sqlx::query("select pg_current_xact_id()").execute(&mut *older).await.unwrap();
    let between = written(&bureau, id, "never").await;
    record(&bureau, id, "first").await;
    older.record(&Actor::system(), &said(id, "second")).unwrap();
    older.commit().await.unwrap();

    sequence(&bureau).await;

    let changes = read(&bureau.derui().await, 0).await;
    assert_eq!(reasons(&changes[changes.len() - 2..]), ["first", "second"]);
    between.rollback().await.unwrap();
}

/// An event that is written and not committed yet.
async fn written(bureau: &Bureau, id: Uuid, word: &str) -> Transaction<'static, Postgres> {
    let mut slow = bureau.pool().begin().await.unwrap();
    sqlx::query("select pg_current_xact_id()").execute(&mut *slow).await.unwrap();
    sqlx::query(
        "insert into events (id, at, kind, subject, actor_kind, organisation, reason, data)
         values ($1, $2, 'declaration.withdrawal_requested', $3, 'SYSTEM', 'SYSTEM', $4, '{}')",
    )
    .bind(bureau.nobody())
    .bind(bureau.ctx.clock.now())
    .bind(id)
    .bind(word)
    .execute(&mut *slow)
    .await
    .unwrap();
    slow
}

async fn record(bureau: &Bureau, id: Uuid, word: &str) {
    let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
    tx.record(&Actor::system(), &said(id, word)).unwrap();
    tx.commit().await.unwrap();
}

/// What each declaration was told last, known by whoever holds its lock.
type Told = Arc<Mutex<BTreeMap<Uuid, i32>>>;

/// Writes the next word about a declaration under its lock; every fifth time it thinks better of it.
async fn write_next(bureau: &Bureau, told: &Told, id: Uuid, step: usize) {
    let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
    if step.is_multiple_of(3) {
        // Some have an id long before they have a lock.
        sqlx::query("select pg_current_xact_id()").execute(&mut *tx).await.unwrap();
    }
    sqlx::query("select id from declarations where id = $1 for update")
        .bind(id)
        .execute(&mut *tx)
        .await
        .unwrap();
    let next = told.lock().unwrap().get(&id).copied().unwrap_or(0) + 1;
    tx.record(&Actor::system(), &said(id, &format!("{next:05}"))).unwrap();
    if step % 5 == 4 {
        tx.roll_back().await.unwrap();
        return;
    }
    told.lock().unwrap().insert(id, next);
    tx.commit().await.unwrap();
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nothing_is_skipped_and_nothing_comes_twice_while_many_commit_at_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let mut declarations = Vec::new();
    for number in 0..5 {
        declarations.push(filed(&bureau, &format!("MANY-{number}")).await);
    }
    let derui = bureau.derui().await;
    let told = Told::default();
    let writers = (0..6).map(|writer| {
        let (bureau, told, declarations) = (&bureau, &told, &declarations);
        async move {
            for step in 0..40 {
                let id = declarations[(writer * 7 + step * 3) % declarations.len()];
                write_next(bureau, told, id, writer + step).await;
            }
        }
    });
    let writing = futures_util::future::join_all(writers);
    let is_over = std::cell::Cell::new(false);
    // Two sequencers and one reader, who reads on from where it was.
    let sequencing = async {
        while !is_over.get() {
            sequence(&bureau).await;
            tokio::task::yield_now().await;
        }
    };
    let read_on = std::cell::RefCell::new((Vec::new(), 0));
    let reading = async {
        while !is_over.get() {
            let after = read_on.borrow().1;
            let page = derui.get(&format!("/v1/changes?after={after}&limit=9")).await.expect(200);
            let mut read_on = read_on.borrow_mut();
            read_on.0.extend(page.body["data"].as_array().unwrap().clone());
            read_on.1 = page.body["next_after"].as_i64().unwrap();
        }
    };
    let all = async {
        writing.await;
        is_over.set(true);
    };

    tokio::join!(all, sequencing, reading, async {
        while !is_over.get() {
            sequence(&bureau).await;
        }
    });
    until_no_gap_is_left(&bureau).await;

    let (mut seen, after) = read_on.into_inner();
    seen.extend(read(&derui, after).await);
    assert_eq!(
        seen,
        read(&derui, 0).await,
        "whoever reads on reads what whoever begins anew reads"
    );
    let ids: Vec<_> = seen.iter().map(|change| text(change, "/id")).collect();
    let mut distinct = ids.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), ids.len(), "nothing comes twice");
    let events =
        "select count(*) from events where kind in ('declaration.filed', 'declaration.accepted',
        'declaration.selected', 'declaration.withdrawal_requested')";
    assert_eq!(
        ids.len(),
        usize::try_from(bureau.count(events).await).unwrap(),
        "nothing is skipped"
    );
    for (id, last) in told.lock().unwrap().iter() {
        let id = id.to_string();
        let of_it: Vec<_> =
            seen.iter().filter(|change| text(change, "/event/data/id") == id).cloned().collect();
        let words: Vec<_> =
            reasons(&of_it).into_iter().filter(|word| word.starts_with('0')).collect();
        let expected: Vec<_> = (1..=*last).map(|word| format!("{word:05}")).collect();
        assert_eq!(words, expected, "in the order in which they were written");
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn whoever_waits_is_told_as_soon_as_something_happens(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let happening = async {
        eventually("somebody waits", async || bureau.ctx.long_poll.count() == 1).await;
        let idle = bureau.pool().num_idle();
        assert_eq!(idle, usize::try_from(bureau.pool().size()).unwrap(), "without a connection");
        filed(&bureau, "WAIT-1").await;
        sequence(&bureau).await;
    };

    let (told, ()) = tokio::join!(derui.get("/v1/changes?wait=30"), happening);

    assert_eq!(told.expect(200).text("/data/0/event/type"), "declaration.filed");
    assert_eq!(bureau.ctx.long_poll.count(), 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn whoever_hangs_up_while_waiting_leaves_nothing_behind(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;

    tokio::select! {
        _ = derui.get("/v1/changes?wait=30") => panic!("there is nothing to tell"),
        () = eventually("somebody waits", async || bureau.ctx.long_poll.count() == 1) => {}
    }

    assert_eq!(bureau.ctx.long_poll.count(), 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_client_may_leave_its_place_with_us(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    filed(&bureau, "PLACE-1").await;
    sequence(&bureau).await;
    let derui = bureau.derui().await;
    let all = derui.get("/v1/changes").await.expect(200);
    let next = all.body["next_after"].as_i64().unwrap();

    derui.post("/v1/changes/acknowledge", json!({ "position": next })).await.expect(200);

    assert_eq!(derui.get("/v1/changes").await.expect(200).body["data"], json!([]));
    assert_eq!(read(&derui, 0).await.len(), all.body["data"].as_array().unwrap().len());
    derui.post("/v1/changes/acknowledge", json!({ "position": 0 })).await.expect(200);
    assert_eq!(derui.get("/v1/changes").await.expect(200).body, all.body, "it may go back");
    let ahead = derui.post("/v1/changes/acknowledge", json!({ "position": next + 1 })).await;
    assert_eq!(ahead.expect(422).codes(), ["position-unknown"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn whatever_is_wrong_with_a_question_is_told_at_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;

    let wrong = derui.get("/v1/changes?after=-1&limit=0&wait=31").await.expect(400);

    assert_eq!(wrong.codes(), ["out-of-range"; 3]);
    derui.get("/v1/changes?since=0").await.expect(400);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_types_of_events_are_told_with_what_they_mean(pool: PgPool) {
    let bureau = Bureau::open(pool).await;

    let types = bureau.derui().await.get("/v1/event-types").await.expect(200);

    let types = types.body["data"].as_array().unwrap();
    let released = types.iter().find(|kind| kind["name"] == "declaration.released").unwrap();
    assert_eq!(text(released, "/meaning_zh"), "放行");
    assert_eq!(text(released, "/about"), "declaration");
}
