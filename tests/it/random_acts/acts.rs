//! Who there is, what can be done, and how it is asked for.
use chrono::Duration;
use serde_json::{Value, json};
use shared::{
    identity::Permission,
    kernel::Role,
    payment::signature::{DATE_HEADER, Message, SIGNATURE_HEADER, SealingKey},
};
use sqlx::Row as _;
use tests::{
    AGENT, Bureau, Consignment, DERUI, HAIYUAN, MODEL, Person, Reply, SSE, WAIGAOQIAO, YANGSHAN,
    screws, toys, wine,
};
use uuid::Uuid;

use crate::cases::DOUBTFUL_CONTAINER;

/// One act by somebody on one of the cases there are.
#[derive(Clone, Debug)]
pub struct Step {
    pub act: Act,
    pub by: By,
    pub case: proptest::sample::Index,
}

/// Who does it.
#[derive(Clone, Copy, Debug)]
pub enum By {
    /// Whoever holds the role at the office concerned, or declares the case.
    Rightful,
    /// One of [`everybody`], right or wrong.
    Anyone(usize),
}

/// What is declared.
#[derive(Clone, Copy, Debug)]
pub enum Goods {
    Screws,
    Wine,
    Toys,
    /// With a container number that an officer looks at.
    Doubtful,
    /// With an error: back to the declarant.
    Faulty,
}

