//! Cases that tests follow: filed, reviewed, paid, inspected.
use serde_json::{Value, json};
use shared::{
    acts::Filing,
    declaration::parse,
    kernel::{Actor, Fen, OrganisationKind, Role, Standing, money::Amount},
    ledger::Tx,
    payment::{
        self, AgreementDraft, NoticeId,
        bank::{Outcome, Source, Word},
    },
};
use sqlx::PgPool;
use tests::{Bureau, Consignment, Person, Reply, SSE};
use uuid::Uuid;

/// A container number whose check digit is wrong: an officer looks (domain R14).
pub(crate) const DOUBTFUL_CONTAINER: &str = "TCLU4501273";

/// One declaration and the bureau it lies in.
pub(crate) struct Case<'b> {
    pub bureau: &'b Bureau,
    pub id: String,
    /// What was answered to its filing.
    pub receipt: Reply,
}

impl<'b> Case<'b> {
    /// Files it; an officer accepts it where the review wants one.
    pub(crate) async fn accepted(
        bureau: &'b Bureau,
        declarant: &Person<'_>,
        goods: Consignment,
    ) -> Self {
        let case = Self::filed(bureau, declarant, goods).await;
        if case.receipt.text("/status") == "MANUAL_REVIEW" {
            case.officer(SSE, Role::AcceptanceOfficer, "accept", Value::Null).await.expect(200);
        }
        case
    }

    pub(crate) async fn filed(
        bureau: &'b Bureau,
        declarant: &Person<'_>,
        goods: Consignment,
    ) -> Self {
        let receipt = declarant.post("/v1/declarations", goods.0).await.expect(201);
        Self { bureau, id: receipt.text("/id").to_owned(), receipt }
    }

