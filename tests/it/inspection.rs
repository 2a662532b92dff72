//! The draw and the inspection, against a real Postgres.
mod http;

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use shared::{
    Clock,
    declaration::{self, Cause, Declaration, DeclarationId, Direction, Kind, NewVersion, Status},
    identity::StaffId,
    inspection::{
        self, AppointmentDraft, Change, ChangeKind, Comparison, Conformity, DisposalKind, DrawKeys,
        Drawn, Effect, Factor, Fault, Finding, Inputs, Judgement, Mandate, Rate, SampleInput,
        Verdict, draw, select,
        service::{
            appoint, close, compare_again, deselect, earlier_selected_without_result, judged_by,
            order_check, order_treatment, report_sample, rework, sample, selection_of, sign, start,
            verify_treatment,
        },
    },
    kernel::{Actor, Failure, OrganisationKind, Role, Standing, id},
    ledger::Tx,
};
use sqlx::PgPool;
use uuid::Uuid;

const DECLARING: &str = "310900";
const INSPECTING: &str = "310700";
const RELEASING: &str = "311000";
const ENTERPRISE: &str = "3100601234";
/// Number of S2: its draw is 0.0796.
const NUMBER: &str = "310900114000124";

/// An office at the port, its people, and consignments that were accepted elsewhere.
struct Quay {
    pool: PgPool,
    clock: Clock,
    now: DateTime<Utc>,
    /// Inspectors of the inspecting office.
    wang: Actor,
    li: Actor,
    zhao: Actor,
    chief: Actor,
    /// Inspectors of the other two offices.
    of_release: Actor,
    of_declaring: Actor,
    declarant: Actor,
}

impl Quay {
    async fn new(pool: PgPool) -> Self {
        let now = "2014-05-12T02:20:00Z".parse().unwrap();
        let mut offices = Vec::new();
        for code in [DECLARING, INSPECTING, RELEASING] {
            offices.push(organisation(&pool, OrganisationKind::BureauOffice, code, now).await);
        }
        let enterprise = organisation(&pool, OrganisationKind::Enterprise, ENTERPRISE, now).await;
        let [declaring, inspecting, releasing] = [&offices[0], &offices[1], &offices[2]];
        Self {
            wang: employ(&pool, inspecting, "wang", Role::Inspector, now).await,
            li: employ(&pool, inspecting, "li", Role::Inspector, now).await,
            zhao: employ(&pool, inspecting, "zhao", Role::Inspector, now).await,
            chief: employ(&pool, inspecting, "chief", Role::DutyChief, now).await,
            of_release: employ(&pool, releasing, "sun", Role::Inspector, now).await,
            of_declaring: employ(&pool, declaring, "zhou", Role::Inspector, now).await,
            declarant: Actor {
                id: Some(id::mint(now)),
                standing: enterprise,
                roles: vec![Role::Declarant],
            },
            clock: Clock::fixed(now),
            pool,
            now,
        }
    }

