//! What is refused, what is parked, and what neither holds up.
use super::*;

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
