//! Inspections as the people at the port meet them: over HTTP, with handoffs before and after.
use serde_json::{Value, json};
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{Bureau, HAIYUAN, Person, Reply, SSE, WAIGAOQIAO, YANGSHAN, screws, toys};

/// Toys that are always inspected: declared at the Exchange, inspected at Waigaoqiao, released at Yangshan.
struct Case<'b> {
    bureau: &'b Bureau,
    id: String,
    first: Person<'b>,
    second: Person<'b>,
}

impl<'b> Case<'b> {
    async fn filed(bureau: &'b Bureau) -> Self {
        let derui = bureau.derui().await;
        let goods = toys("TY-1").at(SSE, YANGSHAN);
        let receipt = derui.post("/v1/declarations", goods.0).await.expect(201);
        let id = receipt.text("/id").to_owned();
        if receipt.text("/status") == "MANUAL_REVIEW" {
            let officer = bureau.officer(SSE, Role::AcceptanceOfficer).await;
            officer.post(&format!("/v1/declarations/{id}/accept"), Value::Null).await.expect(200);
        }
        assert_eq!(bureau.status(&id).await, "SELECTED");
        let first = bureau.officer(WAIGAOQIAO, Role::Inspector).await;
        let second = bureau.second_officer(WAIGAOQIAO, Role::Inspector).await;
        Self { bureau, id, first, second }
    }

    /// Taken over by the inspecting office, and begun.
    async fn started(bureau: &'b Bureau) -> Self {
        let case = Self::filed(bureau).await;
        bureau.settle().await;
        case.appoint().await.expect(201);
        case.start().await.expect(200);
        case
    }

    fn url(&self, act: &str) -> String {
        format!("/v1/declarations/{}/{act}", self.id)
    }

    async fn appoint(&self) -> Reply {
        let slot = json!({
            "place": "外高桥查验场", "slot_from": "2014-05-12T06:00:00Z",
            "slot_to": "2014-05-12T08:00:00Z"
        });
        self.bureau.derui().await.post(&self.url("appointments"), slot).await
    }

    async fn start(&self) -> Reply {
        let second = json!({ "second_inspector": self.second.id });
        self.first.post(&self.url("start-inspection"), second).await
    }

    async fn sign(&self, inspector: &Person<'_>, verdict: &str) -> Reply {
        let mut result =
            json!({ "verdict": verdict, "findings": [{ "goods_no": 1, "verdict": verdict }] });
        if verdict == "FAIL" {
            result["code"] = json!("PEST");
            result["evidence"] = json!(["照片 20140513-07"]);
        }
        inspector.post(&self.url("sign-result"), result).await
    }