    /// One act in a transaction of its own, a second after the one before: kept if it succeeds, gone if it
    /// fails.
    async fn act<T>(
        &self,
        act: impl AsyncFnOnce(&mut Tx) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.clock.advance(Duration::seconds(1)).unwrap();
        let mut tx = Tx::begin(&self.pool, &self.clock).await?;
        let done = act(&mut tx).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// A consignment as acceptance leaves it, drawn with these inputs.
    async fn accepted(&self, number: &str, inputs: Inputs) -> DeclarationId {
        self.filed(number, inputs, |_| {}).await
    }

    async fn filed(
        &self,
        number: &str,
        inputs: Inputs,
        change: impl FnOnce(&mut Declaration),
    ) -> DeclarationId {
        let key = keys();
        let selection = select(key.of_day(self.now.date_naive()).unwrap(), number, inputs);
        let mut row = row(number, self.now);
        row.is_selected = selection.is_selected();
        row.is_mandatory = selection.is_mandatory();
        if !row.is_selected {
            (row.status, row.holder_org) = (Status::Conforming, RELEASING.into());
        }
        change(&mut row);
        let declaration = row.id;
        let drawn = Drawn { declaration, decl_no: number.into(), selection };
        self.act(async |tx| {
            declaration::service::insert(tx, &[&row]).await?;
            declaration::service::keep_versions(tx, &[version(&row)]).await?;
            Ok(inspection::service::select_many(tx, &[drawn]).await?)
        })
        .await
        .unwrap();
        declaration
    }

    /// Selected, without a container, so that it needs no appointment.
    async fn selected(&self) -> DeclarationId {
        self.accepted(NUMBER, inputs("0.30", "0.5")).await
    }

    async fn started(&self) -> DeclarationId {
        let id = self.selected().await;
        self.act(async |tx| start(tx, &self.wang, id, staff(&self.li)).await).await.unwrap();
        id
    }

    async fn failed(&self) -> DeclarationId {
        let id = self.started().await;
        self.act(async |tx| sign(tx, &self.wang, id, fail()).await).await.unwrap();
        self.act(async |tx| sign(tx, &self.li, id, fail()).await).await.unwrap();
        id
    }

    async fn read(&self, id: DeclarationId) -> Declaration {
        let mut conn = self.pool.acquire().await.unwrap();
        declaration::service::read(&mut conn, &Actor::system(), id).await.unwrap()
    }

    async fn dossier(&self, id: DeclarationId) -> inspection::Dossier {
        let mut conn = self.pool.acquire().await.unwrap();
        inspection::service::read(&mut conn, &Actor::system(), id).await.unwrap().1
    }

    async fn history(&self, id: DeclarationId) -> Vec<String> {
        let mut conn = self.pool.acquire().await.unwrap();
        let events = declaration::service::timeline(&mut conn, &Actor::system(), id).await.unwrap();
        events.into_iter().map(|event| event.kind).collect()
    }
}

fn keys() -> DrawKeys {
    DrawKeys::parse("2004-04-01 fixture anyport-fixture-1667").unwrap()
}

fn inputs(base: &str, credit: &str) -> Inputs {
    let factor = |value: &str| Factor::new(value.parse().unwrap(), "test");
    Inputs {
        purpose: shared::inspection::Purpose::Select,
        base: factor(base),
        credit: factor(credit),
        origin: factor("1"),
        packaging: factor("1"),
        mandatory: None,
        is_inherited: false,
        audit: Rate::AUDIT,
    }
}

fn mandatory() -> Inputs {
    let mandate = Mandate { cause: draw::Cause::ClassD, goods_no: None, code: "D".into() };
    Inputs { mandatory: Some(mandate), ..inputs("0.30", "1") }
}

fn row(number: &str, now: DateTime<Utc>) -> Declaration {
    Declaration {
        id: DeclarationId::mint(now),
        decl_reg_no: ENTERPRISE.into(),
        ent_decl_no: format!("E-{number}"),
        apl_kind: Direction::Inbound,
        decl_code: "13".into(),
        kind: Kind::Catalogue,
        direct_bureau: "310000".into(),
        do_key: Some(format!("COSU6201400521//{number}")),
        consignee_code: None,
        decl_no: Some(number.into()),
        status: Status::Selected,
        version: 1,
        revision: 1,
        decl_org: DECLARING.into(),
        release_org: RELEASING.into(),
        insp_org: Some(INSPECTING.into()),
        holder_org: INSPECTING.into(),
        anywhere: true,
        is_selected: true,
        is_mandatory: false,
        has_result: false,
        credit_class: Some("A".into()),
        withdrawal_requested_at: None,
        filed_at: now,
        accepted_at: Some(now),
        released_at: None,
        updated_at: now,
    }
}

/// Two goods lines; a container where the reference says so.
fn version(row: &Declaration) -> NewVersion {
    let containers = if row.ent_decl_no.ends_with("-BOX") {
        json!([{ "cont_no": "CBHU8201451" }])
    } else {
        json!([])
    };
    let content = json!({
        "goods": [{ "goods_no": 1 }, { "goods_no": 2 }], "containers": containers
    });
    NewVersion {
        declaration_id: row.id,
        version: 1,
        cause: Cause::Filed,
        content: content.to_string().into(),
        content_hash: [0; 32],
        defects: "[]".into(),
        receipt: "{}".into(),
        filed_at: row.filed_at,
    }
}

async fn organisation(
    pool: &PgPool,
    kind: OrganisationKind,
    code: &str,
    now: DateTime<Utc>,
) -> Standing {
    let organisation = id::mint(now);
    sqlx::query(
        "insert into organisations (id, kind, code, name_zh, registered_on, created_at, updated_at)
         values ($1, $2, $3, $3, '2004-04-01', $4, $4)",
    )
    .bind(organisation)
    .bind(kind)
    .bind(code)
    .bind(now)
    .execute(pool)
    .await
    .unwrap();
    Standing::Member { kind, organisation, code: code.into(), is_staff: false }
}

async fn employ(
    pool: &PgPool,
    office: &Standing,
    login: &str,
    role: Role,
    now: DateTime<Utc>,
) -> Actor {
    let Standing::Member { kind, organisation, code, .. } = office.clone() else {
        panic!("only organisations employ people")
    };
    let person = id::mint(now);
    sqlx::query(
        "insert into staff (id, organisation_id, login, name, password_hash, roles, created_at, updated_at)
         values ($1, $2, $3, $3, 'none', array[$4], $5, $5)",
    )
    .bind(person)
    .bind(organisation)
    .bind(login)
    .bind(role.name())
    .bind(now)
    .execute(pool)
    .await
    .unwrap();
    Actor {
        id: Some(person),
        standing: Standing::Member { kind, organisation, code, is_staff: true },
        roles: vec![role],
    }
}

fn staff(actor: &Actor) -> StaffId {
    StaffId(actor.id.unwrap())
}

/// The first of two lines decides.
fn judged(verdict: Verdict) -> Judgement {
    let finding = |goods_no, verdict| Finding { goods_no, verdict, remark: None };
    Judgement {
        verdict,
        findings: vec![finding(1, verdict), finding(2, Verdict::Pass)],
        code: (verdict == Verdict::Fail).then_some(Fault::Pest),
        evidence: match verdict {
            Verdict::Fail => vec!["photograph 7".into()],
            Verdict::Pass => Vec::new(),
        },
    }
}

fn pass() -> Judgement {
    judged(Verdict::Pass)
}

fn fail() -> Judgement {
    judged(Verdict::Fail)
}

/// The code of a refusal, or the first violation's, or what else went wrong.
fn refusal<T: std::fmt::Debug>(result: Result<T, Failure>) -> String {
    match result.unwrap_err() {
        Failure::Refused(refusal) => refusal.code.to_owned(),
        Failure::Invalid(violations) => violations.iter().next().unwrap().code.clone(),
        Failure::Forbidden(_) => "forbidden".into(),
        Failure::Missing(what) => format!("no such {what}"),
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_draw_is_reproducible_from_what_was_stored(pool: PgPool) {
    let quay = Quay::new(pool).await;
    quay.selected().await;
    let mut conn = quay.pool.acquire().await.unwrap();

    let again = inspection::reproduce(&mut conn, &keys(), NUMBER).await.unwrap();

    assert!(again.agrees());
    assert_eq!((again.rate_ppm, again.is_selected), (150_000, true));
    assert_eq!(again.draw, "14615b065293e3d1");
    let other = DrawKeys::parse("2004-04-01 fixture another-key-than-that").unwrap();
    let false_key = inspection::reproduce(&mut conn, &other, NUMBER).await.unwrap();
    assert!(false_key.differs_in.contains(&"draw"));
    let unknown = inspection::reproduce(&mut conn, &keys(), "310900114999999").await;
    assert_eq!(refusal(unknown), "no such draw of that number");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_selection_is_drawn_once_and_stored_immutably(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.selected().await;

    let changed =
        sqlx::query("update selections set is_selected = false").execute(&quay.pool).await;
    let deleted = sqlx::query("delete from selections").execute(&quay.pool).await;
    let key = keys();
    let key = key.of_day(quay.now.date_naive()).unwrap();
    let selection = select(key, NUMBER, inputs("0.01", "0"));
    let drawn = Drawn { declaration: id, decl_no: NUMBER.into(), selection };
    let again =
        quay.act(async |tx| Ok(inspection::service::select_many(tx, &[drawn]).await?)).await;

    assert!(changed.is_err() && deleted.is_err() && again.is_err());
    let stored = quay.dossier(id).await.selection.unwrap();
    assert!(stored.is_selected);
    assert_eq!(stored.selection.rate.ppm(), 150_000);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_selected_consignment_needs_two_inspectors(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.selected().await;

    let alone = quay.act(async |tx| start(tx, &quay.wang, id, staff(&quay.wang)).await).await;
    assert_eq!(refusal(alone), "same-inspector");
    for stranger in [&quay.of_release, &quay.chief] {
        let with = quay.act(async |tx| start(tx, &quay.wang, id, staff(stranger)).await).await;
        assert_eq!(refusal(with), "not-an-inspector");
    }
    quay.act(async |tx| start(tx, &quay.wang, id, staff(&quay.li)).await).await.unwrap();
    let first = quay.act(async |tx| sign(tx, &quay.wang, id, pass()).await).await.unwrap();
    assert_eq!((first.status, first.has_result), (Status::Inspecting, false));
    let second = quay.act(async |tx| sign(tx, &quay.li, id, pass()).await).await.unwrap();

    assert_eq!((second.status, second.has_result), (Status::Conforming, true));
    assert_eq!(
        quay.history(id).await,
        ["inspection.started", "inspection.signed", "inspection.signed", "inspection.passed"]
    );
    let mut conn = quay.pool.acquire().await.unwrap();
    let judged = async |conn: &mut _, person: Uuid| judged_by(conn, &[id], person).await.unwrap();
    assert!(judged(&mut conn, quay.wang.id.unwrap()).await.contains(&id));
    assert!(judged(&mut conn, quay.zhao.id.unwrap()).await.is_empty());
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_schema_refuses_a_result_that_two_did_not_sign(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.started().await;
    quay.act(async |tx| sign(tx, &quay.wang, id, pass()).await).await.unwrap();

    let forged = sqlx::query("update inspections set verdict = 'PASS', decided_at = started_at")
        .execute(&quay.pool)
        .await;

    let error = forged.unwrap_err();
    assert_eq!(error.as_database_error().unwrap().constraint(), Some("inspections_signed_twice"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn one_person_cannot_sign_twice(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.started().await;
    quay.act(async |tx| sign(tx, &quay.wang, id, pass()).await).await.unwrap();

    let again = quay.act(async |tx| sign(tx, &quay.wang, id, pass()).await).await;
    let outsider = quay.act(async |tx| sign(tx, &quay.zhao, id, pass()).await).await;

    assert_eq!(refusal(again), "inspection/already-signed");
    assert_eq!(refusal(outsider), "forbidden");
    assert_eq!(quay.read(id).await.status, Status::Inspecting);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn verdicts_that_differ_decide_nothing(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.started().await;
    quay.act(async |tx| sign(tx, &quay.wang, id, pass()).await).await.unwrap();

    let differs = quay.act(async |tx| sign(tx, &quay.li, id, fail()).await).await;
    assert_eq!(refusal(differs), "inspection/verdicts-differ");
    assert_eq!(quay.dossier(id).await.signatures.len(), 1);
    let changed = quay.act(async |tx| sign(tx, &quay.wang, id, fail()).await).await.unwrap();
    assert_eq!(changed.status, Status::Inspecting);
    let agreed = quay.act(async |tx| sign(tx, &quay.li, id, fail()).await).await.unwrap();

    assert_eq!((agreed.status, agreed.has_result), (Status::NonConforming, true));
    assert_eq!(quay.dossier(id).await.rounds[0].verdict, Some(Verdict::Fail));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_release_office_cannot_write_a_result(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.started().await;

    for other in [&quay.of_release, &quay.of_declaring, &quay.declarant] {
        let signed = quay.act(async |tx| sign(tx, other, id, pass()).await).await;
        assert_eq!(refusal(signed), "forbidden");
    }

    assert!(quay.dossier(id).await.signatures.is_empty());
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nobody_inspects_before_the_case_is_handed_over(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id =
        quay.filed(NUMBER, inputs("0.30", "0.5"), |row| row.holder_org = DECLARING.into()).await;

    let started = quay.act(async |tx| start(tx, &quay.wang, id, staff(&quay.li)).await).await;
    let deselected = quay.act(async |tx| deselect(tx, &quay.chief, id, "seen").await).await;

    assert_eq!(refusal(started), "inspection/not-responsible");
    assert_eq!(refusal(deselected), "inspection/not-responsible");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_mandatory_selection_cannot_be_deselected(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let mandatory = quay.accepted("310900114000001", mandatory()).await;
    let drawn = quay.selected().await;

    let refused = quay.act(async |tx| deselect(tx, &quay.chief, mandatory, "urgent").await).await;
    let taken_off = quay
        .act(async |tx| deselect(tx, &quay.chief, drawn, "seen yesterday").await)
        .await
        .unwrap();

    assert_eq!(refusal(refused), "inspection/mandatory");
    assert_eq!(quay.read(mandatory).await.status, Status::Selected);
    assert_eq!((taken_off.status, taken_off.is_selected), (Status::Conforming, false));
    let change = Change {
        kind: ChangeKind::Deselected,
        rate: None,
        reason: "seen yesterday".into(),
        by_staff: quay.chief.id,
        at: quay.clock.now(),
    };
    assert_eq!(quay.dossier(drawn).await.changes, [change]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_check_is_ordered_of_what_was_not_drawn(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.accepted("310900114000123", inputs("0.03", "0.5")).await;
    assert_eq!(quay.read(id).await.status, Status::Conforming);

    let by_another =
        quay.act(async |tx| order_check(tx, &quay.of_release, id, "leaking").await).await;
    assert_eq!(refusal(by_another), "forbidden");
    let ordered =
        quay.act(async |tx| order_check(tx, &quay.wang, id, "leaking").await).await.unwrap();

    assert_eq!((ordered.status, ordered.is_selected), (Status::Selected, true));
    let dossier = quay.dossier(id).await;
    assert_eq!(dossier.changes[0].kind, ChangeKind::Ordered);
    assert!(!dossier.selection.unwrap().is_selected, "the draw itself stays as it was");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_was_inspected_is_not_checked_again(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.started().await;
    quay.act(async |tx| sign(tx, &quay.wang, id, pass()).await).await.unwrap();
    quay.act(async |tx| sign(tx, &quay.li, id, pass()).await).await.unwrap();

    let again = quay.act(async |tx| order_check(tx, &quay.wang, id, "doubts").await).await;

    assert_eq!(refusal(again), "inspection/already-inspected");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_inbound_container_is_seen_by_appointment(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let boxed = |row: &mut Declaration| row.ent_decl_no = "E-BOX".into();
    let id = quay.filed(NUMBER, inputs("0.30", "0.5"), boxed).await;
    let (from, to) = (quay.now + Duration::hours(20), quay.now + Duration::hours(22));
    let slot = || AppointmentDraft::parse("Yard 3", from, to, quay.now).unwrap();

    let early = quay.act(async |tx| start(tx, &quay.wang, id, staff(&quay.li)).await).await;
    assert_eq!(refusal(early), "inspection/appointment-missing");
    let foreign = quay.act(async |tx| appoint(tx, &quay.of_release, id, slot()).await).await;
    assert_eq!(refusal(foreign), "forbidden");
    let appointed =
        quay.act(async |tx| appoint(tx, &quay.declarant, id, slot()).await).await.unwrap();
    assert_eq!(appointed.revision, 2, "an appointment is news");
    let started =
        quay.act(async |tx| start(tx, &quay.wang, id, staff(&quay.li)).await).await.unwrap();

    assert_eq!(started.status, Status::Inspecting);
    assert_eq!(quay.dossier(id).await.appointments[0].made_by, ENTERPRISE);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn another_enterprise_finds_no_case_to_make_an_appointment_for(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.selected().await;
    let other =
        organisation(&quay.pool, OrganisationKind::Enterprise, "3100609999", quay.now).await;
    let other = Actor { id: Some(Uuid::nil()), standing: other, roles: vec![Role::Declarant] };
    let to = quay.now + Duration::hours(1);
    let slot = AppointmentDraft::parse("Yard 3", quay.now, to, quay.now).unwrap();

    let appointed = quay.act(async |tx| appoint(tx, &other, id, slot).await).await;

    assert_eq!(refusal(appointed), "no such declaration");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_inspection_goes_on_when_the_last_sample_is_reported(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.started().await;
    let bottle = |goods_no| SampleInput {
        goods_no,
        quantity: "2 bottles".into(),
        laboratory: "Food laboratory".into(),
    };

    let unknown =
        quay.act(async |tx| sample(tx, &quay.wang, id, vec![bottle(1), bottle(3)]).await).await;
    assert_eq!(refusal(unknown), "goods-line-unknown");
    let taken = quay
        .act(async |tx| sample(tx, &quay.wang, id, vec![bottle(1), bottle(2)]).await)
        .await
        .unwrap();
    assert_eq!(taken.status, Status::LabPending);
    let samples = quay.dossier(id).await.samples;
    assert!(samples[0].receipt_no.starts_with("SR31070020140512"), "{}", samples[0].receipt_no);
    assert_ne!(samples[0].receipt_no, samples[1].receipt_no);
    let report = async |which: usize, result| {
        let act = async |tx: &mut Tx| {
            report_sample(tx, &quay.li, id, samples[which].id, result, "report 14-05123").await
        };
        quay.act(act).await
    };
    let first = report(0, Conformity::NonConforming).await.unwrap();
    assert_eq!(first.status, Status::LabPending);
    assert_eq!(refusal(report(0, Conformity::Conforming).await), "inspection/sample-reported");
    let last = report(1, Conformity::Conforming).await.unwrap();
    assert_eq!(last.status, Status::Inspecting);

    let overruled = quay.act(async |tx| sign(tx, &quay.wang, id, pass()).await).await;
    assert_eq!(refusal(overruled), "laboratory-disagrees");
    assert_eq!(
        quay.history(id).await,
        [
            "inspection.started",
            "inspection.sampled",
            "inspection.sample_reported",
            "inspection.sample_reported"
        ]
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn who_ordered_a_treatment_cannot_verify_it(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.failed().await;
    let verify = async |actor: &Actor, effect| {
        quay.act(async |tx| verify_treatment(tx, actor, id, effect, "XZ14-0513-02").await).await
    };
    let order = async |actor: &Actor| {
        quay.act(async |tx| order_treatment(tx, actor, id, "fumigation").await).await
    };

    assert_eq!(order(&quay.wang).await.unwrap().status, Status::TreatmentOrdered);
    assert_eq!(refusal(verify(&quay.wang, Effect::Effective).await), "inspection/ordered-by-you");
    let failed = verify(&quay.li, Effect::Ineffective).await.unwrap();
    assert_eq!(failed.status, Status::NonConforming);
    order(&quay.li).await.unwrap();
    let worked = verify(&quay.zhao, Effect::Effective).await.unwrap();

    assert_eq!((worked.status, worked.has_result), (Status::Conforming, true));
    let effects: Vec<_> =
        quay.dossier(id).await.treatments.iter().map(|one| one.is_effective).collect();
    assert_eq!(effects, [Some(false), Some(true)]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn goods_that_fail_end_by_proven_return_or_destruction(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.failed().await;

    let reworked =
        quay.act(async |tx| rework(tx, &quay.wang, id, staff(&quay.li), "sorted").await).await;
    assert_eq!(refusal(reworked), "inspection/not-outbound");
    let unproven =
        quay.act(async |tx| close(tx, &quay.wang, id, DisposalKind::Returned, &[]).await).await;
    assert_eq!(refusal(unproven), "evidence-missing");
    let proof = ["B/L COSU6201400999".to_owned()];
    let closed = quay
        .act(async |tx| close(tx, &quay.wang, id, DisposalKind::Returned, &proof).await)
        .await
        .unwrap();

    assert_eq!(closed.status, Status::Closed);
    assert_eq!(quay.dossier(id).await.disposal.unwrap().evidence, proof);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn outbound_goods_are_reworked_and_inspected_once_more(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let outbound = |row: &mut Declaration| row.apl_kind = Direction::Outbound;
    let id = quay.filed(NUMBER, inputs("0.30", "0.5"), outbound).await;
    quay.act(async |tx| start(tx, &quay.wang, id, staff(&quay.li)).await).await.unwrap();
    quay.act(async |tx| sign(tx, &quay.wang, id, fail()).await).await.unwrap();
    quay.act(async |tx| sign(tx, &quay.li, id, fail()).await).await.unwrap();

    quay.act(async |tx| rework(tx, &quay.li, id, staff(&quay.zhao), "sorted").await).await.unwrap();
    quay.act(async |tx| sign(tx, &quay.li, id, pass()).await).await.unwrap();
    let passed = quay.act(async |tx| sign(tx, &quay.zhao, id, pass()).await).await.unwrap();

    assert_eq!(passed.status, Status::Conforming);
    let rounds = quay.dossier(id).await.rounds;
    let verdicts: Vec<_> = rounds.iter().map(|round| (round.round, round.verdict)).collect();
    assert_eq!(verdicts, [(1, Some(Verdict::Fail)), (2, Some(Verdict::Pass))]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_raised_rate_is_compared_with_the_same_draw(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.accepted("310900114000123", inputs("0.03", "0.5")).await;
    let declaration = quay.read(id).await;
    let compare = async |given: Inputs| {
        let system = Actor::system();
        let compared =
            quay.act(async |tx| compare_again(tx, &system, &declaration, &given).await).await;
        compared.unwrap()
    };

    // The draw is 0.419559: 30 % does not reach it, 45 % does.
    assert_eq!(compare(inputs("0.01", "1")).await, Comparison::NotRaised);
    let raised = |selects, is_mandatory| Comparison::Raised { selects, is_mandatory };
    assert_eq!(compare(inputs("0.30", "1")).await, raised(false, false));
    assert_eq!(compare(inputs("0.20", "1")).await, Comparison::NotRaised);
    assert_eq!(compare(inputs("0.30", "1.5")).await, raised(true, false));
    assert_eq!(compare(mandatory()).await, raised(true, true));

    let rates: Vec<_> = quay.dossier(id).await.changes.iter().filter_map(|one| one.rate).collect();
    let ppm: Vec<_> = rates.into_iter().map(Rate::ppm).collect();
    assert_eq!(ppm, [300_000, 450_000, 1_000_000]);
    let mut conn = quay.pool.acquire().await.unwrap();
    let stored = selection_of(&mut conn, id).await.unwrap().unwrap();
    assert_eq!(stored.selection.rate.ppm(), 15_000, "what was drawn at acceptance stays");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_selected_consignment_amended_to_mandatory_goods_says_so(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let id = quay.accepted(NUMBER, inputs("1.00", "1")).await;
    let (declaration, system) = (quay.read(id).await, Actor::system());

    let compared =
        quay.act(async |tx| compare_again(tx, &system, &declaration, &mandatory()).await).await;

    let expected = Comparison::Raised { selects: false, is_mandatory: true };
    assert_eq!(compared.unwrap(), expected);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_delivery_order_hands_an_unjudged_selection_on(pool: PgPool) {
    let quay = Quay::new(pool).await;
    let ended = |status, has_result| {
        move |row: &mut Declaration| {
            row.status = status;
            row.has_result = has_result;
            row.do_key = Some(format!("BILL//{}", row.ent_decl_no));
        }
    };
    let all = inputs("1", "1");
    quay.filed("310900114000001", all.clone(), ended(Status::Withdrawn, false)).await;
    quay.filed("310900114000002", all.clone(), ended(Status::CancelledByCiq, true)).await;
    quay.filed("310900114000003", all.clone(), ended(Status::Selected, false)).await;
    quay.filed("310900114000004", all, ended(Status::AutoWithdrawn, false)).await;
    quay.filed("310900114000005", inputs("0.000001", "1"), ended(Status::Withdrawn, false)).await;
    let key = |n: u8| ("310000".to_owned(), format!("BILL//E-31090011400000{n}"));
    let mut conn = quay.pool.acquire().await.unwrap();

    let asked: Vec<_> = (1..=6).map(key).collect();
    let inherited = earlier_selected_without_result(&mut conn, &asked).await.unwrap();

    assert_eq!(inherited, [key(1), key(4)].into_iter().collect());
}
