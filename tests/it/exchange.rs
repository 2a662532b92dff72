//! What other bureaus say to us, well or badly, and what we say to them.
use actix_web::http::Method;
use chrono::Duration;
use serde_json::{Value, json};
use shared::{
    exchange::{Envelope, MessageId, Outcome, Outgoing, service::outbox},
    kernel::Role,
    ledger::Tx,
};
use sqlx::PgPool;
use tests::{Bureau, Neighbour, keys_of};
use uuid::Uuid;

const RESEND: &str = "exchange.resend";
const ZHEJIANG: &str = "330000";

/// A conversation of its own.
fn talk(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// Harmless whenever it is applied: nothing was ever said in that conversation.
fn harmless() -> Value {
    json!({ "correlation_id": talk(99), "first": 1, "last": 1 })
}

async fn state_of(bureau: &Bureau, message: &Envelope) -> String {
    let state = sqlx::query_scalar("select state from inbox where id = $1");
    state.bind(message.header.id.0).fetch_one(bureau.pool()).await.unwrap()
}

/// Says something to a partner, as a room would.
async fn say(bureau: &Bureau, correlation: Uuid, payload: Value) -> MessageId {
    let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
    let (receiver, kind) = (ZHEJIANG.to_owned(), "test.said");
    let message = Outgoing { receiver, kind, version: 1, correlation, payload };
    let id = outbox::send(&mut tx, message).await.unwrap();
    tx.commit().await.unwrap();
    id
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_message_is_stored_receipted_and_applied_after(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let message = zhejiang.says(RESEND, (talk(1), 1), harmless());

    let receipt = zhejiang.push_one(&message).await;
    let before = state_of(&bureau, &message).await;
    bureau.settle().await;

    assert_eq!(receipt.outcome, Outcome::Stored);
    assert_eq!(receipt.payload_hash, message.header.payload_hash);
    assert_eq!(
        (before.as_str(), state_of(&bureau, &message).await.as_str()),
        ("STORED", "APPLIED")
    );
    let told = zhejiang.asks_about(&message).await.expect(200);
    assert_eq!(told.body["outcome"], json!({ "sent_again": 0 }));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_receipt_can_be_verified_with_the_published_key_alone(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;

    let receipt = zhejiang.push_one(&zhejiang.says(RESEND, (talk(1), 1), harmless())).await;
    let published = bureau.stranger().get("/v1/exchange/keys").await.expect(200);

    let key = published.text("/keys/0/public_key");
    assert_eq!(published.text("/bureau"), "310000");
    assert_eq!(published.text("/keys/0/key_id"), receipt.key_id);
    assert!(receipt.is_signed_by(key));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn bringing_a_message_again_changes_nothing_and_gives_the_first_receipt(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let message = zhejiang.says(RESEND, (talk(1), 1), harmless());

    let first = zhejiang.push_one(&message).await;
    bureau.settle().await;
    bureau.wait(Duration::minutes(3));
    let again = zhejiang.push_one(&message).await;
    let jobs = bureau.settle().await;

    assert_eq!((first, jobs), (again, 0));
    assert_eq!(bureau.count("select count(*) from inbox").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_same_message_twice_in_one_call_is_stored_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let message = zhejiang.says(RESEND, (talk(1), 1), harmless());

    let reply = zhejiang.push(&[message.clone(), message]).await.expect(200);

    assert_eq!(reply.body["receipts"][0], reply.body["receipts"][1]);
    assert_eq!(bureau.count("select count(*) from inbox").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn one_id_for_two_messages_and_one_place_for_two_messages_are_refused(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let first = zhejiang.says(RESEND, (talk(1), 1), harmless());
    zhejiang.push_one(&first).await;

    let mut header = first.header.clone();
    header.correlation_id = talk(2);
    let same_id = zhejiang.push_one(&zhejiang.signed(header, first.payload.clone())).await;
    let same_place = zhejiang.push_one(&zhejiang.says(RESEND, (talk(1), 1), harmless())).await;

    assert_eq!(
        (same_id.outcome, same_id.errors[0].code.as_str()),
        (Outcome::Refused, "message-id-reused")
    );
    assert_eq!(
        (same_place.outcome, same_place.errors[0].code.as_str()),
        (Outcome::Refused, "sequence-taken")
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn messages_of_a_conversation_take_effect_in_their_order_however_they_come(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let said: Vec<_> =
        (1..=3).map(|place| zhejiang.says(RESEND, (talk(1), place), harmless())).collect();

    zhejiang.push_one(&said[2]).await;
    zhejiang.push_one(&said[1]).await;
    bureau.settle().await;
    let waiting = [state_of(&bureau, &said[2]).await, state_of(&bureau, &said[1]).await];
    zhejiang.push_one(&said[0]).await;
    bureau.settle().await;

    assert_eq!(waiting, ["STORED", "STORED"]);
    for message in &said {
        assert_eq!(state_of(&bureau, message).await, "APPLIED");
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_is_missing_in_a_conversation_is_asked_for(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    zhejiang.push_one(&zhejiang.says(RESEND, (talk(1), 4), harmless())).await;
    zhejiang.push_one(&zhejiang.says(RESEND, (talk(1), 1), harmless())).await;

    bureau.settle().await;
    bureau.wait(Duration::seconds(3));
    bureau.settle().await;

    let asked = zhejiang.fetch().await;
    assert_eq!(asked[0].header.kind, RESEND);
    assert_eq!(asked[0].payload, json!({ "correlation_id": talk(1), "first": 2, "last": 3 }));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_partner_that_is_left_alone_is_tried_at_once_when_it_speaks(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let promised = "select count(*) from jobs where kind = 'exchange.deliver'";
    let left_alone = "update partners set failures = 9, next_try_at = '2014-06-30' where code = $1";
    sqlx::query(left_alone).bind(ZHEJIANG).execute(bureau.pool()).await.unwrap();
    let before = bureau.count(promised).await;

    zhejiang.push_one(&zhejiang.says(RESEND, (talk(1), 1), harmless())).await;
    zhejiang.push_one(&zhejiang.says(RESEND, (talk(1), 2), harmless())).await;

    assert_eq!(bureau.count(promised).await, before + 1, "once is enough");
    let waits = "select count(*) from partners where next_try_at is not null";
    assert_eq!(bureau.count(waits).await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_a_partner_misses_is_said_again_as_it_was(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    for number in 1..=3 {
        say(&bureau, talk(7), json!({ "number": number })).await;
    }
    let first_time = zhejiang.fetch().await;
    zhejiang.acknowledge(&first_time).await.expect(200);
    let nothing = zhejiang.fetch().await;

    let missing = json!({ "correlation_id": talk(7), "first": 2, "last": 3 });
    zhejiang.push_one(&zhejiang.says(RESEND, (talk(8), 0), missing)).await;
    bureau.settle().await;

    assert_eq!(first_time.len(), 3);
    assert_eq!(nothing, []);
    assert_eq!(zhejiang.fetch().await, first_time[1..], "the same messages, the same signatures");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_message_is_handed_out_until_its_receipt_is_brought(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    say(&bureau, talk(7), json!({ "number": 1 })).await;

    let once = zhejiang.fetch().await;
    let twice = zhejiang.fetch().await;
    let forged = Neighbour::of(&bureau, "340000", &[]).await;
    let believed = forged.acknowledge(&once).await.expect(200).body["believed"].clone();
    let still = zhejiang.fetch().await;
    zhejiang.acknowledge(&once).await.expect(200);

    assert_eq!((once.clone(), once.clone()), (twice, still));
    assert_eq!(believed, 0, "a receipt of its own, about a message that it never got");
    assert_eq!(zhejiang.fetch().await, []);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn every_fault_of_a_message_is_named_in_its_receipt(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let good = zhejiang.says(RESEND, (talk(1), 1), harmless());
    let changed = |change: fn(&mut Envelope)| {
        let mut message = good.clone();
        change(&mut message);
        message
    };
    let signed = |change: fn(&mut Envelope)| {
        let message = changed(change);
        zhejiang.signed(message.header, message.payload)
    };
    let cases = [
        (changed(|message| message.payload["first"] = json!(2)), "payload-changed"),
        (changed(|message| message.header.sequence = 2), "signature-invalid"),
        (signed(|message| message.header.receiver = "320000".into()), "receiver-wrong"),
        (signed(|message| message.header.sender = "340000".into()), "sender-not-caller"),
        (signed(|message| message.header.key_id = "2099".into()), "key-not-good"),
        (
            signed(|message| message.header.sent_at = "2014-05-12T02:30:00.000Z".into()),
            "sent-in-future",
        ),
        (signed(|message| message.header.protocol = "post/1".into()), "protocol-unknown"),
        (signed(|message| message.header.sent_at = "yesterday".into()), "time-malformed"),
    ];

    for (message, code) in cases {
        let receipt = zhejiang.push_one(&message).await;
        let codes: Vec<_> = receipt.errors.iter().map(|error| error.code.as_str()).collect();
        assert_eq!(receipt.outcome, Outcome::Refused, "{code}");
        assert!(codes.contains(&code), "{code} is not in {codes:?}");
    }
    assert_eq!(bureau.count("select count(*) from inbox").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn bad_messages_do_not_hold_up_their_neighbours(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let mut messages: Vec<_> =
        (1..=100).map(|number| zhejiang.says(RESEND, (talk(number), 1), harmless())).collect();
    for place in [3, 50, 99] {
        messages[place].header.sequence = 9;
    }

    let reply = zhejiang.push(&messages).await.expect(200);

    let refused: Vec<_> = reply.body["receipts"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
        .filter(|(_, receipt)| receipt["outcome"] == "REFUSED")
        .map(|(place, _)| place)
        .collect();
    assert_eq!(refused, [3, 50, 99]);
    assert_eq!(bureau.count("select count(*) from inbox").await, 97);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_call_that_is_not_signed_by_a_known_bureau_is_turned_away(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let message = zhejiang.says(RESEND, (talk(1), 1), harmless());
    let unknown = Neighbour {
        keys: keys_of("350000", "2014-a"),
        ..Neighbour::of(&bureau, "360000", &[]).await
    };
    let body = serde_json::to_vec(&json!({ "messages": [message] })).unwrap();
    let push = async |who: &Neighbour<'_>, late| {
        let (path, kind) = ("/v1/exchange/messages", "application/json");
        who.call_raw(Method::POST, path, kind, body.clone(), late).await
    };

    push(&unknown, Duration::zero()).await.expect(401);
    push(&zhejiang, Duration::minutes(6)).await.expect(401);
    push(&zhejiang, Duration::minutes(-6)).await.expect(401);
    bureau.stranger().post("/v1/exchange/messages", json!({ "messages": [] })).await.expect(401);
    let derui = bureau.derui().await;
    derui.post("/v1/exchange/messages", json!({ "messages": [] })).await.expect(401);

    assert_eq!(bureau.count("select count(*) from inbox").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn messages_come_as_lines_too_and_each_line_that_is_none_is_named(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let line = |number| {
        serde_json::to_string(&zhejiang.says(RESEND, (talk(number), 1), harmless())).unwrap()
    };
    let push = async |body: String| {
        let (path, kind) = ("/v1/exchange/messages", "application/x-ndjson");
        zhejiang.call_raw(Method::POST, path, kind, body.into_bytes(), Duration::zero()).await
    };

    let good = push(format!("{}\n{}\n", line(1), line(2))).await.expect(200);
    let bad = push(format!("{}\n{{\n{}\nnull\n", line(3), line(4))).await.expect(400);
    let cut = push(line(5)[..40].to_owned()).await.expect(400);

    assert_eq!(good.body["receipts"].as_array().unwrap().len(), 2);
    let pointers: Vec<_> =
        bad.body["errors"].as_array().unwrap().iter().map(|one| &one["pointer"]).collect();
    assert_eq!(pointers, ["/messages/1", "/messages/3"]);
    assert_eq!(cut.text("/errors/0/pointer"), "/messages/0");
    assert_eq!(bureau.count("select count(*) from inbox").await, 2);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn more_than_a_thousand_messages_and_more_than_fit_are_refused_whole(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let message = zhejiang.says(RESEND, (talk(1), 1), harmless());
    let push = async |body: Vec<u8>| {
        let (path, kind) = ("/v1/exchange/messages", "application/json");
        zhejiang.call_raw(Method::POST, path, kind, body, Duration::zero()).await
    };

    let many =
        push(serde_json::to_vec(&json!({ "messages": vec![&message; 1001] })).unwrap()).await;
    let none = push(br#"{"messages":[]}"#.to_vec()).await;
    let long = push(vec![b' '; (8 << 20) + 1]).await;

    assert_eq!((many.status.as_u16(), none.status.as_u16(), long.status.as_u16()), (400, 400, 413));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn unknown_types_and_newer_versions_are_parked_and_hold_nothing_up(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let unknown = zhejiang.says("weather.forecast", (talk(1), 1), json!({ "rain": 1 }));
    let mut header = zhejiang.says(RESEND, (talk(1), 2), harmless()).header;
    header.version = 7;
    let newer = zhejiang.signed(header, harmless());
    let known = zhejiang.says(RESEND, (talk(1), 3), harmless());

    for message in [&unknown, &newer, &known] {
        assert_eq!(zhejiang.push_one(message).await.outcome, Outcome::Stored);
    }
    bureau.settle().await;

    assert_eq!(state_of(&bureau, &unknown).await, "PARKED");
    assert_eq!(state_of(&bureau, &newer).await, "PARKED");
    assert_eq!(state_of(&bureau, &known).await, "APPLIED");
    let administrator = bureau.administrator().await;
    let stopped = administrator.get("/v1/stopped-messages").await.expect(200);
    assert_eq!(stopped.body["data"].as_array().unwrap().len(), 2);
    let path = format!("/v1/partners/{ZHEJIANG}/messages/{}/redrive", unknown.header.id);
    administrator.post(&path, Value::Null).await.expect(202);
    bureau.settle().await;
    assert_eq!(state_of(&bureau, &unknown).await, "PARKED", "no release knows it yet");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn keys_overlap_while_a_partner_changes_them_and_a_revoked_one_is_not_believed(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let renewed = Neighbour {
        keys: keys_of(ZHEJIANG, "2014-b"),
        ..Neighbour::of(&bureau, "360000", &[]).await
    };
    renewed.publish(&renewed.keys).await;

    let with_old = zhejiang.push_one(&zhejiang.says(RESEND, (talk(1), 1), harmless())).await;
    let with_new = renewed.push_one(&renewed.says(RESEND, (talk(1), 2), harmless())).await;
    let administrator = bureau.administrator().await;
    let path = format!("/v1/partners/{ZHEJIANG}/keys/2014-a/revoke");
    administrator.post(&path, Value::Null).await.expect(200);
    let revoked = zhejiang.push(&[zhejiang.says(RESEND, (talk(1), 3), harmless())]).await;

    assert_eq!((with_old.outcome, with_new.outcome), (Outcome::Stored, Outcome::Stored));
    revoked.expect(401);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_suspended_partner_is_refused_until_it_is_resumed(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let administrator = bureau.administrator().await;
    let path = |verb: &str| format!("/v1/partners/{ZHEJIANG}/{verb}");
    let message = zhejiang.says(RESEND, (talk(1), 1), harmless());

    administrator.post(&path("suspend"), Value::Null).await.expect(200);
    let refused = zhejiang.push_one(&message).await;
    administrator.post(&path("resume"), Value::Null).await.expect(200);
    let stored = zhejiang.push_one(&message).await;

    assert_eq!(refused.errors[0].code, "partner-suspended");
    assert_eq!(stored.outcome, Outcome::Stored);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_cannot_be_delivered_for_a_week_is_dead_until_an_operator_redrives_it(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let message = say(&bureau, talk(7), json!({ "number": 1 })).await;
    let sweep = async || {
        let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
        let given_up = outbox::sweep(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        given_up
    };

    bureau.wait(Duration::days(6));
    let too_early = sweep().await;
    bureau.wait(Duration::days(1));
    let given_up = sweep().await;
    let administrator = bureau.officer("310000", Role::Administrator).await;
    let stopped = administrator.get("/v1/stopped-messages").await.expect(200);
    let path = format!("/v1/stopped-messages/{message}/redrive");
    administrator.post(&path, Value::Null).await.expect(202);

    assert_eq!((too_early, given_up), (0, 1));
    assert_eq!(stopped.text("/data/0/state"), "DEAD");
    assert_eq!(zhejiang.fetch().await.len(), 1, "and it goes out again");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn memoranda_of_one_kind_never_overlap_and_end_when_it_is_said(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let administrator = bureau.administrator().await;
    let path = format!("/v1/partners/{ZHEJIANG}/memoranda");
    let from = |day: &str| json!({ "kind": "CREDIT", "valid_from": day });

    let first = administrator.post(&path, from("2014-01-01")).await.expect(201);
    let second = administrator.post(&path, from("2015-01-01")).await.expect(409);
    let end = format!("{path}/{}/end", first.text("/id"));
    let ended = administrator.post(&end, Value::Null).await.expect(200);
    administrator.post(&path, from("2014-05-13")).await.expect(201);

    assert_eq!(second.problem(), "exchange/memorandum-overlaps");
    assert_eq!(ended.text("/valid_to"), "2014-05-12");
    let all = administrator.get(&path).await.expect(200);
    assert_eq!(all.body["data"].as_array().unwrap().len(), 2);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_partner_is_told_everything_that_is_wrong_with_its_registration(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let administrator = bureau.administrator().await;

    let wrong = json!({ "code": "33", "name_zh": " ", "base_url": "ftp://a" });
    let wrong = administrator.post("/v1/partners", wrong).await.expect(422);
    let own = json!({ "code": "310000", "name_zh": "上海局" });
    let own = administrator.post("/v1/partners", own).await.expect(422);

    assert_eq!(wrong.codes(), ["bureau-code-malformed", "name-malformed", "url-malformed"]);
    assert_eq!(own.codes(), ["bureau-is-own"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_ping_is_answered_with_a_pong_in_its_conversation(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let ping = zhejiang.says("exchange.ping", (talk(1), 1), json!({ "note": "线路测试" }));

    zhejiang.push_one(&ping).await;
    bureau.settle().await;

    let pong = zhejiang.fetch().await.remove(0);
    assert_eq!(pong.header.kind, "exchange.pong");
    assert_eq!((pong.header.correlation_id, pong.header.sequence), (talk(1), 1));
    assert_eq!(pong.payload, json!({ "message_id": ping.header.id }));
}