/// What is done.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    File {
        goods: Goods,
        order: u8,
    },
    /// The part of the URL after the declaration, and what is sent.
    OnCase(&'static str, Sent),
    /// On the latest fee notice, amendment, handoff, form or sample of the case.
    OnPart(Part, &'static str, Sent),
    /// The bank tells the end of the latest payment, in its own name or not.
    BankCalls {
        succeeded: bool,
        forged: bool,
    },
    /// What was promised is done.
    Settle,
    Wait(i64),
}

/// What is sent along.
#[derive(Clone, Copy, Debug)]
pub enum Sent {
    Nothing,
    Empty,
    Reason,
    /// A reason with a character that cannot be stored.
    Nul,
    Office(&'static str),
    /// The declaration once more, without or with a change.
    Content,
    Amended,
    Slot,
    Second,
    Rework,
    Samples,
    Report(&'static str),
    Verdict(&'static str),
    Method,
    Effect(&'static str),
    Disposal,
    Refusal,
}

/// What hangs on a case.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    Notice,
    Amendment,
    Handoff,
    Form,
    Sample,
}

impl Act {
    pub const OF_DECLARANTS: &[Self] = &[
        Self::OnCase("resubmit", Sent::Content),
        Self::OnCase("amendments", Sent::Amended),
        Self::OnPart(Part::Amendment, "withdraw", Sent::Nothing),
        Self::OnCase("withdraw", Sent::Reason),
        Self::OnCase("withdraw", Sent::Nul),
        Self::OnCase("change-release-office", Sent::Office(YANGSHAN)),
        Self::OnCase("change-release-office", Sent::Office(WAIGAOQIAO)),
        Self::OnCase("change-release-office", Sent::Office("310400")),
        Self::OnPart(Part::Notice, "pay", Sent::Nothing),
        Self::OnPart(Part::Notice, "pay", Sent::Nothing),
    ];
    pub const OF_REVIEW: &[Self] = &[
        Self::OnCase("accept", Sent::Nothing),
        Self::OnCase("accept", Sent::Nothing),
        Self::OnCase("return", Sent::Reason),
        Self::OnCase("reject", Sent::Reason),
        Self::OnCase("approve-withdrawal", Sent::Reason),
        Self::OnCase("refuse-withdrawal", Sent::Reason),
        Self::OnPart(Part::Amendment, "approve", Sent::Nothing),
        Self::OnPart(Part::Amendment, "refuse", Sent::Reason),
        Self::OnCase("cancel", Sent::Reason),
    ];
    pub const OF_INSPECTION: &[Self] = &[
        Self::OnCase("order-check", Sent::Reason),
        Self::OnCase("deselect", Sent::Reason),
        Self::OnCase("appointments", Sent::Slot),
        Self::OnCase("appointments", Sent::Slot),
        Self::OnCase("start-inspection", Sent::Second),
        Self::OnCase("start-inspection", Sent::Second),
        Self::OnCase("samples", Sent::Samples),
        Self::OnPart(Part::Sample, "report", Sent::Report("CONFORMING")),
        Self::OnPart(Part::Sample, "report", Sent::Report("NON_CONFORMING")),
        Self::OnCase("sign-result", Sent::Verdict("PASS")),
        Self::OnCase("sign-result", Sent::Verdict("PASS")),
        Self::OnCase("sign-result", Sent::Verdict("FAIL")),
        Self::OnCase("order-treatment", Sent::Method),
        Self::OnCase("verify-treatment", Sent::Effect("EFFECTIVE")),
        Self::OnCase("verify-treatment", Sent::Effect("INEFFECTIVE")),
        Self::OnCase("close-inspection", Sent::Disposal),
        Self::OnCase("rework", Sent::Rework),
    ];
    pub const OF_RELEASE: &[Self] = &[
        Self::OnCase("clearance-forms", Sent::Empty),
        Self::OnPart(Part::Form, "void", Sent::Reason),
        Self::OnCase("release", Sent::Nothing),
        Self::OnCase("release", Sent::Nothing),
        Self::OnCase("offer-handoff", Sent::Nothing),
        Self::OnPart(Part::Handoff, "accept", Sent::Nothing),
        Self::OnPart(Part::Handoff, "refuse", Sent::Refusal),
        Self::OnPart(Part::Handoff, "recall", Sent::Nothing),
    ];
    pub const OF_OTHERS: &[Self] = &[
        Self::Settle,
        Self::Settle,
        Self::Wait(60),
        Self::Wait(40 * 60),
        Self::Wait(26 * 3600),
        Self::BankCalls { succeeded: true, forged: false },
        Self::BankCalls { succeeded: true, forged: false },
        Self::BankCalls { succeeded: false, forged: false },
        Self::BankCalls { succeeded: true, forged: true },
        Self::OnPart(Part::Notice, "void", Sent::Reason),
    ];

    /// The permission that it asks for; `None`: no bearer is asked.
    fn permission(self) -> Option<Permission> {
        use Permission::*;
        Some(match self {
            Self::File { .. } => DeclarationFile,
            Self::OnCase(verb, _) => match verb {
                "resubmit" => DeclarationResubmit,
                "amendments" => DeclarationAmend,
                "withdraw" => DeclarationWithdraw,
                "change-release-office" => DeclarationChangeReleaseOffice,
                "accept" => DeclarationAccept,
                "return" => DeclarationReturn,
                "reject" => DeclarationReject,
                "cancel" => DeclarationCancel,
                "approve-withdrawal" | "refuse-withdrawal" => WithdrawalDecide,
                "order-check" => InspectionOrder,
                "deselect" => InspectionDeselect,
                "appointments" => InspectionAppoint,
                "start-inspection" | "rework" => InspectionStart,
                "samples" => InspectionSample,
                "sign-result" => InspectionSign,
                "order-treatment" => TreatmentOrder,
                "verify-treatment" => TreatmentVerify,
                "close-inspection" => InspectionClose,
                "clearance-forms" => ClearanceFormIssue,
                "release" => DeclarationRelease,
                "offer-handoff" => HandoffOffer,
                other => panic!("who may {other}?"),
            },
            Self::OnPart(part, verb, _) => match (part, verb) {
                (Part::Notice, "pay") => FeeNoticePay,
                (Part::Notice, _) => FeeNoticeVoid,
                (Part::Amendment, "withdraw") => DeclarationAmend,
                (Part::Amendment, _) => AmendmentDecide,
                (Part::Handoff, "accept") => HandoffAccept,
                (Part::Handoff, "refuse") => HandoffRefuse,
                (Part::Handoff, _) => HandoffRecall,
                (Part::Form, _) => ClearanceFormVoid,
                (Part::Sample, _) => InspectionReportSample,
            },
            Self::BankCalls { .. } | Self::Settle | Self::Wait(_) => return None,
        })
    }
}

/// Somebody, before they have a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Declarant(&'static str),
    Officer(&'static str, Role, u8),
    Administrator,
    Stranger,
}

const OFFICES: [&str; 3] = [SSE, WAIGAOQIAO, YANGSHAN];
const ROLES: [(Role, u8); 7] = [
    (Role::AcceptanceOfficer, 1),
    (Role::FeeOfficer, 1),
    (Role::Cashier, 1),
    (Role::Inspector, 1),
    (Role::Inspector, 2),
    (Role::ReleaseOfficer, 1),
    (Role::DutyChief, 1),
];
/// Enterprises with and without eligibility, an agent with one power of attorney, every role of three offices.
pub const PEOPLE: usize = 4 + OFFICES.len() * ROLES.len() + 2;

fn person(number: usize) -> Who {
    let everybody = [DERUI, HAIYUAN, MODEL, AGENT].map(Who::Declarant).into_iter();
    let officers = OFFICES.into_iter().flat_map(|office| {
        ROLES.into_iter().map(move |(role, which)| Who::Officer(office, role, which))
    });
    let everybody = everybody.chain(officers).chain([Who::Administrator, Who::Stranger]);
    everybody.into_iter().nth(number).unwrap()
}

impl Who {
    async fn appear(self, bureau: &Bureau) -> Person<'_> {
        match self {
            Self::Declarant(reg_no) => bureau.declarant(reg_no).await,
            Self::Officer(office, role, 1) => bureau.officer(office, role).await,
            Self::Officer(office, role, _) => bureau.second_officer(office, role).await,
            Self::Administrator => bureau.administrator().await,
            Self::Stranger => bureau.stranger(),
        }
    }

    fn may(self, permission: Permission) -> bool {
        permission.is_held_by(&match self {
            Self::Declarant(_) => vec![Role::Declarant],
            Self::Officer(_, role, _) => vec![role],
            Self::Administrator => vec![Role::Administrator],
            Self::Stranger => vec![],
        })
    }

    fn sees(self, case: &Case) -> bool {
        match self {
            Self::Declarant(reg_no) => case.reg_no == reg_no,
            Self::Officer(office, ..) => case.offices.iter().any(|one| one == office),
            Self::Administrator | Self::Stranger => false,
        }
    }
}

/// A case as it stands before an act.
pub struct Case {
    id: Uuid,
    reg_no: String,
    decl_org: String,
    holder: String,
    insp_org: Option<String>,
    release_org: String,
    offices: Vec<String>,
}

/// What became of a step.
pub struct Done {
    /// `None`: no bearer asked for anything.
    pub asked: Option<Asked>,
}

pub struct Asked {
    pub who: Who,
    pub reply: Reply,
    /// Whether it was theirs to ask: the role holds the permission, and the case is not somebody else's.
    pub is_theirs: bool,
}

/// The furniture that the acts need: both importers pay by agreement.
pub async fn furnish(bureau: &Bureau) {
    let limit = json!({ "amount": "20000.00", "currency": "CNY" });
    let officer = bureau.officer(SSE, Role::FeeOfficer).await;
    for reg_no in [DERUI, HAIYUAN] {
        let agreement = json!({
            "reg_no": reg_no, "account_token": "acct-ok", "signed_on": "2014-05-01",
            "single_limit": limit, "daily_limit": limit,
        });
        officer.post("/v1/agreements", agreement).await.expect(201);
    }
    // Whoever appears later must be there already: the first act of a person is no step of the walk.
    for number in 0..PEOPLE {
        person(number).appear(bureau).await;
    }
}

pub async fn take(bureau: &Bureau, number: usize, step: &Step) -> Done {
    // No two steps in one moment: events tell their order by it.
    bureau.wait(Duration::seconds(1));
    match step.act {
        Act::Settle => {
            bureau.settle().await;
            Done { asked: None }
        }
        Act::Wait(seconds) => {
            bureau.wait(Duration::seconds(seconds));
            Done { asked: None }
        }
        Act::BankCalls { succeeded, forged } => call_back(bureau, number, succeeded, forged).await,
        Act::File { goods, order } => file(bureau, number, step.by, goods, order).await,
        Act::OnCase(verb, sent) => on_case(bureau, step, verb, sent, None).await,
        Act::OnPart(part, verb, sent) => on_case(bureau, step, verb, sent, Some(part)).await,
    }
}

async fn file(bureau: &Bureau, number: usize, by: By, goods: Goods, order: u8) -> Done {
    let who = match by {
        By::Rightful => Who::Declarant(if matches!(goods, Goods::Wine) { HAIYUAN } else { DERUI }),
        By::Anyone(number) => person(number),
    };
    let mut body = consignment(goods, &format!("R-{number}"), order);
    if let Who::Declarant(AGENT) = who {
        body = body.with("/decl_reg_no", json!(AGENT));
    }
    let reply = who.appear(bureau).await.post("/v1/declarations", body.0).await;
    // Whose declaration it is stands in its body: others than that unit are refused by it.
    let declares =
        matches!((who, goods), (Who::Declarant(AGENT), _) | (Who::Declarant(HAIYUAN), Goods::Wine))
            || (who == Who::Declarant(DERUI) && !matches!(goods, Goods::Wine));
    let is_theirs = who.may(Permission::DeclarationFile) && declares;
    Done { asked: Some(Asked { who, reply, is_theirs }) }
}

/// A few delivery orders for all: some are declared already.
fn consignment(goods: Goods, reference: &str, order: u8) -> Consignment {
    let goods = match goods {
        Goods::Screws => screws(reference),
        Goods::Wine => wine(reference),
        Goods::Toys => toys(reference),
        Goods::Doubtful => {
            screws(reference).with("/containers/0/cont_no", json!(DOUBTFUL_CONTAINER))
        }
        Goods::Faulty => screws(reference).with("/goods/0/hs_code", json!("73")),
    };
    match order {
        0 => goods.with("/delivery_order", json!("D-1")).with("/bill_lad_no", json!("B-1")),
        _ => goods,
    }
}

async fn on_case(
    bureau: &Bureau,
    step: &Step,
    verb: &'static str,
    sent: Sent,
    part: Option<Part>,
) -> Done {
    let Some(case) = pick(bureau, &step.case).await else { return Done { asked: None } };
    let permission = step.act.permission().unwrap();
    let who = match step.by {
        By::Anyone(number) => person(number),
        By::Rightful => rightful(permission, &case),
    };
    let path = match part {
        None => Some(format!("/v1/declarations/{}/{verb}", case.id)),
        Some(part) => path_of_part(bureau, &case, part, verb).await,
    };
    let Some(path) = path else { return Done { asked: None } };
    let body = body(bureau, &case, who, sent).await;
    let is_theirs = who.may(permission) && who.sees(&case);
    let reply = who.appear(bureau).await.post(&path, body).await;
    Done { asked: Some(Asked { who, reply, is_theirs }) }
}

async fn pick(bureau: &Bureau, which: &proptest::sample::Index) -> Option<Case> {
    let rows = sqlx::query(
        "select d.*, array(select to_org from handoffs h where h.declaration_id = d.id
                 and h.state = 'OFFERED') as offered
         from declarations d order by d.id",
    )
    .fetch_all(bureau.pool())
    .await
    .unwrap();
    if rows.is_empty() {
        return None;
    }
    let row = &rows[which.index(rows.len())];
    let (decl_org, release_org): (String, String) = (row.get("decl_org"), row.get("release_org"));
    let insp_org: Option<String> = row.get("insp_org");
    let mut offices: Vec<String> = row.get("offered");
    offices.extend([decl_org.clone(), release_org.clone()]);
    offices.extend(insp_org.clone());
    Some(Case {
        id: row.get("id"),
        reg_no: row.get("decl_reg_no"),
        holder: row.get("holder_org"),
        decl_org,
        release_org,
        insp_org,
        offices,
    })
}

/// Somebody who may be expected to do this.
fn rightful(permission: Permission, case: &Case) -> Who {
    let of = |known: &str| OFFICES.into_iter().find(|office| *office == known).unwrap_or(SSE);
    let declarant = [DERUI, HAIYUAN, MODEL, AGENT].into_iter().find(|unit| *unit == case.reg_no);
    if permission.is_held_by(&[Role::Declarant]) {
        return Who::Declarant(declarant.unwrap());
    }
    let (role, which) = ROLES
        .into_iter()
        .find(|(role, _)| permission.is_held_by(&[*role]))
        .unwrap_or((Role::DutyChief, 1));
    let office = match role {
        Role::AcceptanceOfficer | Role::FeeOfficer => of(&case.decl_org),
        Role::Inspector => of(case.insp_org.as_deref().unwrap_or(SSE)),
        Role::ReleaseOfficer => of(&case.release_org),
        _ => of(&case.holder),
    };
    Who::Officer(office, role, which)
}

async fn path_of_part(bureau: &Bureau, case: &Case, part: Part, verb: &str) -> Option<String> {
    let sql = match part {
        Part::Notice => "select id::text from fee_notices where declaration_id = $1",
        Part::Amendment => "select id::text from amendments where declaration_id = $1",
        Part::Handoff => "select id::text from handoffs where declaration_id = $1",
        Part::Form => "select clearance_no from clearance_forms where declaration_id = $1",
        Part::Sample => {
            "select s.id::text from samples s join inspections i on i.id = s.inspection_id
             where i.declaration_id = $1 order by (s.result is null), s.id"
        }
    };
    let all: Vec<String> =
        sqlx::query_scalar(sql).bind(case.id).fetch_all(bureau.pool()).await.unwrap();
    let latest = all.into_iter().max_by(|one, other| match part {
        Part::Sample => std::cmp::Ordering::Less,
        _ => one.cmp(other),
    })?;
    Some(match part {
        Part::Notice => format!("/v1/fee-notices/{latest}/{verb}"),
        Part::Amendment => format!("/v1/amendments/{latest}/{verb}"),
        Part::Handoff => format!("/v1/handoffs/{latest}/{verb}"),
        Part::Form => format!("/v1/declarations/{}/clearance-forms/{latest}/{verb}", case.id),
        Part::Sample => format!("/v1/declarations/{}/samples/{latest}/{verb}", case.id),
    })
}

async fn body(bureau: &Bureau, case: &Case, who: Who, sent: Sent) -> Value {
    match sent {
        Sent::Nothing => Value::Null,
        Sent::Empty => json!({}),
        Sent::Reason => json!({ "reason": "合同取消" }),
        Sent::Nul => json!({ "reason": "合同\u{0}取消" }),
        Sent::Office(office) => json!({ "release_org": office }),
        Sent::Content => content(bureau, case).await,
        Sent::Amended => {
            let mut content = content(bureau, case).await;
            content["goods_place"] = json!("外高桥堆场");
            json!({ "reason": "货物移场", "content": content })
        }
        Sent::Slot => {
            let now = bureau.ctx.clock.now();
            json!({
                "place": "港区查验场",
                "slot_from": now + Duration::hours(4),
                "slot_to": now + Duration::hours(6),
            })
        }
        Sent::Second => json!({ "second_inspector": second_inspector(bureau, who).await }),
        Sent::Rework => json!({
            "second_inspector": second_inspector(bureau, who).await, "reason": "更换标签",
        }),
        Sent::Samples => json!({ "samples": [
            { "goods_no": 1, "quantity": "6 bottles", "laboratory": "食品实验室" },
        ] }),
        Sent::Report(result) => json!({ "result": result, "detail": "报告 SH14-05123" }),
        Sent::Verdict(verdict) => judgement(verdict),
        Sent::Method => json!({ "method": "溴甲烷熏蒸 48 g/m3 24 h" }),
        Sent::Effect(effect) => json!({ "effect": effect, "certificate_no": "XZ14-0513-02" }),
        Sent::Disposal => json!({ "kind": "RETURNED", "evidence": ["出境提单 COSU6201400999"] }),
        Sent::Refusal => json!({ "code": "WRONG_OFFICE" }),
    }
}

fn judgement(verdict: &str) -> Value {
    let mut result =
        json!({ "verdict": verdict, "findings": [{ "goods_no": 1, "verdict": verdict }] });
    if verdict == "FAIL" {
        result["code"] = json!("PEST");
        result["evidence"] = json!(["照片 20140513-07"]);
    }
    result
}

/// What was declared last, with its fault put right.
async fn content(bureau: &Bureau, case: &Case) -> Value {
    let mut content: Value = sqlx::query_scalar(
        "select content from declaration_versions where declaration_id = $1
         order by version desc limit 1",
    )
    .bind(case.id)
    .fetch_one(bureau.pool())
    .await
    .unwrap();
    if content["goods"][0]["hs_code"] == "73" {
        content["goods"][0]["hs_code"] = screws("x").0["goods"][0]["hs_code"].clone();
    }
    content
}

async fn second_inspector(bureau: &Bureau, who: Who) -> Uuid {
    let office = if let Who::Officer(office, ..) = who { office } else { SSE };
    let which = if let Who::Officer(_, _, 2) = who { 1 } else { 2 };
    Who::Officer(office, Role::Inspector, which).appear(bureau).await.id
}

/// The bank of these tests signs with a key that is made from this seed.
const BANK_SEED: [u8; 32] = [9; 32];

async fn call_back(bureau: &Bureau, number: usize, succeeded: bool, forged: bool) -> Done {
    let latest = sqlx::query("select id, amount_fen from payments order by id desc limit 1")
        .fetch_optional(bureau.pool())
        .await
        .unwrap();
    let Some(payment) = latest else { return Done { asked: None } };
    let fen: i64 = payment.get("amount_fen");
    let now = bureau.ctx.clock.now();
    let mut word = json!({
        "payment_id": payment.get::<Uuid, _>("id"), "outcome": "SUCCESS",
        "bank_ref": format!("B{number}"),
        "amount": { "amount": format!("{}.{:02}", fen / 100, fen % 100), "currency": "CNY" },
        "bank_time": now,
    });
    if !succeeded {
        word["outcome"] = json!("FAILED");
        word["failure_code"] = json!("INSUFFICIENT_FUNDS");
    }
    let body = word.to_string();
    let key = SealingKey::from_seed(&if forged { [10; 32] } else { BANK_SEED });
    let path = "/v1/bank/callback";
    let seal = key.seal(Message { method: "POST", path, body: body.as_bytes() }, now);
    let request = actix_web::test::TestRequest::post()
        .uri(path)
        .insert_header(("content-type", "application/json"))
        .insert_header((DATE_HEADER, seal.date))
        .insert_header((SIGNATURE_HEADER, seal.signature))
        .set_payload(body);
    let reply = bureau.stranger().send(request).await;
    // A forger is a stranger; the bank is nobody's bearer, but it is heard.
    Done { asked: Some(Asked { who: Who::Stranger, reply, is_theirs: !forged }) }
}
