//! Memoranda (合作备忘录): what each kind lets pass, and what is refused before it begins and after its end.
use chrono::Duration;
use serde_json::{Value, json};
use shared::{
    exchange::{MemorandumKind, Outcome, service::agreements},
    kernel::Role,
    ledger::Tx,
};
use sqlx::PgPool;
use tests::{
    Bureau, Consignment, HAIYUAN, League, MODEL, Neighbour, Reply, SHANGHAI, SSE, WAIGAOQIAO, down,
    enterprise_at, toys,
};
use uuid::Uuid;

use crate::{
    cases::Case,
    credit_recognition::{decide, let_count},
};

const ANHUI: &str = "340000";
const ZHEJIANG: &str = "330000";
const XIAOSHAN: &str = "330900";

/// Agrees from today on; the place where it can be ended.
async fn agree(bureau: &Bureau, partner: &str, kind: &str) -> String {
    let administrator = bureau.administrator().await;
    let path = format!("/v1/partners/{partner}/memoranda");
    let today = shared::kernel::calendar::day_of(bureau.ctx.clock.now());
    let made = administrator.post(&path, json!({ "kind": kind, "valid_from": today })).await;
    format!("{path}/{}/end", made.expect(201).text("/id"))
}

/// Today is the last day.
async fn end(bureau: &Bureau, place: &str) {
    bureau.administrator().await.post(place, Value::Null).await.expect(200);
}

/// What becomes, at the door, of a message of one record.
async fn told(
    partner: &Neighbour<'_>,
    kind: &'static str,
    record: Value,
) -> (Outcome, Vec<String>) {
    let said = partner.says(kind, (Uuid::nil(), 0), json!({ "records": [record] }));
    let receipt = partner.push_one(&said).await;
    (receipt.outcome, receipt.errors.into_iter().map(|error| error.code).collect())
}

fn not_agreed() -> (Outcome, Vec<String>) {
    (Outcome::Refused, vec!["not-agreed".into()])
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn credit_is_believed_under_its_memorandum_from_its_first_day_to_its_last(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[]).await;
    let record = |version| crate::credit_recognition::record("3401600077", "A", version);

    let before = told(&anhui, "credit.pushed", record(1)).await;
    let place = agree(&bureau, ANHUI, "CREDIT").await;
    let under_it = told(&anhui, "credit.pushed", record(2)).await;
    bureau.settle().await;
    end(&bureau, &place).await;
    let last_day = told(&anhui, "credit.pushed", record(3)).await;
    bureau.wait(Duration::days(1));
    let after = told(&anhui, "credit.pushed", record(4)).await;
    decide(&bureau, "3401600077", "acknowledge").await.expect(200);
    let activated = decide(&bureau, "3401600077", "activate").await.expect(409);

    assert_eq!([before, after], [not_agreed(), not_agreed()]);
    assert_eq!((under_it.0, last_day.0), (Outcome::Stored, Outcome::Stored));
    assert_eq!(activated.problem(), "credit/not-agreed");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn grants_of_direct_release_are_believed_under_their_memorandum(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[]).await;
    let record = |version: i64| {
        json!({ "reg_no": "3401600077", "direction": "EXPORT", "state": "APPROVED", "version": version,
            "granted_on": "2014-03-03" })
    };

    let before = told(&anhui, "direct.enterprises", record(1)).await;
    let place = agree(&bureau, ANHUI, "DIRECT_RELEASE").await;
    let under_it = told(&anhui, "direct.enterprises", record(2)).await;
    end(&bureau, &place).await;
    bureau.wait(Duration::days(1));
    let after = told(&anhui, "direct.enterprises", record(3)).await;

    assert_eq!([before, after], [not_agreed(), not_agreed()]);
    assert_eq!(under_it.0, Outcome::Stored);
}

