//! Whoever asks a list again asks for what changed since: every list takes `updated_since`.
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{Bureau, HAIYUAN, Person, SSE, YANGSHAN, screws, wine};

use super::{
    operations::{Operation, contract, operations},
    others::Records,
};
use crate::cases::DOUBTFUL_CONTAINER;

/// Lists that do not take it, and why. This list should only ever shrink.
const EXCEPTIONS: [(&str, &str); 3] = [
    ("/v1/declaration-imports/{id}/result", "grows along the file; its cursor is the place in it"),
    ("/v1/declarations/{id}/handoffs", "told whole: a declaration has a few"),
    ("/v1/reference", "the names of the tables, which the program brings"),
];

/// How the entries of each list change at a moment.
const CHANGES: [(&str, &str); 36] = [
    ("/v1/agreements", "update agreements set updated_at = $1"),
    ("/v1/clients", "update clients set updated_at = $1"),
    ("/v1/credit-changes", "update credit_changes set updated_at = $1"),
    ("/v1/credit-events", "update credit_events set recorded_at = $1"),
    ("/v1/credit-recognitions", "update credit_recognitions set updated_at = $1"),
    ("/v1/declaration-imports", "update declaration_imports set updated_at = $1"),
    ("/v1/declarations", DECLARATIONS),
    ("/v1/direct-consignments", "update direct_consignments set updated_at = $1"),
    ("/v1/direct-enterprises", "update direct_enterprises set updated_at = $1"),
    ("/v1/eligibilities", "update anywhere_eligibilities set updated_at = $1"),
    ("/v1/facilitation-blocks", "update facilitation_blocks set updated_at = $1"),
    ("/v1/fee-notices", "update fee_notices set updated_at = $1"),
    ("/v1/jobs", "update jobs set due_at = $1"),
    ("/v1/monthly-settlements", "update monthly_settlements set updated_at = $1"),
    ("/v1/monthly-statements", "update monthly_statements set updated_at = $1"),
    ("/v1/nc-notices", "update nc_notices set updated_at = $1"),
    ("/v1/organisations", "update organisations set updated_at = $1"),
    ("/v1/powers-of-attorney", "update powers_of_attorney set revoked_at = $1"),
    ("/v1/received-nc-notices", "update received_nc_notices set updated_at = $1"),
    ("/v1/reference/{book}", "update reference_rows set loaded_at = $1 where book = 'offices'"),
    ("/v1/refunds", "update refunds set updated_at = $1"),
    ("/v1/shifts", "update shifts set opened_at = $1"),
    ("/v1/staff", "update staff set updated_at = $1"),
    ("/v1/stopped-messages", "update outbox set stopped_at = $1 where state = 'DEAD'"),
    ("/v1/suspense-items", "update bank_words set received_at = $1 where effect = 'SUSPEND'"),
    ("/v1/transfers", "update transfers set updated_at = $1"),
    ("/v1/webhook-endpoints", "update webhook_endpoints set updated_at = $1"),
    ("/v1/webhook-endpoints/{id}/deliveries", "update webhook_deliveries set due_at = $1"),
    ("/v1/worklists/amendments", "update amendments set requested_at = $1"),
    ("/v1/worklists/checks", DECLARATIONS),
    ("/v1/worklists/handoffs-in", HANDOFFS),
    ("/v1/worklists/handoffs-out", HANDOFFS),
    ("/v1/worklists/manual-reviews", DECLARATIONS),
    ("/v1/worklists/releases", DECLARATIONS),
    ("/v1/worklists/transfer-amendments", "update transfer_amendments set asked_at = $1"),
    ("/v1/worklists/withdrawals", DECLARATIONS),
];
const DECLARATIONS: &str = "update declarations set updated_at = $1";
const HANDOFFS: &str = "update handoffs set offered_at = $1 where state = 'OFFERED'";

/// A message to a partner that was given up.
const DEAD_MESSAGE: &str =
    "insert into outbox (id, receiver, kind, version, correlation_id, sequence, sent_at,
        payload, payload_hash, state, give_up_at, stopped_at)
    select gen_random_uuid(), code, 'exchange.ping', 1, gen_random_uuid(), 0, now(), '{}', '', 'DEAD', now(), now()
    from partners limit 1";

/// Money for a payment that nobody made.
const ORPHAN: &str = "insert into bank_words (bank_code, bank_ref, outcome, payment_id, source, amount_fen, bank_time,
        effect, received_at)
    values ('SANDBOX', 'B-orphan', 'SUCCESS', gen_random_uuid(), 'CALLBACK', 100, now(), 'SUSPEND', now())";

const DELIVERY: &str = "insert into webhook_deliveries (endpoint_id, event_id, position, subject, kind, due_at, created_at)
    select id, gen_random_uuid(), 1, gen_random_uuid(), 'declaration.filed', now(), now() from webhook_endpoints";

/// The operations that answer with a page.
fn lists() -> Vec<Operation> {
    let mut all = operations();
    all.retain(|operation| {
        let answer = &operation.told["responses"]["200"]["content"]["application/json"]["schema"];
        let answer = match answer["$ref"].as_str() {
            Some(target) => contract().pointer(target.trim_start_matches('#')).unwrap(),
            None => answer,
        };
        let has = |member: &str| answer["properties"].get(member).is_some();
        operation.method == "GET"
            && ((has("data") && has("next_cursor")) || parameter(operation, "cursor").is_some())
    });
    all
}