    /// The same case in the ledger of another bureau, which knows it.
    pub(crate) async fn seen_at(&self, bureau: &'b Bureau, office: &str) -> Case<'b> {
        let officer = bureau.officer(office, Role::DutyChief).await;
        let receipt = officer.get(&format!("/v1/declarations/{}", self.id)).await.expect(200);
        Self { bureau, id: self.id.clone(), receipt }
    }

    pub(crate) fn url(&self, act: &str) -> String {
        format!("/v1/declarations/{}/{act}", self.id)
    }

    pub(crate) async fn status(&self) -> String {
        self.bureau.status(&self.id).await
    }

    /// The office responsible now.
    pub(crate) async fn holder(&self) -> String {
        self.text("select holder_org from declarations where id = $1").await
    }

    /// One text out of the tables, about this declaration.
    pub(crate) async fn text(&self, sql: &'static str) -> String {
        let id: Uuid = self.id.parse().unwrap();
        sqlx::query_scalar(sql).bind(id).fetch_one(self.bureau.pool()).await.unwrap()
    }

    /// Changes the tables behind everybody's back, as another system or a year of time would.
    pub(crate) async fn force(&self, sql: &'static str) {
        force(self.bureau.pool(), &self.id, sql).await.unwrap();
    }

    /// Somebody of an office acts on it, a second after whatever came before.
    pub(crate) async fn officer(&self, office: &str, role: Role, act: &str, body: Value) -> Reply {
        self.bureau.wait(chrono::Duration::seconds(1));
        self.bureau.officer(office, role).await.post(&self.url(act), body).await
    }

    /// The open handoff, or the latest one.
    pub(crate) async fn handoff(&self) -> Value {
        let list = self.handoffs().await;
        list.into_iter().last().unwrap_or_default()
    }

    /// All handoffs, oldest first.
    pub(crate) async fn handoffs(&self) -> Vec<Value> {
        let office = self.text("select decl_org from declarations where id = $1").await;
        let chief = self.bureau.officer(&office, Role::DutyChief).await;
        let list = chief.get(&self.url("handoffs")).await.expect(200);
        list.body["data"].as_array().unwrap().clone()
    }

    /// Two inspectors of that office look and sign.
    pub(crate) async fn inspect(&self, office: &str, verdict: &str) {
        self.start(office).await;
        self.sign(office, 1, verdict).await.expect(200);
        self.sign(office, 2, verdict).await.expect(200);
    }

    /// By appointment, and with two inspectors.
    pub(crate) async fn start(&self, office: &str) {
        self.appoint(office).await.expect(201);
        let second = self.bureau.second_officer(office, Role::Inspector).await.id;
        let body = json!({ "second_inspector": second });
        self.officer(office, Role::Inspector, "start-inspection", body).await.expect(200);
    }

    pub(crate) async fn appoint(&self, office: &str) -> Reply {
        let now = self.bureau.ctx.clock.now();
        let slot = json!({
            "place": "港区查验场",
            "slot_from": now + chrono::Duration::hours(4),
            "slot_to": now + chrono::Duration::hours(6),
        });
        self.officer(office, Role::Inspector, "appointments", slot).await
    }

    pub(crate) async fn sign(&self, office: &str, which: u8, verdict: &str) -> Reply {
        let inspector = match which {
            1 => self.bureau.officer(office, Role::Inspector).await,
            _ => self.bureau.second_officer(office, Role::Inspector).await,
        };
        let mut result =
            json!({ "verdict": verdict, "findings": [{ "goods_no": 1, "verdict": verdict }] });
        if verdict == "FAIL" {
            result["code"] = json!("PEST");
            result["evidence"] = json!(["照片 20140513-07"]);
        }
        inspector.post(&self.url("sign-result"), result).await
    }

    /// Pays the open notice, as a bank would tell us that it was paid.
    pub(crate) async fn pay(&self) {
        let id: Uuid = self
            .text("select id::text from fee_notices where declaration_id = $1 and state = 'ISSUED'")
            .await
            .parse()
            .unwrap();
        let mut tx = Tx::begin(self.bureau.pool(), &self.bureau.ctx.clock).await.unwrap();
        let billed = payment::notice(&mut tx, &Actor::system(), NoticeId(id)).await.unwrap();
        let reg_no = billed.notice.reg_no.clone();
        let known = payment::agreements_of(&mut tx, std::slice::from_ref(&reg_no)).await.unwrap();
        if known.is_empty() {
            let draft = AgreementDraft {
                reg_no: reg_no.clone(),
                account_token: "acct-ok".into(),
                signed_on: tx.today(),
                single_limit: Amount::from(Fen::yuan(20_000)),
                daily_limit: Amount::from(Fen::yuan(200_000)),
                credit_settlement: false,
                auto_debit: false,
            };
            let officer = actor(OrganisationKind::BureauOffice, SSE, Role::FeeOfficer);
            payment::sign_agreement(&mut tx, &officer, "SANDBOX", draft).await.unwrap();
        }
        let payer = actor(OrganisationKind::Enterprise, &reg_no, Role::Declarant);
        let paying = payment::pay(&mut tx, &payer, NoticeId(id)).await.unwrap();
        let order = payment::take(&mut tx, &[paying.latest.unwrap().id]).await.unwrap().remove(0);
        let word = Word {
            payment_id: order.payment_id,
            outcome: Outcome::Success,
            bank_ref: format!("B{}", order.payment_id.0.simple()),
            amount: order.amount,
            failure_code: None,
            bank_time: tx.now,
        };
        let bank = Actor::bank("SANDBOX");
        payment::hear(&mut tx, &bank, Source::Answer, &word).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// Runs a statement about one declaration.
pub(crate) async fn force(pool: &PgPool, id: &str, sql: &'static str) -> sqlx::Result<()> {
    let id: Uuid = id.parse().unwrap();
    sqlx::query(sql).bind(id).execute(pool).await.map(|_| ())
}

fn actor(kind: OrganisationKind, code: &str, role: Role) -> Actor {
    let (organisation, code) = (Uuid::nil(), code.to_owned());
    let standing = Standing::Member { kind, organisation, code, is_staff: true };
    Actor { id: Some(Uuid::nil()), standing, roles: vec![role] }
}

/// Somebody who declares under that number.
pub(crate) fn declarant(reg_no: &str) -> Actor {
    actor(OrganisationKind::Enterprise, reg_no, Role::Declarant)
}

/// Somebody who accepts declarations at that office.
pub(crate) fn an_officer(office: &str) -> Actor {
    actor(OrganisationKind::BureauOffice, office, Role::AcceptanceOfficer)
}

/// A consignment on its way through the filer, without HTTP around it.
pub(crate) fn filing(goods: &Consignment) -> Filing {
    let submission = parse::from_value(&goods.0).unwrap();
    let actor = declarant(submission.content.reg_no());
    Filing { actor: actor.into(), submission: submission.into() }
}

/// How many sessions of this database wait for a lock.
pub(crate) async fn waiting_for_locks(pool: &PgPool) -> i64 {
    sqlx::query_scalar(
        "select count(*) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'",
    )
    .fetch_one(pool)
    .await
    .unwrap()
}

/// Does what recurs and is due, as the worker does every second.
pub(crate) async fn tick(bureau: &Bureau) {
    worker::schedule::know_all(&bureau.worker).await.unwrap();
    worker::schedule::tick(&bureau.worker).await.unwrap();
    bureau.settle().await;
}