    async fn seen_by(&self, person: &Person<'_>) -> Reply {
        person.get(&self.url("inspection")).await
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn toys_are_inspected_at_the_port_and_then_released_elsewhere(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = Case::filed(&bureau).await;

    let early = case.start().await.expect(409);
    assert_eq!(early.problem(), "inspection/not-responsible");
    bureau.settle().await;
    assert_eq!(case.start().await.problem(), "inspection/appointment-missing");
    let appointed = case.appoint().await.expect(201);
    assert_eq!(appointed.header("location"), case.url("inspection"));
    assert_eq!(case.start().await.expect(200).text("/status"), "INSPECTING");
    assert_eq!(case.sign(&case.first, "PASS").await.expect(200).text("/status"), "INSPECTING");
    let passed = case.sign(&case.second, "PASS").await.expect(200);
    assert_eq!(passed.text("/status"), "CONFORMING");
    assert_eq!(passed.text("/rounds/0/result/verdict"), "PASS");
    bureau.settle().await;

    let release = bureau.officer(YANGSHAN, Role::ReleaseOfficer).await;
    let released = release.post(&case.url("release"), Value::Null).await.expect(200);
    assert_eq!(released.text("/status"), "RELEASED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_declarant_sees_that_goods_are_drawn_and_never_how(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = Case::started(&bureau).await;
    case.sign(&case.first, "PASS").await.expect(200);

    let own = case.seen_by(&bureau.derui().await).await.expect(200);
    let office =
        case.seen_by(&bureau.officer(SSE, Role::AcceptanceOfficer).await).await.expect(200);
    let other = case.seen_by(&bureau.declarant(HAIYUAN).await).await;

    assert_eq!(own.body["is_selected"], true);
    for hidden in ["/draw", "/changes", "/rounds/0/inspectors", "/rounds/0/signatures"] {
        assert_eq!(own.body.pointer(hidden), Some(&Value::Null), "{hidden}");
        assert!(office.body.pointer(hidden).is_some_and(|shown| !shown.is_null()), "{hidden}");
    }
    assert_eq!(office.body["draw"]["rate_ppm"], 1_000_000);
    assert_eq!(office.text("/draw/reason"), "MANDATORY");
    assert_eq!(other.status, 404);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn only_the_inspecting_office_writes_results(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = Case::started(&bureau).await;

    for office in [SSE, YANGSHAN] {
        let inspector = bureau.officer(office, Role::Inspector).await;
        let signed = case.sign(&inspector, "PASS").await;
        assert_eq!(signed.status, 403, "{office}: {:#}", signed.body);
    }
    let stranger = bureau.officer("310200", Role::Inspector).await;
    assert_eq!(case.sign(&stranger, "PASS").await.status, 404, "not its case at all");
    let declarant = case.sign(&bureau.derui().await, "PASS").await;
    assert_eq!(declarant.status, 403);

    let seen = case.seen_by(&case.first).await.expect(200);
    assert_eq!(seen.body["rounds"][0]["signatures"], json!([]));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn everything_wrong_with_a_result_is_told_at_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = Case::started(&bureau).await;

    let result = json!({ "verdict": "FAIL", "findings": [{ "goods_no": 7, "verdict": "PASS" }] });
    let refused = case.first.post(&case.url("sign-result"), result).await.expect(422);

    let expected = [
        "goods-line-unknown",
        "goods-line-not-judged",
        "no-line-fails",
        "code-missing",
        "evidence-missing",
    ];
    assert_eq!(refused.codes(), expected);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn goods_that_fail_are_treated_verified_by_another_and_conform(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = Case::started(&bureau).await;
    case.sign(&case.first, "FAIL").await.expect(200);
    let failed = case.sign(&case.second, "FAIL").await.expect(200);
    assert_eq!(failed.text("/status"), "NON_CONFORMING");

    let method = json!({ "method": "溴甲烷熏蒸 48 g/m3 24 h" });
    case.first.post(&case.url("order-treatment"), method).await.expect(200);
    let worked = json!({ "effect": "EFFECTIVE", "certificate_no": "XZ14-0513-02" });
    let own = case.first.post(&case.url("verify-treatment"), worked.clone()).await.expect(409);
    assert_eq!(own.problem(), "inspection/ordered-by-you");
    let verified = case.second.post(&case.url("verify-treatment"), worked).await.expect(200);

    assert_eq!(verified.text("/status"), "CONFORMING");
    assert_eq!(verified.body["treatments"][0]["is_effective"], true);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nobody_takes_mandatory_goods_off(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = Case::filed(&bureau).await;
    bureau.settle().await;
    let chief = bureau.officer(WAIGAOQIAO, Role::DutyChief).await;

    let refused =
        chief.post(&case.url("deselect"), json!({ "reason": "赶船期" })).await.expect(409);

    assert_eq!(refused.problem(), "inspection/mandatory");
    assert_eq!(bureau.status(&case.id).await, "SELECTED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_check_brings_the_case_back_from_the_release_office(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    bureau.next_serial(SSE, 123).await;
    let goods = screws("SC-1").at(SSE, YANGSHAN);
    let filed = bureau.derui().await.post("/v1/declarations", goods.0).await.expect(201);
    let url = format!("/v1/declarations/{}", filed.text("/id"));
    assert_eq!(filed.text("/status"), "CONFORMING", "not drawn, on its way to Yangshan");

    let inspector = bureau.officer(WAIGAOQIAO, Role::Inspector).await;
    let ordered = inspector
        .post(&format!("{url}/order-check"), json!({ "reason": "箱体渗漏" }))
        .await
        .expect(200);
    assert_eq!(ordered.text("/status"), "SELECTED");
    bureau.settle().await;

    let seen = inspector.get(&url).await.expect(200);
    assert_eq!(seen.text("/holder_org"), WAIGAOQIAO);
    assert_eq!(seen.text("/status"), "SELECTED");
}
