//! What belongs to somebody else is not there: every operation on a record, asked by another enterprise and by an
//! office that has nothing to do with it.
use std::collections::HashMap;

use serde_json::{Value, json};
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{Bureau, DERUI, HAIYUAN, MODEL, Person, SSE, WAIGAOQIAO, YANGSHAN, wine};
use uuid::Uuid;

use super::operations::{Operation, operations};

/// Records that are part of a case: an office sees those of its own cases only.
const OF_A_CASE: [&str; 10] = [
    "/v1/declarations/",
    "/v1/fee-notices/",
    "/v1/payments/",
    "/v1/refunds/",
    "/v1/receipts/",
    "/v1/handoffs/",
    "/v1/amendments/",
    "/v1/transfers/",
    "/v1/transfer-amendments/",
    "/v1/direct-consignments/",
];

/// Real records, all of one enterprise and two offices, by the beginning of their paths.
pub(super) struct Records(HashMap<&'static str, String>);

impl Records {
    /// Wine of an enterprise, declared at the Shipping Exchange, inspected and released at Yangshan.
    pub(super) async fn make(bureau: &Bureau) -> Self {
        let owner = bureau.declarant(HAIYUAN).await;
        let limit = json!({ "amount": "20000.00", "currency": "CNY" });
        let agreement = json!({
            "reg_no": HAIYUAN, "account_token": "acct-ok", "signed_on": "2014-05-01",
            "single_limit": limit, "daily_limit": limit,
        });
        let fee_officer = bureau.officer(SSE, Role::FeeOfficer).await;
        let agreement = fee_officer.post("/v1/agreements", agreement).await.expect(201);
        let filed = owner.post("/v1/declarations", wine("WN-1").0).await.expect(201);
        bureau.settle().await;
        let declaration = filed.text("/id");
        let wish = json!({
            "reason": "货物移场", "content": wine("WN-1").with("/goods_place", json!("外高桥堆场")).0,
        });
        let amendments = format!("/v1/declarations/{declaration}/amendments");
        let amendment = owner.post(&amendments, wish).await.expect(201);
        let notice = filed.text("/fee_notice/id");
        owner.post(&format!("/v1/fee-notices/{notice}/pay"), Value::Null).await.expect(200);
        let application = json!({ "direction": "EXPORT", "claims": {
            "yearly_trade_usd": "1800000", "has_quality_control": true, "batches": 1, "passed": 1 } });
        let grant = owner.post("/v1/direct-enterprises", application).await.expect(201);

        let found = json!({
            "subject": { "kind": "TRANSFER", "number": "310900214000001T" },
            "origin_bureau": "310000", "reg_no": HAIYUAN, "goods": { "name": "红酒" },
            "found_on": "2014-05-12", "category": "DOC_FORGED", "finding": "单证系伪造",
        });
        let inspector = bureau.officer(YANGSHAN, Role::Inspector).await;
        let notice_of_nc = inspector.post("/v1/nc-notices", found).await.expect(201);
        let approve = format!("/v1/nc-notices/{}/approve", notice_of_nc.text("/id"));
        let chief = bureau.officer(YANGSHAN, Role::DutyChief).await;
        chief.post(&approve, Value::Null).await.expect(200);

        one(bureau, ORIGINAL).await;
        let hook = json!({ "url": "https://erp.example/hooks" });
        let hook = owner.post("/v1/webhook-endpoints", hook).await.expect(201);

        let known = |id: &str| id.to_owned();
        Self(HashMap::from([
            ("/v1/declarations/", known(declaration)),
            ("/v1/declaration-imports/", one(bureau, IMPORT).await),
            ("/v1/declarations-by-reference/", String::new()),
            ("/v1/fee-notices/", known(notice)),
            ("/v1/payments/", one(bureau, "select id from payments").await),
            ("/v1/refunds/", one(bureau, REFUND).await),
            ("/v1/receipts/", one(bureau, RECEIPT).await),
            ("/v1/shifts/", one(bureau, SHIFT).await),
            ("/v1/bank-days/", Uuid::nil().to_string()),
            ("/v1/day-differences/", Uuid::nil().to_string()),
            ("/v1/handoffs/", one(bureau, "select id from handoffs").await),
            ("/v1/amendments/", known(amendment.text("/id"))),
            ("/v1/agreements/", known(agreement.text("/id"))),
            ("/v1/monthly-settlements/", one(bureau, MONTHLY_SETTLEMENT).await),
            ("/v1/monthly-statements/", one(bureau, MONTHLY_STATEMENT).await),
            ("/v1/jobs/", one(bureau, "select id from jobs limit 1").await),
            ("/v1/clients/", owner.id.to_string()),
            ("/v1/staff/", fee_officer.id.to_string()),
            ("/v1/organisations/", organisation(bureau, DERUI).await),
            ("/v1/powers-of-attorney/", one(bureau, "select id from powers_of_attorney").await),
            ("/v1/direct-enterprises/", known(grant.text("/id"))),
            ("/v1/transfers/", one(bureau, TRANSFER).await),
            ("/v1/transfer-amendments/", one(bureau, ASKED).await),
            ("/v1/direct-consignments/", one(bureau, CONSIGNMENT).await),
            ("/v1/credit-changes/", one(bureau, CREDIT_CHANGE).await),
            ("/v1/credit-events/", one(bureau, CREDIT_EVENT).await),
            ("/v1/credit-recognitions/", one(bureau, RECOGNITION).await),
            ("/v1/credit-standings/", HAIYUAN.to_owned()),
            ("/v1/eligibilities/", one(bureau, ELIGIBILITY).await),
            ("/v1/nc-notices/", known(notice_of_nc.text("/id"))),
            ("/v1/received-nc-notices/", one(bureau, "select id from received_nc_notices").await),
            ("/v1/facilitation-blocks/", one(bureau, "select id from facilitation_blocks").await),
            ("/v1/partners/", Uuid::nil().to_string()),
            ("/v1/stopped-messages/", Uuid::nil().to_string()),
            ("/v1/webhook-endpoints/", known(hook.text("/endpoint/id"))),
        ]))
    }

    pub(super) fn of(&self, operation: &Operation) -> &str {
        let found = self.0.iter().find(|(start, _)| operation.path.starts_with(**start));
        found.unwrap_or_else(|| panic!("{}: whose record is that?", operation.name())).1
    }
}

/// The message of which the enterprise's declaration was made.
const ORIGINAL: &str = "insert into declaration_originals (declaration_id, format, original, sha256, unmapped, received_at)
    select id, 'ECIQ', '<a/>', sha256('<a/>'), '[]', now() from declarations
    returning declaration_id";

/// A file of the enterprise's that is being filed.
const IMPORT: &str = "insert into declaration_imports (id, reg_no, actor_id, is_staff, format, original, sha256,
        dry_run, state, items, asked_at, updated_at)
    values (gen_random_uuid(), '3100602345', gen_random_uuid(), false, 'CSV', '', sha256(''), false, 'RUNNING', 1,
        now(), now())
    returning id";

