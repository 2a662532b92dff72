//! Paid, and stuck: that cannot be. Whatever is killed on the way from debit to release, goods are paid once, released
//! once, and nobody has to mend anything.
use serde_json::{Value, json};
use sqlx::{Postgres, Transaction};
use tests::{Caller, Consignment, DERUI, Durability, Program, Town, eventually, wine};

use super::{bank::sign, held_up, once};

const OFFICE: &str = "310700";
const LOGIN: &str = "release.310700";
const PASSWORD: &str = "nine slow green boats";

/// Somebody who is killed in the middle of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    Api,
    Worker,
    Bank,
}

/// The town at work, each program in its place.
struct Scene {
    town: Town,
    bank: Option<Program>,
    api: Option<Program>,
    worker: Option<Program>,
    erp: Caller,
    officer: Caller,
}

impl Scene {
    async fn set() -> Self {
        let town = Town::build(Durability::Careless).await;
        let (bank, api) = (town.bank().await, town.api().await);
        sign(&town, DERUI, "acct-ok").await;
        let (erp, officer) = (town.erp(DERUI).await, release_officer(&town).await);
        let (bank, api) = (Some(bank), Some(api));
        Self { town, bank, api, worker: None, erp, officer }
    }

    fn place(&mut self, victim: Victim) -> &mut Option<Program> {
        match victim {
            Victim::Api => &mut self.api,
            Victim::Worker => &mut self.worker,
            Victim::Bank => &mut self.bank,
        }
    }

    fn kill(&mut self, victim: Victim) {
        if let Some(mut program) = self.place(victim).take() {
            program.kill();
        }
    }

    /// Whoever is missing comes back.
    async fn fill_up(&mut self) {
        self.fill_up_but_the_worker().await;
        if self.worker.is_none() {
            self.worker = Some(self.town.worker().await.program);
        }
    }

    /// Whoever is missing comes back, but for the worker.
    async fn fill_up_but_the_worker(&mut self) {
        if self.bank.is_none() {
            self.bank = Some(self.town.bank().await);
        }
        if self.api.is_none() {
            self.api = Some(self.town.api().await);
        }
    }

    /// Paid; the officer's act is held up in the middle, and its program killed.
    async fn killed_at_release(&mut self, goods: &Value, table: &str, victim: Victim) {
        self.fill_up().await;
        eventually("they are paid", async || self.is_paid(goods).await).await;
        if table == "releases" {
            assert_eq!(self.ask(goods, "clearance-forms").await, Some(201));
        }
        let gate = self.gate(table).await;
        let verb = if table == "releases" { "release" } else { "clearance-forms" };
        let path = format!("/v1/declarations/{}/{verb}", goods["id"].as_str().unwrap());
        let officer = self.officer.clone();
        let asked = tokio::spawn(async move { officer.post(&path, &json!({})).await });
        self.somebody_waits().await;
        self.kill(victim);
        gate.commit().await.unwrap();
        assert!(asked.await.unwrap().is_none(), "nobody is left to answer");
        self.fill_up().await;
    }

    /// Files goods with a fee that nobody draws for inspection; a few are drawn, as the law has it.
    async fn file(&self, name: &str) -> Value {
        for again in 0..20 {
            let filed = self.erp.file(&mixers(&format!("{name}-{again}"))).await.unwrap();
            let filed = filed.expect(201).body;
            assert!(filed["fee_notice"].is_object(), "{filed:#}");
            if filed["is_selected"] == false {
                return filed;
            }
        }
        panic!("twenty are drawn, one after the other");
    }

    async fn state(&self, declaration: &Value) -> (String, String) {
        let id = declaration["id"].as_str().unwrap();
        sqlx::query_as(
            "select d.status, coalesce((select n.state from fee_notices n where n.declaration_id = d.id), 'none')
             from declarations d where d.id = $1::uuid",
        )
        .bind(id)
        .fetch_one(&self.town.pool)
        .await
        .unwrap()
    }

    async fn is_paid(&self, declaration: &Value) -> bool {
        self.state(declaration).await.1 == "PAID"
    }

    async fn ask(&self, declaration: &Value, verb: &str) -> Option<u16> {
        let path = format!("/v1/declarations/{}/{verb}", declaration["id"].as_str().unwrap());
        Some(self.officer.post(&path, &json!({})).await?.status)
    }

    /// An order that the bank never got is unknown, until the bank has not heard of it for a quarter of an hour (R6);
    /// then the notice is to be paid again, and is.
    async fn believe_the_bank(&mut self, declaration: &Value) {
        eventually("it is known, or unknown", async || {
            self.town
                .count("select count(*) from payments where state in ('CREATED', 'SENT')")
                .await
                == 0
        })
        .await;
        if self.is_paid(declaration).await {
            return;
        }
        let later = json!({ "advance_seconds": 16 * 60 });
        self.town.administrator().await.post("/v1/test/clock", &later).await.unwrap().expect(200);
        // Nobody's token lives that long.
        self.erp = self.town.erp(DERUI).await;
        self.officer = sign_in(&self.town).await;
        let notice = declaration["fee_notice"]["id"].as_str().unwrap();
        eventually("the payment failed", async || self.state(declaration).await.1 == "ISSUED")
            .await;
        let pay = format!("/v1/fee-notices/{notice}/pay");
        self.erp.post(&pay, &json!({})).await.unwrap().expect(200);
    }

