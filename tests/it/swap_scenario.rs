//! Scenario S4, whole: certificate swap of down from Xiaoshan, between two bureaus, with its two amendments.
use serde_json::{Value, json};
use sqlx::PgPool;
use tests::{HAIYUAN, MODEL, SHANGHAI};

use crate::swaps::{
    NUMBER, ZHEJIANG, answers, at_origin, claim, claims, decides, forms, open, states, transferred,
    until, wants, wrong,
};

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn scenario_s4_down_of_xiaoshan_is_swapped_in_shanghai_and_amended_twice(pool: PgPool) {
    let league = open(pool).await;
    let port = league.at(SHANGHAI);
    let (origin_case, password) = transferred(&league).await;
    assert_eq!(origin_case.receipt.text("/decl_no"), NUMBER);

    // 14 July, 09:12 in Shanghai: claimed, and nobody else may have it.
    until(&league, "2014-07-14T01:12:00Z");
    port.next_serial_of(tests::SSE, 2, 77).await;
    let (agent, other) = (port.declarant(MODEL).await, port.declarant(HAIYUAN).await);
    let claimed = claims(&agent, claim(&password)).await.expect(201);
    let second = claims(&other, claim(&password)).await.expect(409);
    for _ in 0..5 {
        let answer = claims(&other, claim(&wrong(&password))).await.expect(409);
        assert_eq!(answer.problem(), "transfer/not-matching");
    }
    let locked = claims(&other, claim(&password)).await.expect(409);
    assert_eq!(claimed.text("/transfer/port_decl_no"), "310900214000077");
    assert_eq!(claimed.body["is_selected"], false, "class AA: rate nought");
    assert_eq!(claimed.text("/swap_due_at"), "2014-07-14T02:12:00Z", "one hour");
    assert_eq!(second.problem(), "transfer/already-claimed");
    assert_eq!(locked.problem(), "transfer/locked");

    // 09:31: cleared, nineteen minutes later.
    until(&league, "2014-07-14T01:31:00Z");
    league.settle().await;
    let id = claimed.text("/transfer/declaration_id").to_owned();
    let case = crate::cases::Case { bureau: port, id, receipt: claimed };
    let path = format!("/v1/transfers/{}", case.receipt.text("/transfer/id"));
    let swapped = port.declarant(MODEL).await.get(&path).await.expect(200);
    assert_eq!(swapped.text("/state"), "SWAPPED");
    assert_eq!(swapped.text("/clearance_no"), "310900214000077000");
    assert_eq!(swapped.text("/form_valid_until"), "2014-07-20");
    assert_eq!(swapped.text("/swapped_at"), "2014-07-14T01:31:00Z");
    assert_eq!(case.status().await, "RELEASED");
    assert_eq!(states(&league).await, ("SWAPPED".into(), "SWAPPED".into()));

    // 16 July: another vessel. The port may change that; the form is void, and another is there at once.
    until(&league, "2014-07-16T02:00:00Z");
    let vessel = [("/convynce_name", json!("EASTERN STAR")), ("/trans_mean_no", json!("0719E"))];
    let wish = wants(&case, &vessel).await.expect(201);
    let amended = decides(&case, &wish, "approve", Value::Null).await.expect(200);
    league.settle().await;
    assert_eq!(amended.text("/status"), "RELEASED");
    let all = [("310900214000077000", "VOID"), ("310900214000077001", "ISSUED")];
    assert_eq!(forms(&case).await, all.map(|(no, state)| (no.to_owned(), state.to_owned())));
    let known = at_origin(&league, "", Value::Null).await.expect(200);
    assert_eq!(known.text("/clearance_no"), "310900214000077001");
    assert_eq!(known.text("/form_valid_until"), "2014-07-20");

    // The value falls by twelve per cent: more than the port may allow, so the origin is asked.
    let wish = wants(&case, &[("/goods/0/goods_total_val", json!("317900.00"))]).await.expect(201);
    decides(&case, &wish, "approve", Value::Null).await.expect(200);
    league.settle().await;
    let list = port.declarant(MODEL).await.get(&case.url("amendments")).await.expect(200);
    assert_eq!(list.text("/data/1/state"), "WITH_ORIGIN");
    assert_eq!(forms(&case).await.len(), 2, "nothing changes before the origin has said so");
    let (due, agreed) = answers(&league, "agree").await;
    league.settle().await;
    assert_eq!(due.text("/data/0/changes/0/transferred"), "361250");
    assert_eq!(due.text("/data/0/changes/0/wanted"), "317900");
    assert_eq!(agreed.expect(200).text("/state"), "AGREED");
    let whole = port.declarant(MODEL).await.get(&format!("/v1/declarations/{}", case.id)).await;
    assert_eq!(whole.text("/content/goods/0/goods_total_val"), "317900");
    assert_eq!(whole.text("/content/convynce_name"), "EASTERN STAR");
    assert_eq!(forms(&case).await[2], ("310900214000077002".to_owned(), "ISSUED".to_owned()));
    let known = at_origin(&league, "", Value::Null).await.expect(200);
    assert_eq!(known.text("/clearance_no"), "310900214000077002");
    let done = "select count(*) from transfer_amendments where state = 'APPLIED'";
    assert_eq!(league.at(ZHEJIANG).count(done).await, 1);
}