/// An inspector finds something, a duty chief approves it: how far the notice goes.
async fn notice_about(bureau: &Bureau) -> String {
    let finding = json!({
        "subject": { "kind": "TRANSFER", "number": "340000214004567T" },
        "origin_bureau": ANHUI, "reg_no": "3401600077",
        "goods": { "goods_no": 1, "hs_code": "5007209000", "name": "丝绸" },
        "found_on": "2014-05-12", "category": "LABEL", "finding": "标签不符",
    });
    let inspector = bureau.officer(WAIGAOQIAO, Role::Inspector).await;
    let notice = inspector.post("/v1/nc-notices", finding).await.expect(201);
    let chief = bureau.officer(WAIGAOQIAO, Role::DutyChief).await;
    let path = format!("/v1/nc-notices/{}/approve", notice.text("/id"));
    chief.post(&path, Value::Null).await.expect(200).text("/status").to_owned()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn notices_of_non_conformity_go_out_under_their_memorandum(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[]).await;
    let acknowledged = json!({ "notice_no": "NC310700201400001" });
    let hear = async || {
        let said = anhui.says("notice.acknowledged", (Uuid::nil(), 0), acknowledged.clone());
        anhui.push_one(&said).await.outcome
    };

    let before = (notice_about(&bureau).await, hear().await);
    let place = agree(&bureau, ANHUI, "NON_CONFORMITY").await;
    let under_it = (notice_about(&bureau).await, hear().await);
    end(&bureau, &place).await;
    bureau.wait(Duration::days(1));
    let after = (notice_about(&bureau).await, hear().await);

    assert_eq!(before, ("APPROVED".into(), Outcome::Refused));
    assert_eq!(under_it, ("SENT".into(), Outcome::Stored));
    assert_eq!(after, ("APPROVED".into(), Outcome::Refused));
}

/// Down that Xiaoshan has inspected.
async fn conforming<'l>(origin: &'l Bureau, reference: &str) -> Case<'l> {
    let exporter = enterprise_at(ZHEJIANG, MODEL);
    let goods = down(reference)
        .with("/decl_date", json!(shared::kernel::calendar::day_of(origin.ctx.clock.now())))
        .with("/decl_reg_no", json!(exporter))
        .with("/consignor/code", json!(exporter));
    let case = Case::filed(origin, &origin.declarant(&exporter).await, goods).await;
    case.inspect(XIAOSHAN, "PASS").await;
    case.pay().await;
    case
}