    /// The officer issues the form and releases; asks again where no answer came, or it was done already.
    async fn release(&self, declaration: &Value) {
        for verb in ["clearance-forms", "release"] {
            let answer = self.ask(declaration, verb).await;
            assert!(matches!(answer, Some(200 | 201 | 409)), "{verb}: {answer:?}");
        }
        assert_eq!(self.state(declaration).await, ("RELEASED".into(), "PAID".into()));
    }

    /// Holds up whoever writes to a table, until the transaction ends.
    async fn gate(&self, table: &str) -> Transaction<'static, Postgres> {
        let mut gate = self.town.pool.begin().await.unwrap();
        // The name of a table of ours: it cannot be bound.
        let lock = sqlx::AssertSqlSafe(format!("lock table {table} in share mode"));
        sqlx::query(lock).execute(&mut *gate).await.unwrap();
        gate
    }

    async fn somebody_waits(&self) {
        eventually("somebody is in the middle of it", async || held_up(&self.town).await > 0).await;
    }
}

/// A person who may issue forms and release at the office.
async fn release_officer(town: &Town) -> Caller {
    let administrator = town.administrator().await;
    let office = "select id::text from organisations where code = $1";
    let office: String =
        sqlx::query_scalar(office).bind(OFFICE).fetch_one(&town.pool).await.unwrap();
    let staff = json!({ "organisation_id": office, "login": LOGIN, "name": "放行员",
        "roles": ["release_officer"], "password": PASSWORD });
    administrator.post("/v1/staff", &staff).await.unwrap().expect(201);
    sign_in(town).await
}

async fn sign_in(town: &Town) -> Caller {
    Caller::person(&town.url(), LOGIN, PASSWORD).await
}

/// Food mixers: catalogue goods that are mostly not drawn.
fn mixers(reference: &str) -> Consignment {
    let papers = ["101001", "101002", "101004", "101005", "101035"]
        .map(|code| json!({ "att_doc_type_code": code, "att_doc_no": format!("P-{code}") }));
    wine(reference)
        .of(DERUI)
        .at(OFFICE, OFFICE)
        .without("/total_val_cn")
        .with("/attachments", json!(papers))
        .with(
            "/goods",
            json!([{
                "goods_no": 1, "hs_code": "8509400000", "cname": "食品搅拌器", "ename": "Food mixers",
                "model": "FM-3", "brand": "TEST", "ori_ctry_code": "DE", "qty": "240", "qty_meas_unit": "001",
                "weight": "720", "wt_meas_unit": "035", "currency": "EUR", "goods_total_val": "7200.00",
                "purpose": "99", "goods_attr": ["11"],
                "licences": [{ "lic_type_code": "411", "licence_no": "2012010713000411" }],
                "packages": [{ "pack_code": "4G", "pack_qty": "240", "is_main": true }],
                "container_nos": ["CBHU8201451"],
            }]),
        )
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_killed_between_debit_and_release_goods_are_paid_once_and_released_once() {
    let mut scene = Scene::set().await;
    // The table that is written to in the middle of the step, and who is killed there.
    let steps = [
        ("payments", Victim::Worker),
        ("payments", Victim::Bank),
        ("bank_words", Victim::Worker),
        ("bank_words", Victim::Api),
        ("postings", Victim::Worker),
        ("fee_notices", Victim::Bank),
        ("clearance_forms", Victim::Api),
        ("releases", Victim::Api),
    ];
    let mut filed = Vec::new();
    for (number, (table, victim)) in steps.into_iter().enumerate() {
        eprintln!("{victim:?} is killed while {table} are written to");
        // Nothing moves before the gate is closed: the worker comes afterwards.
        scene.kill(Victim::Worker);
        scene.fill_up_but_the_worker().await;
        let goods = scene.file(&format!("STEP-{number}")).await;
        if matches!(table, "clearance_forms" | "releases") {
            scene.killed_at_release(&goods, table, victim).await;
        } else {
            let gate = scene.gate(table).await;
            scene.worker = Some(scene.town.worker().await.program);
            scene.somebody_waits().await;
            scene.kill(victim);
            gate.commit().await.unwrap();
            scene.fill_up().await;
            if victim == Victim::Bank {
                scene.believe_the_bank(&goods).await;
            }
            eventually("they are paid", async || scene.is_paid(&goods).await).await;
        }
        scene.release(&goods).await;
        filed.push(goods);
    }

    for debit in scene.town.bank_ledger().await {
        assert!(debit.debits <= 1, "{debit:#?}");
    }
    let proof = "select count(*) from ledger_proof where sum_fen = 0 and differing = 0";
    assert_eq!(scene.town.count(proof).await, 1, "the books hold");
    assert_eq!(scene.town.count("select count(*) from parity_faults").await, 0);
    once(&scene.town).await;
}
