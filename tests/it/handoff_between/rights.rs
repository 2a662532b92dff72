//! Who may see, who may act, and what a partner may say about which case.
use serde_json::{Value, json};
use shared::{
    exchange::{MemorandumKind, Outcome},
    kernel::Role,
};
use sqlx::PgPool;
use tests::{DERUI, HAIYUAN, League, Neighbour, SHANGHAI, SSE, WAIGAOQIAO, keys_of};
use uuid::Uuid;

use super::{XIAOSHAN, ZHEJIANG, answer_there, flowing, offered, owners, two_bureaus, visiting};
use crate::cases::Case;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_other_bureau_sees_a_case_from_the_offer_on_and_its_enterprise_sees_who_holds_it(
    pool: PgPool,
) {
    let league = two_bureaus(pool).await;
    let (home, there) = (league.at(SHANGHAI), league.at(ZHEJIANG));
    let case = offered(&league, "X-30").await;
    let url = format!("/v1/declarations/{}", case.id);
    let inspector = there.officer(XIAOSHAN, Role::Inspector).await;

    inspector.get(&url).await.expect(404);
    league.settle().await;
    let offered = inspector.get(&url).await.expect(200);
    let others = there.officer(ZHEJIANG, Role::DutyChief).await.get(&url).await;
    answer_there(&league, &case, "accept", Value::Null).await.expect(200);
    league.settle().await;
    let visiting = inspector.get(&url).await.expect(200);
    let seen_by_owner = home.derui().await.get(&url).await.expect(200);
    home.declarant(HAIYUAN).await.get(&url).await.expect(404);

    assert_eq!((&offered.body["lies_here"], offered.text("/holder_org")), (&json!(false), SSE));
    assert_eq!(others.status, 404, "another office of that bureau");
    assert_eq!(
        (&visiting.body["lies_here"], visiting.text("/holder_org")),
        (&json!(true), XIAOSHAN)
    );
    let told = (&seen_by_owner.body["lies_here"], seen_by_owner.text("/holder_org"));
    assert_eq!(told, (&json!(false), XIAOSHAN));
    assert_eq!(visiting.text("/decl_no"), seen_by_owner.text("/decl_no"), "it keeps its number");
    assert_eq!(
        visiting.text("/content/decl_person_name"),
        "",
        "who declared it in person stays at home"
    );
    assert_eq!(seen_by_owner.text("/content/decl_person_name"), "关务部");
    let stranger = there.declarant(&tests::enterprise_at(ZHEJIANG, DERUI)).await;
    stranger.get(&url).await.expect(404);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn while_a_case_lies_elsewhere_its_own_bureau_does_nothing_to_it(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let (case, visitor) = visiting(&league, "X-31").await;
    let reason = json!({ "reason": "合同取消" });
    let home = league.at(SHANGHAI);

    let derui = home.derui().await;
    derui.post(&case.url("withdraw"), reason.clone()).await.expect(200);
    let withdrawn =
        case.officer(SSE, Role::AcceptanceOfficer, "approve-withdrawal", reason.clone()).await;
    let released = case.officer(SSE, Role::ReleaseOfficer, "release", Value::Null).await;
    let again = case.officer(SSE, Role::DutyChief, "offer-handoff", Value::Null).await;
    let cancelled = case.officer(SSE, Role::DutyChief, "cancel", reason.clone()).await;
    let content = flowing("X-31").with("/goods_place", json!("萧山保税库")).0;
    let amended = json!({ "content": content, "reason": "地点变更" });
    let amended = derui.post(&case.url("amendments"), amended).await;
    let there = visitor.officer(XIAOSHAN, Role::DutyChief, "cancel", reason).await;

    assert_eq!(withdrawn.expect(409).problem(), "handoff/lies-elsewhere");
    assert!(matches!(released.status.as_u16(), 403 | 409), "{:#}", released.body);
    assert!(matches!(again.status.as_u16(), 403 | 409), "{:#}", again.body);
    assert_eq!(cancelled.expect(409).problem(), "handoff/lies-elsewhere");
    assert_eq!(amended.expect(409).problem(), "handoff/lies-elsewhere");
    assert_eq!(there.expect(409).problem(), "handoff/declared-elsewhere");
    assert_eq!(owners(&league, &case.id).await, [ZHEJIANG]);
    assert_eq!(case.status().await, "SELECTED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_is_offered_to_another_bureau_is_not_amended_beneath_its_eyes(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let case = offered(&league, "X-32").await;
    let derui = league.at(SHANGHAI).derui().await;
    let content = flowing("X-32").with("/goods_place", json!("萧山保税库")).0;

    let amended = json!({ "content": content, "reason": "地点变更" });
    let amended = derui.post(&case.url("amendments"), amended).await;

    assert_eq!(amended.expect(409).problem(), "handoff/under-way");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn without_a_memorandum_there_the_offer_is_refused_at_the_door(pool: PgPool) {
    let league = two_bureaus(pool).await;
    sqlx::query("update memoranda set valid_to = valid_from")
        .execute(league.at(ZHEJIANG).pool())
        .await
        .unwrap();
    let case = offered(&league, "X-33").await;

    league.settle().await;

    let handoff = case.handoff().await;
    let told = (&handoff["state"], &handoff["refusal_code"]);
    assert_eq!(told, (&json!("REFUSED"), &json!("NOT_PARTICIPATING")));
    assert_eq!(league.at(ZHEJIANG).count("select count(*) from declarations").await, 0);
    assert_eq!(owners(&league, &case.id).await, [SHANGHAI]);
}

/// What a bureau would have to say about a case, signed by it.
async fn says(
    league: &League,
    who: &str,
    at: &str,
    kind: &'static str,
    (case, payload): (&Case<'_>, Value),
) -> (Outcome, Vec<String>, String) {
    let bureau = league.at(at);
    let neighbour = Neighbour { bureau, keys: keys_of(who, "2014-a") };
    let correlation: Uuid = case.id.parse().unwrap();
    let message = neighbour.says(kind, (correlation, 0), payload);
    let receipt = neighbour.push_one(&message).await;
    bureau.settle().await;
    let state = sqlx::query_scalar("select state from inbox where id = $1")
        .bind(message.header.id.0)
        .fetch_optional(bureau.pool())
        .await
        .unwrap();
    let codes = receipt.errors.into_iter().map(|error| error.code).collect();
    (receipt.outcome, codes, state.unwrap_or_default())
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_partner_says_nothing_about_a_case_that_it_has_no_part_in(pool: PgPool) {
    let bureaus = [SHANGHAI, ZHEJIANG, "320000"];
    let league = League::open(pool, &bureaus, &[MemorandumKind::Handoff]).await;
    league.at(SHANGHAI).import("inspection_office_map", super::MAP).await;
    let (case, _) = visiting(&league, "X-34").await;
    let handoff = case.handoff().await["id"].clone();
    let at = "2014-05-12T02:20:00Z";
    let progress = json!({ "generation": 1, "act": "inspection.started", "from": "SELECTED",
        "to": "INSPECTING", "at": at, "office": "320500" });
    let accepted = json!({ "handoff": handoff, "generation": 1, "answered_at": at,
        "answer_receipt": "0".repeat(64) });
    let confirmed = json!({ "handoff": handoff, "generation": 1, "decided_at": at });

    for (kind, payload) in [
        ("handoff.progressed", progress),
        ("handoff.accepted", accepted),
        ("handoff.confirmed", confirmed),
    ] {
        let (outcome, codes, state) =
            says(&league, "320000", SHANGHAI, kind, (&case, payload)).await;
        assert_eq!((outcome, state.as_str()), (Outcome::Stored, "REFUSED"), "{kind} {codes:?}");
    }

    assert_eq!(case.status().await, "SELECTED");
    assert_eq!(owners(&league, &case.id).await, [ZHEJIANG]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn steps_are_followed_in_their_order_and_results_are_signed_twice(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let (case, _) = visiting(&league, "X-35").await;
    let step = |act: &str, from: &str, to: &str, generation: i32, office: &str| {
        json!({ "generation": generation, "act": act, "from": from, "to": to,
            "at": "2014-05-12T02:20:00Z", "office": office })
    };
    let passed = |signatures: i32| {
        let mut passed = step("inspection.passed", "INSPECTING", "CONFORMING", 1, XIAOSHAN);
        passed["result"] =
            json!({ "round": 1, "signatures": signatures, "verdict": "PASS", "findings": [] });
        passed
    };

    for (payload, code) in [
        (
            step("inspection.passed", "INSPECTING", "CONFORMING", 1, XIAOSHAN),
            "result-not-signed-twice",
        ),
        (passed(1), "result-not-signed-twice"),
        (step("inspection.started", "SELECTED", "INSPECTING", 1, WAIGAOQIAO), "not-its-office"),
        (step("inspection.started", "SELECTED", "NOWHERE", 1, XIAOSHAN), "payload-malformed"),
    ] {
        let (outcome, codes, _) =
            says(&league, ZHEJIANG, SHANGHAI, "handoff.progressed", (&case, payload)).await;
        assert_eq!((outcome, codes), (Outcome::Refused, vec![code.to_owned()]));
    }
    for payload in [
        passed(2),
        step("inspection.started", "SELECTED", "INSPECTING", 2, XIAOSHAN),
        step("declaration.released", "SELECTED", "RELEASED", 1, XIAOSHAN),
        step("declaration.cancelled", "SELECTED", "CANCELLED_BY_CIQ", 1, XIAOSHAN),
    ] {
        let (_, _, state) =
            says(&league, ZHEJIANG, SHANGHAI, "handoff.progressed", (&case, payload)).await;
        assert_eq!(state, "REFUSED");
    }

    assert_eq!(case.status().await, "SELECTED");
}

/// The offer that Shanghai made of a case, to be changed.
async fn genuine(league: &League, case: &Case<'_>) -> Value {
    let sql = "select payload from outbox where kind = 'handoff.offered' and correlation_id = $1";
    sqlx::query_scalar(sql)
        .bind(case.id.parse::<Uuid>().unwrap())
        .fetch_one(league.at(SHANGHAI).pool())
        .await
        .unwrap()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_offer_is_of_the_senders_own_case_and_whole(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let case = offered(&league, "X-36").await;
    let genuine = genuine(&league, &case).await;
    let changed = |pointer: &str, value: Value| {
        let mut payload = genuine.clone();
        *payload.pointer_mut(pointer).unwrap() = value;
        payload
    };

    for (payload, code) in [
        (changed("/case/decl_no", json!("330900114000001")), "not-its-office"),
        (changed("/case/decl_org", json!("330900")), "not-its-office"),
        (changed("/case/content", json!("{}")), "content-changed"),
        (changed("/case/version", json!(0)), "version-malformed"),
        (changed("/cause", json!("INSPECTING")), "cause-wrong"),
        (changed("/to_org", json!("320500")), "receipt-wrong"),
        (changed("/offer_receipt", json!("0".repeat(64))), "receipt-wrong"),
        (changed("/generation", json!(0)), "generation-malformed"),
        (changed("/declaration", json!(Uuid::nil())), "correlation-wrong"),
        (changed("/expires_at", json!("soon")), "payload-malformed"),
    ] {
        let (outcome, codes, _) =
            says(&league, SHANGHAI, ZHEJIANG, "handoff.offered", (&case, payload)).await;
        assert_eq!(outcome, Outcome::Refused, "{code}");
        assert!(codes.iter().any(|one| one == code), "{code} is not in {codes:?}");
    }
    assert_eq!(league.at(ZHEJIANG).count("select count(*) from declarations").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_case_that_lies_here_is_not_taken_away_by_an_offer(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let (case, _) = visiting(&league, "X-37").await;
    let genuine = genuine(&league, &case).await;
    let mut later = genuine.clone();
    later["generation"] = json!(9);

    let (outcome, _, state) =
        says(&league, SHANGHAI, ZHEJIANG, "handoff.offered", (&case, later)).await;

    assert_eq!((outcome, state.as_str()), (Outcome::Stored, "REFUSED"));
    assert_eq!(owners(&league, &case.id).await, [ZHEJIANG]);
}