async fn transfer(case: &Case<'_>) -> Reply {
    let wish = json!({
        "port_bureau": SHANGHAI, "port_org": SSE, "valid_until": "2014-06-30",
        "handling": { "is_consolidated_at_port": false, "is_certified_at_port": false },
    });
    case.officer(XIAOSHAN, Role::CertificationOfficer, "transfers", wish).await
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn certificates_are_transferred_under_their_memorandum(pool: PgPool) {
    let league = League::open(pool, &[SHANGHAI, ZHEJIANG], &[]).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(ZHEJIANG));
    let (first, second) = (conforming(origin, "MT-1").await, conforming(origin, "MT-2").await);

    let before = transfer(&first).await.expect(409);
    let place = agree(origin, SHANGHAI, "TRANSFER").await;
    agree(port, ZHEJIANG, "TRANSFER").await;
    transfer(&first).await.expect(201);
    league.settle().await;
    end(origin, &place).await;
    league.wait(Duration::days(1));
    let after = transfer(&second).await.expect(409);

    assert_eq!([before.problem(), after.problem()], ["transfer/not-agreed"; 2]);
    assert_eq!(port.count("select count(*) from transfers").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_recommended_enterprise_is_spared_the_check_under_a_memorandum_of_exemption(
    pool: PgPool,
) {
    let kinds = [MemorandumKind::Transfer, MemorandumKind::Credit];
    let league = League::open(pool, &[SHANGHAI, ZHEJIANG], &kinds).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(ZHEJIANG));
    let chief = origin.officer(ZHEJIANG, Role::DutyChief).await;
    let path = format!("/v1/partners/{SHANGHAI}/push-credit");
    chief.post(&path, Value::Null).await.expect(202);
    league.settle().await;
    let_count(port, &enterprise_at(ZHEJIANG, MODEL)).await;
    let swapped = async |reference: &str| {
        let made = transfer(&conforming(origin, reference).await).await.expect(201);
        league.settle().await;
        let claim = json!({
            "decl_no": made.text("/transfer/decl_no"), "transfer_no": made.text("/transfer/transfer_no"),
            "password": made.text("/password"), "port_org": SSE,
        });
        let claimant = port.declarant(HAIYUAN).await;
        let claimed = claimant.post("/v1/transfers/claim", claim).await.expect(201);
        sqlx::query_scalar::<_, String>(
            "select inputs->'base'->>'code' from selections where declaration_id = $1::uuid",
        )
        .bind(claimed.text("/transfer/declaration_id"))
        .fetch_one(port.pool())
        .await
        .unwrap()
    };

    let before = swapped("ME-1").await;
    let place = agree(port, ZHEJIANG, "EXEMPTION").await;
    let under_it = swapped("ME-2").await;
    end(port, &place).await;
    league.wait(Duration::days(1));
    let after = swapped("ME-3").await;

    assert_eq!([before.as_str(), &under_it, &after], ["swap.rate.B", "EXEMPTION", "swap.rate.B"]);
}

/// Drawn for sure, flowing to Hangzhou.
fn flowing(reference: &str, day: &str) -> Consignment {
    toys(reference)
        .at(SSE, SSE)
        .with("/decl_code", json!("14"))
        .with("/dest_code", json!("330100"))
        .with("/decl_date", json!(day))
        .with("/decl_person_name", json!("关务部"))
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn cases_go_to_another_bureau_under_a_memorandum_of_handoff(pool: PgPool) {
    let league = League::open(pool, &[SHANGHAI, ZHEJIANG], &[]).await;
    let home = league.at(SHANGHAI);
    let map = "kind,place,office,valid_from\nDEST,3301,330900,2014-01-01\n";
    home.import("inspection_office_map", map).await;
    let inspecting = async |reference: &str, day: &str| {
        let derui = home.derui().await;
        let receipt = derui.post("/v1/declarations", flowing(reference, day).0).await.expect(201);
        receipt.text("/insp_org").to_owned()
    };

    let before = inspecting("MH-1", "2014-05-12").await;
    let place = agree(home, ZHEJIANG, "HANDOFF").await;
    let under_it = inspecting("MH-2", "2014-05-12").await;
    end(home, &place).await;
    league.wait(Duration::days(1));
    let after = inspecting("MH-3", "2014-05-13").await;

    assert_eq!([before.as_str(), &under_it, &after], [WAIGAOQIAO, XIAOSHAN, WAIGAOQIAO]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_agreements_of_shanghai_are_registered_once_and_their_partners_cannot_speak_yet(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    Neighbour::of(&bureau, "320500", &[MemorandumKind::Transfer]).await;
    let seed = async || {
        let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
        let csv = agreements::shipped(SHANGHAI).unwrap();
        let added = agreements::seed(&mut tx, SHANGHAI, csv).await.unwrap();
        tx.commit().await.unwrap();
        (added.partners, added.memoranda)
    };

    let first = seed().await;
    let again = seed().await;

    // Suzhou was there already, with a memorandum of its own.
    assert_eq!((first, again), ((14, 38), (0, 0)));
    let count = "select count(*) from memoranda where kind = 'TRANSFER' and valid_from <= '2014-05-12' and valid_to is null";
    assert_eq!(bureau.count(count).await, 15);
    let anhui = Neighbour { bureau: &bureau, keys: tests::keys_of(ANHUI, "2014-a") };
    let record = crate::credit_recognition::record("3401600077", "A", 1);
    let said = anhui.says("credit.pushed", (Uuid::nil(), 0), json!({ "records": [record] }));
    anhui.push(&[said]).await.expect(401);
}