const ELIGIBILITY: &str = "select e.id from anywhere_eligibilities e
    join organisations o on o.id = e.enterprise_id where o.code = '3100602345'";

/// What is owed back of the enterprise's payment.
const REFUND: &str = "insert into refunds (id, payment_id, amount_fen, reason, account, state, created_at, updated_at)
    select gen_random_uuid(), id, 100, '', 'REFUNDS_OWED:3100602345', 'OWED', now(), now() from payments
    returning id";

/// A receipt goes by the id of its payment.
const RECEIPT: &str =
    "insert into receipts (receipt_no, payment_id, office, payer, amount_fen, issued_at, issued_by, printed_at)
    select '3109001400000001', id, '310900', '3100602345', amount_fen, now(), gen_random_uuid(), now() from payments
    returning payment_id";

const SHIFT: &str =
    "insert into shifts (id, office, window_no, cashier_id, state, float_fen, opened_at)
    values (gen_random_uuid(), '310900', 1, gen_random_uuid(), 'OPEN', 0, now())
    returning id";

const MONTHLY_SETTLEMENT: &str =
    "insert into monthly_settlements (id, reg_no, state, credit_limit_fen, due_day, valid_from, created_at, updated_at)
    values (gen_random_uuid(), '3100602345', 'ACTIVE', 100, 10, '2014-05-12', now(), now())
    returning id";

const MONTHLY_STATEMENT: &str =
    "insert into monthly_statements (id, reg_no, month, state, notices, total_fen, due_on, issued_at, updated_at)
    values (gen_random_uuid(), '3100602345', '2014-04-01', 'ISSUED', 1, 100, '2014-05-10', now(), now())
    returning id";

/// A transfer that the enterprise's declaration was made into, as the origin keeps it.
const TRANSFER: &str = "insert into transfers (id, side, transfer_no, decl_no, origin_bureau, origin_org,
        port_bureau, reg_no, password_hash, state, origin_version, port_version, content, concluded_on,
        valid_until, correlation_id, created_at, updated_at)
    values (gen_random_uuid(), 'ORIGIN', '310900214000001T', '310900214000001', '310000', '310900', '330000',
        '3100602345', '$argon2id$', 'CREATED', 1, 0, '{\"goods\": []}', '2014-05-12', '2014-07-11',
        gen_random_uuid(), now(), now())
    returning id";

/// What a port asks about that transfer.
const ASKED: &str = "insert into transfer_amendments (id, transfer_id, port_amendment, reason, changes, state, asked_at)
    select gen_random_uuid(), id, gen_random_uuid(), '', '[]', 'ASKED', now() from transfers
    returning id";

/// A lot of the enterprise that goes directly from one office to another.
const CONSIGNMENT: &str = "insert into direct_consignments (id, direction, clearance_no, reg_no, issuing_org,
        checking_org, place, goods, containers, valid_until, issued_at, state, version, updated_at)
    values (gen_random_uuid(), 'EXPORT', '310900214000001000', '3100602345', '310900', '311000', '311001', '[]',
        '[]', '2014-07-11', now(), 'ISSUED', 1, now())
    returning id";

