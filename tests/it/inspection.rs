//! The draw and the inspection, against a real Postgres.
mod drawing;
mod ending;
mod http;
mod ordering;
mod signing;

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
