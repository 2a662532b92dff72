//! What partners say, and what they are told.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn without_a_memorandum_nothing_is_sent_and_nothing_is_taken(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[MemorandumKind::Credit]).await;

    let waiting = approved(&bureau, finding("LABEL")).await;
    let refused = chief(&bureau, &waiting, "send", Value::Null).await.expect(409);
    let said = zhejiang.says(
        "notice.acknowledged",
        (Uuid::from_u128(1), 1),
        json!({ "notice_no": waiting.text("/notice_no") }),
    );
    let receipt = zhejiang.push_one(&said).await;
    let administrator = bureau.administrator().await;
    let memoranda = format!("/v1/partners/{ZHEJIANG}/memoranda");
    let agreement = json!({ "kind": "NON_CONFORMITY", "valid_from": "2014-05-12" });
    let agreed = administrator.post(&memoranda, agreement).await.expect(201);
    let sent = chief(&bureau, &waiting, "send", Value::Null).await.expect(200);

    assert_eq!(waiting.text("/status"), "APPROVED");
    assert_eq!(refused.problem(), "nonconformity/not-agreed");
    assert_eq!(
        (receipt.outcome, receipt.errors[0].code.as_str()),
        (Outcome::Refused, "not-agreed")
    );
    assert_eq!(sent.text("/status"), "SENT");

    // It ends with today: tomorrow nothing is taken any more.
    let end = format!("{memoranda}/{}/end", agreed.text("/id"));
    administrator.post(&end, Value::Null).await.expect(200);
    bureau.wait(Duration::days(1));
    let late = zhejiang.says(
        "notice.acknowledged",
        (Uuid::from_u128(2), 1),
        json!({ "notice_no": waiting.text("/notice_no") }),
    );
    assert_eq!(zhejiang.push_one(&late).await.errors[0].code, "not-agreed");
    assert_eq!(approved(&bureau, finding("LABEL")).await.text("/status"), "APPROVED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn another_bureau_cannot_speak_of_a_notice_that_it_was_not_sent(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let kinds = [MemorandumKind::NonConformity];
    Neighbour::of(&bureau, ZHEJIANG, &kinds).await;
    let jiangsu = Neighbour::of(&bureau, "320000", &kinds).await;
    let notice = approved(&bureau, finding("DOC_FORGED")).await;
    let number = notice.text("/notice_no");

    let said = [
        jiangsu.says(
            "notice.acknowledged",
            (Uuid::from_u128(1), 0),
            json!({ "notice_no": number }),
        ),
        jiangsu.says(
            "suspension.decided",
            (Uuid::from_u128(1), 0),
            json!({ "notice_no": number, "decision": "DECLINED", "reason": "无" }),
        ),
        jiangsu.says(
            "notice.sent",
            (Uuid::from_u128(2), 0),
            json!({
                "notice_no": "NC310700201400009", "round": 1, "port_org": "310700",
                "subject": { "kind": "TRANSFER", "number": "1T" }, "reg_no": DERUI,
                "goods": { "goods_no": null, "hs_code": null, "name": "货" },
                "found_on": "2014-05-12", "category": "LABEL", "severity": "MINOR",
                "finding": "某", "evidence": [], "ack_due_on": "2014-05-14",
                "reply_due_on": "2014-06-03", "decide_suspension_by": null,
                "reopened_because": null,
            }),
        ),
    ];
    jiangsu.push(&said).await.expect(200);
    bureau.settle().await;

    for message in &said {
        let told = jiangsu.asks_about(message).await.expect(200);
        assert_eq!(told.text("/state"), "REFUSED", "{:#}", told.body);
    }
    assert_eq!(read(&bureau, &notice).await.text("/status"), "SENT");
    assert_eq!(blocked(&bureau, DOWN).await.len(), 1);
    assert_eq!(bureau.count("select count(*) from received_nc_notices").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_a_partner_says_badly_is_named_in_its_receipt(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[MemorandumKind::NonConformity]).await;

    let bad = json!({
        "notice_no": "NC33090020140000", "round": 0, "port_org": "310700",
        "subject": { "kind": "TRANSFER", "number": "" }, "reg_no": "1",
        "goods": { "goods_no": null, "hs_code": "x", "name": "货" },
        "found_on": "2014-05-12", "category": "LABEL", "severity": "MINOR",
        "finding": " ", "evidence": [], "ack_due_on": "2014-05-14",
        "reply_due_on": "2014-06-03", "decide_suspension_by": null, "reopened_because": null,
    });
    let told = zhejiang.push_one(&zhejiang.says("notice.sent", (Uuid::from_u128(1), 1), bad)).await;
    let shapeless = zhejiang.says("notice.sent", (Uuid::from_u128(1), 1), json!({ "no": 1 }));
    let shapeless = zhejiang.push_one(&shapeless).await;

    let pointers: Vec<_> = told.errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(
        pointers,
        [
            "/payload/notice_no",
            "/payload/port_org",
            "/payload/round",
            "/payload/subject/number",
            "/payload/goods/hs_code",
            "/payload/reg_no",
            "/payload/finding",
        ]
    );
    assert_eq!(shapeless.errors[0].code, "payload-malformed");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_month_is_told_once_to_each_origin_bureau_and_a_missed_one_is_caught_up(pool: PgPool) {
    let league = league(pool).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(ZHEJIANG));
    let night = async |days| {
        league.wait(Duration::days(days));
        worker::schedule::know_all(&port.worker).await.unwrap();
        worker::schedule::tick(&port.worker).await.unwrap();
        league.settle().await;
    };
    for category in ["LABEL", "LABEL", "MISMATCH_NAME"] {
        approved(port, finding(category)).await;
    }
    league.settle().await;

    night(1).await;
    let in_may = port.count("select count(*) from nc_digests").await;
    // Nobody works in June; the first night of July finds May still untold.
    night(50).await;
    night(1).await;

    assert_eq!(in_may, 0, "the month is not over");
    assert_eq!(port.count("select count(*) from nc_digests").await, 1);
    let sent = "select count(*) from outbox where kind = 'notice.digested'";
    assert_eq!(port.count(sent).await, 1);
    let chief = origin.officer(ZHEJIANG, Role::DutyChief).await;
    let digests = chief.get("/v1/received-nc-digests").await.expect(200);
    assert_eq!(digests.text("/data/0/month"), "2014-05-01");
    assert_eq!(
        digests.body["data"][0]["content"]["lines"],
        json!([
            { "category": "LABEL", "severity": "MINOR", "sent": 2, "open": 2 },
            { "category": "MISMATCH_NAME", "severity": "MAJOR", "sent": 1, "open": 1 },
        ])
    );
    assert_eq!(digests.body["data"].as_array().unwrap().len(), 1);
}