const CREDIT_CHANGE: &str =
    "insert into credit_changes (id, organisation_id, reg_no, from_class, to_class, year,
        status, reason, proposed_by_chief, proposed_at, updated_at)
    select gen_random_uuid(), id, code, 'A', 'B', 2014, 'PROPOSED', '年度评定', false, now(), now()
    from organisations where code = '3100602345'
    returning id";

const CREDIT_EVENT: &str =
    "insert into credit_events (id, reg_no, item, points, occurred_on, recorded_at)
    values (gen_random_uuid(), '3100602345', 'NC_MAJOR', 6, '2014-05-12', now())
    returning id";

/// What another bureau said of an enterprise of its own.
const RECOGNITION: &str = "with partner as (
        insert into partners (code, name_zh, created_at, updated_at)
        values ('340000', '安徽出入境检验检疫局', now(), now()) on conflict do nothing)
    insert into credit_recognitions (id, partner, reg_no, version, class, valid_from, hs_scope, privileges, evidence,
        status, told_at, created_at, updated_at)
    values (gen_random_uuid(), '340000', '3400601234', 1, 'AA', '2014-05-01', '{}', '{}', '皖检信2014-1', 'PROPOSED',
        now(), now(), now())
    returning id";

async fn one(bureau: &Bureau, sql: &'static str) -> String {
    sqlx::query_scalar::<_, Uuid>(sql).fetch_one(bureau.pool()).await.unwrap().to_string()
}

async fn organisation(bureau: &Bureau, code: &str) -> String {
    let id = sqlx::query_scalar::<_, Uuid>("select id from organisations where code = $1");
    id.bind(code).fetch_one(bureau.pool()).await.unwrap().to_string()
}

/// Every operation that names a record by an id, and is asked for with a token.
fn on_records() -> Vec<Operation> {
    let mut all = operations();
    all.retain(Operation::needs_token);
    all.retain(|operation| operation.path.contains('{') && !operation.path.contains("{book}"));
    assert!(all.len() > 60, "{}", all.len());
    all
}

fn is_of_a_case(operation: &Operation) -> bool {
    OF_A_CASE.iter().any(|start| operation.path.starts_with(start))
}

#[track_caller]
fn must_be_turned_away(operation: &Operation, reply: &tests::Reply) {
    let status = reply.status.as_u16();
    assert!([403, 404].contains(&status), "{}: {status} {:#}", operation.name(), reply.body);
    assert!(reply.codes().is_empty(), "{} tells too much: {:#}", operation.name(), reply.body);
}

/// Everything that can change when something happens.
async fn traces(bureau: &Bureau) -> i64 {
    bureau.count("select (select count(*) from events) + (select count(*) from jobs)").await
}

async fn read_by(owner: &Person<'_>, records: &Records, wanted: impl Fn(&Operation) -> bool) {
    for operation in on_records() {
        if operation.method == "GET" && wanted(&operation) {
            owner.send(operation.request(records.of(&operation))).await.expect(200);
        }
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn another_enterprises_record_is_not_there(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let records = Records::make(&bureau).await;
    let other = bureau.declarant(MODEL).await;
    let before = traces(&bureau).await;

    for operation in on_records() {
        let reply = other.send(operation.request(records.of(&operation))).await;
        must_be_turned_away(&operation, &reply);
    }

    assert_eq!(traces(&bureau).await, before, "and nothing happened");
    let owner = bureau.declarant(HAIYUAN).await;
    read_by(&owner, &records, is_of_a_case).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn another_offices_case_is_not_there(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let records = Records::make(&bureau).await;
    let other = bureau.all_round_officer(WAIGAOQIAO).await;
    let before = traces(&bureau).await;

    for operation in on_records().iter().filter(|operation| is_of_a_case(operation)) {
        let reply = other.send(operation.request(records.of(operation))).await;
        must_be_turned_away(operation, &reply);
    }

    assert_eq!(traces(&bureau).await, before, "and nothing happened");
    let inspecting = bureau.all_round_officer(YANGSHAN).await;
    read_by(&inspecting, &records, |operation| operation.path.starts_with("/v1/declarations/"))
        .await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn every_read_names_the_state_that_it_saw(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let records = Records::make(&bureau).await;
    let readers = [
        bureau.declarant(HAIYUAN).await,
        bureau.administrator().await,
        bureau.all_round_officer(SSE).await,
        bureau.all_round_officer(YANGSHAN).await,
    ];
    let mut read = 0;

    for operation in operations() {
        if operation.method != "GET" || !operation.needs_token() {
            continue;
        }
        let is_of_a_record = operation.path.contains('{') && !operation.path.contains("{book}");
        let id = if is_of_a_record { records.of(&operation) } else { "" };
        for reader in &readers {
            let reply = reader.send(operation.request(id)).await;
            if reply.status.as_u16() == 200 {
                assert!(!reply.header("etag").is_empty(), "{} has no ETag", operation.name());
                read += 1;
            }
        }
    }

    assert!(read > 60, "{read}");
}