fn parameter<'o>(operation: &'o Operation, name: &str) -> Option<&'o Value> {
    let parameters = operation.told["parameters"].as_array()?;
    parameters.iter().find(|parameter| parameter["name"] == name)
}

fn is_excepted(operation: &Operation) -> bool {
    EXCEPTIONS.iter().any(|(path, _)| operation.path == *path)
}

#[test]
fn every_list_can_be_asked_for_what_changed_since() {
    let mut excepted = Vec::new();
    for operation in lists() {
        match parameter(&operation, "updated_since") {
            Some(since) => assert_eq!(since["schema"]["format"], "date-time", "{}", operation.path),
            None => excepted.push(operation.path),
        }
    }

    assert_eq!(excepted, EXCEPTIONS.map(|(path, _)| path));
}

/// Something on every list, at offices and of an enterprise.
async fn fill(bureau: &Bureau) -> Records {
    let owner = bureau.declarant(HAIYUAN).await;
    // One goes to release, the other is drawn; the first is wanted back. Filed before a block is laid on their owner.
    bureau.next_serial(SSE, 123).await;
    let conforming = owner.post("/v1/declarations", wine("WN-123").0).await.expect(201);
    bureau.next_serial(SSE, 124).await;
    let drawn = owner.post("/v1/declarations", wine("WN-124").0).await.expect(201);
    assert_eq!((conforming.text("/status"), drawn.text("/status")), ("CONFORMING", "SELECTED"));
    bureau.settle().await;
    let withdraw = format!("/v1/declarations/{}/withdraw", conforming.text("/id"));
    owner.post(&withdraw, json!({ "reason": "合同取消" })).await.expect(200);
    let records = Records::make(bureau).await;
    for sql in [DEAD_MESSAGE, ORPHAN, DELIVERY] {
        assert!(sqlx::query(sql).execute(bureau.pool()).await.unwrap().rows_affected() > 0);
    }
    // One is on its way between two offices, one waits for an officer.
    let derui = bureau.derui().await;
    derui.post("/v1/declarations", screws("DR-2").at(SSE, YANGSHAN).0).await.expect(201);
    let doubtful = screws("DR-1").with("/containers/0/cont_no", json!(DOUBTFUL_CONTAINER));
    derui.post("/v1/declarations", doubtful.0).await.expect(201);
    records
}

/// How many entries those readers who may see the list are told of together.
async fn told(readers: &[Person<'_>; 4], path: &str, since: &str) -> usize {
    let (mut told, mut reads) = (0, 0);
    for reader in readers {
        let reply = reader.get(&format!("{path}?updated_since={since}")).await;
        if reply.status.as_u16() == 200 {
            told += reply.body["data"].as_array().unwrap().len();
            reads += 1;
        }
    }
    assert!(reads > 0, "nobody may read {path}");
    told
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_list_tells_what_changed_since_and_nothing_older(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let records = fill(&bureau).await;
    let readers = [
        bureau.declarant(HAIYUAN).await,
        bureau.administrator().await,
        bureau.all_round_officer(SSE).await,
        bureau.all_round_officer(YANGSHAN).await,
    ];

    for operation in lists().iter().filter(|operation| !is_excepted(operation)) {
        let known = CHANGES.iter().find(|(path, _)| operation.path == *path);
        let (_, change) =
            known.unwrap_or_else(|| panic!("{}: how does it change?", operation.path));
        let id = if operation.path.contains("{id}") { records.of(operation) } else { "" };
        let path = operation.path_of(id);
        let change_at = async |moment: &str| {
            let moment: DateTime<Utc> = moment.parse().unwrap();
            sqlx::query(*change).bind(moment).execute(bureau.pool()).await.unwrap();
        };

        change_at("2013-01-01T00:00:00Z").await;
        assert!(told(&readers, &path, "2012-01-01T00:00:00Z").await > 0, "{path} is empty");
        assert_eq!(told(&readers, &path, "2099-12-31T00:00:00Z").await, 0, "{path}: older");
        change_at("2100-01-01T00:00:00Z").await;
        assert!(told(&readers, &path, "2100-01-01T00:00:00Z").await > 0, "{path}: at that moment");
        assert_eq!(told(&readers, &path, "2100-01-01T00:00:01Z").await, 0, "{path}: after it");
    }
}

/// What acts leave behind is found by the moment of the act, also where no column tells of the last change.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_act_brings_a_record_back_to_whoever_asks_what_changed(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    Records::make(&bureau).await;
    bureau.wait(Duration::minutes(5));
    let later = bureau.ctx.clock.now().format("%FT%TZ").to_string();
    let (fees, derui) = (bureau.officer(SSE, Role::FeeOfficer).await, bureau.derui().await);
    let reason = || json!({ "reason": "复核" });

    for (who, list, act, body) in [
        (&fees, "/v1/agreements", "suspend", reason()),
        (&derui, "/v1/powers-of-attorney", "revoke", Value::Null),
    ] {
        let changed = format!("{list}?updated_since={later}");
        let id = who.get(list).await.expect(200).text("/data/0/id").to_owned();
        assert_eq!(who.get(&changed).await.expect(200).body["data"], json!([]), "{list}");
        who.post(&format!("{list}/{id}/{act}"), body).await.expect(200);
        let found = who.get(&changed).await.expect(200);
        assert_eq!(found.text("/data/0/id"), id, "{list}");
    }
}
