//! A bureau's fee desk, a bank across the street, and everybody who comes to it.
use std::{fs, sync::Arc, time::Duration};

use actix_web::HttpServer;
use chrono::{DateTime, Utc};
use reqwest::{Method, StatusCode};
use rust_decimal::Decimal;
use sandbox::{Open, Settings};
use serde_json::Value;
use shared::{
    Clock,
    config::Mode,
    declaration::{DeclarationId, numbers::NumberBook},
    inspection::DrawKeys,
    kernel::{Actor, Failure, Fen, OrganisationKind, Role, Standing, id, money::Amount},
    ledger::Tx,
    payment::{
        self, AgreementDraft, AgreementId, Debtor, FeeNotice, NoticeDraft, NoticeId, NoticeKind,
        PaymentId, Settlement,
        bank::{DebitOrder, Outcome, Word},
        fee::{Assessment, Consignment, Direction, Line, assess},
        signature::{DATE_HEADER, Message, SIGNATURE_HEADER, SealingKey},
        tariff::Tariff,
    },
    reference::{Books, Shelf},
};
use sqlx::PgPool;
use uuid::Uuid;
use worker::{Context, outbound::bank::Bank, run};

pub(super) const PAYER: &str = "3100601234";
pub(super) const OTHER: &str = "3100605678";
pub(super) const BANK: &str = "SPDB";

/// A bureau's fee desk with a real bank across the street: api, worker and bank in one process, one clock.
pub(super) struct Desk {
    pub(super) ctx: Context,
    pub(super) api: api::Context,
    pub(super) door: String,
    pub(super) bank: Arc<sandbox::Bank>,
    pub(super) bank_url: String,
    pub(super) bank_key: SealingKey,
    keys: std::path::PathBuf,
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.keys);
    }
}

impl Desk {
    /// Opens with one payer, whose account behaves as its token says.
    pub(super) async fn open(pool: PgPool) -> Self {
        let clock = Clock::fixed(noon());
        let (our_key, bank_key) =
            (SealingKey::from_seed(&[1; 32]), SealingKey::from_seed(&[2; 32]));
        let database = pool.connect_options().get_database().unwrap_or_default().to_owned();
        let keys = std::env::temp_dir().join(format!("anyport-fees-{database}"));
        fs::create_dir_all(&keys).unwrap();
        fs::write(keys.join("one.pem"), TOKEN_KEY).unwrap();
        let shelf = Arc::new(Shelf::holding(Books::seeded()));
        let draw_keys = DrawKeys::parse("2012-01-01 one anyport-fixture-1667").unwrap();
        let draw_keys = Arc::new(draw_keys);
        let api = api::Context {
            pool: pool.clone(),
            clock: clock.clone(),
            mode: Mode::Test,
            deprecated: &api::version::DEPRECATED,
            waiting: Arc::default(),
            limits: Arc::new(api::limits::Limits::per_second(1_000_000)),
            turns: Arc::default(),
            origins: Arc::default(),
            tokens: Arc::new(api::identity::Tokens::open(&keys, "http://localhost").unwrap()),
            passwords: Arc::default(),
            shelf: Arc::clone(&shelf),
            numbers: Arc::new(NumberBook::new(1, &pool)),
            filer: api::declaration::Filer::start(&clock),
            draw_keys: Arc::clone(&draw_keys),
            bureaus: api::exchange::Bureaus::default(),
            bank: api::payment::Bank { code: BANK.into(), key: bank_key.checking_key() },
            listener: api::payment::Listener::start(&pool, &clock, BANK),
            webhooks: api::webhook::Webhooks::default(),
            long_poll: api::change::LongPoll::default(),
        };
        let door = serve(api.clone());
        let Open { address, bank, server } = sandbox::open(Settings {
            bind: "127.0.0.1:0".parse().unwrap(),
            key: bank_key.clone(),
            client_key: our_key.checking_key(),
            callback_url: format!("{door}/v1/bank/callback"),
            late: Duration::from_hours(1),
            state: None,
            clock: clock.clone(),
        })
        .unwrap();
        tokio::spawn(server);
        let url = format!("http://{address}/");
        let patience = Duration::from_secs(2);
        let theirs = bank_key.checking_key();
        let client = Bank::new(BANK, &url, our_key, theirs, patience).unwrap();
        let worker = Context::new(pool, clock, shelf, draw_keys, client);
        let ctx = Context { mode: Mode::Test, ..worker };
        let desk = Self { ctx, api, door, bank, bank_url: url, bank_key, keys };
        for reg_no in [PAYER, OTHER] {
            desk.organisation(reg_no).await;
        }
        desk
    }

    pub(super) async fn begin(&self) -> Tx {
        Tx::begin(&self.ctx.pool, &self.ctx.clock).await.unwrap()
    }

    /// Does everything that is due, and waits until the bank has said all it wants to say.
    pub(super) async fn work(&self) {
        loop {
            let done = run::drain(&self.ctx).await.unwrap();
            self.bank.quiet().await;
            if done == 0 {
                return;
            }
        }
    }

    pub(super) async fn wait(&self, time: chrono::Duration) {
        self.ctx.clock.advance(time).unwrap();
        self.work().await;
    }

    pub(super) async fn organisation(&self, reg_no: &str) {
        sqlx::query(
            "insert into organisations (id, kind, code, name_zh, registered_on, created_at, updated_at)
             values ($1, 'ENTERPRISE', $2, '样例企业', '2012-01-01', now(), now())",
        )
        .bind(id::mint(noon()))
        .bind(reg_no)
        .execute(&self.ctx.pool)
        .await
        .unwrap();
    }

    /// An accepted declaration of the payer, as far as its fees need it.
    pub(super) async fn declaration(&self, serial: u32) -> Debtor {
        let declaration_id = DeclarationId::mint(noon());
        let decl_no = format!("310900114{serial:06}");
        sqlx::query(
            "insert into declarations (id, decl_reg_no, ent_decl_no, apl_kind, decl_code, kind,
                direct_bureau, decl_no, status, version, decl_org, release_org, holder_org, anywhere,
                filed_at, accepted_at, updated_at)
             values ($1, $2, $3, 'I', '13', 'CATALOGUE', '310000', $3, 'CONFORMING', 1, '310900',
                '310700', '310700', true, now(), now(), now())",
        )
        .bind(declaration_id.0)
        .bind(PAYER)
        .bind(&decl_no)
        .execute(&self.ctx.pool)
        .await
        .unwrap();
        let (reg_no, decl_org) = (PAYER.to_owned(), "310900".to_owned());
        Debtor { declaration_id, decl_no, reg_no, decl_org }
    }

    pub(super) async fn agree(&self, account: &str) -> AgreementId {
        self.sign(AgreementDraft { auto_debit: true, ..draft(account) }).await
    }

    pub(super) async fn sign(&self, draft: AgreementDraft) -> AgreementId {
        let mut tx = self.begin().await;
        let signed = payment::sign_agreement(&mut tx, &officer(), BANK, draft).await.unwrap();
        tx.commit().await.unwrap();
        signed.id
    }

    /// A notice of 484 yuan: the wine of domain S2.
    pub(super) async fn notice(&self, serial: u32) -> FeeNotice {
        let debtor = self.declaration(serial).await;
        let mut tx = self.begin().await;
        let tariff = tariff();
        let draft = NoticeDraft::of(debtor, NoticeKind::Original, &tariff, wine(&tariff)).unwrap();
        let notice = payment::issue_notice(&mut tx, &Actor::system(), draft).await.unwrap();
        tx.commit().await.unwrap();
        notice
    }

    /// The next of as many notices as are wanted, all alike.
    pub(super) async fn next_notice(&self) -> FeeNotice {
        let declarations = self.count("select count(*) from declarations").await;
        self.notice(u32::try_from(declarations).unwrap() + 1).await
    }

    /// From now on the payers' accounts behave so.
    pub(super) async fn moves_account_to(&self, account: &str) {
        sqlx::query("update agreements set account_token = $1")
            .bind(account)
            .execute(&self.ctx.pool)
            .await
            .unwrap();
    }

    pub(super) async fn pay(&self, notice: NoticeId) -> Result<(), Failure> {
        let mut tx = self.begin().await;
        payment::pay(&mut tx, &declarant(PAYER), notice).await?;
        tx.commit().await.unwrap();
        Ok(())
    }

    /// Where a notice and its latest payment stand.
    pub(super) async fn stand(&self, notice: NoticeId) -> (&'static str, &'static str) {
        let billed = self.billed(notice).await;
        (billed.notice.state.name(), billed.latest.map_or("NONE", |payment| payment.state.name()))
    }

    pub(super) async fn billed(&self, notice: NoticeId) -> payment::Billed {
        let mut conn = self.ctx.pool.acquire().await.unwrap();
        payment::notice(&mut conn, &Actor::system(), notice).await.unwrap()
    }

    pub(super) async fn payment_of(&self, notice: NoticeId) -> PaymentId {
        self.billed(notice).await.latest.unwrap().id
    }

    /// Takes a payment to be debited, commits, and dies.
    pub(super) async fn take_and_die(&self, payment: PaymentId) -> DebitOrder {
        let mut tx = self.begin().await;
        let order = payment::take(&mut tx, &[payment]).await.unwrap().remove(0);
        tx.commit().await.unwrap();
        order
    }

    pub(super) async fn settlement(&self, notice: &FeeNotice) -> Settlement {
        let mut tx = self.begin().await;
        let today = tx.today();
        payment::settled(&mut tx, notice.declaration_id, today).await.unwrap()
    }

    pub(super) async fn void_all(&self, notice: &FeeNotice) {
        let mut tx = self.begin().await;
        let (system, declaration) = (Actor::system(), notice.declaration_id);
        payment::void_notices_of(&mut tx, &system, declaration, "withdrawn").await.unwrap();
        tx.commit().await.unwrap();
    }

    /// How often the bank took money for this payment.
    pub(super) fn debits(&self, payment: PaymentId) -> usize {
        let summary = self.bank.summary();
        summary.iter().find(|line| line.payment_id == payment).map_or(0, |line| line.debits)
    }

    /// The bank calls back, with that signature over that date.
    pub(super) async fn call_back(
        &self,
        word: &Word,
        key: &SealingKey,
        at: DateTime<Utc>,
    ) -> StatusCode {
        let body = serde_json::to_vec(word).unwrap();
        let path = "/v1/bank/callback";
        let seal = key.seal(Message { method: "POST", path, body: &body }, at);
        let request = reqwest::Client::new()
            .post(format!("{}{path}", self.door))
            .header(DATE_HEADER, seal.date)
            .header(SIGNATURE_HEADER, seal.signature)
            .header("content-type", "application/json");
        request.body(body).send().await.unwrap().status()
    }

    /// What an account of the books holds, in yuan: debits less credits.
    pub(super) async fn balance(&self, account: &str) -> i64 {
        let fen: i64 = sqlx::query_scalar(
            "select coalesce(sum(case when debit like $1 then amount_fen else -amount_fen end), 0)::int8
             from postings where debit like $1 or credit like $1",
        )
        .bind(account)
        .fetch_one(&self.ctx.pool)
        .await
        .unwrap();
        fen / 100
    }

    pub(super) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.ctx.pool).await.unwrap()
    }

    pub(super) async fn happened(&self, kind: &str) -> i64 {
        sqlx::query_scalar("select count(*) from events where kind = $1")
            .bind(kind)
            .fetch_one(&self.ctx.pool)
            .await
            .unwrap()
    }

    /// What somebody gets over HTTP.
    pub(super) async fn send(
        &self,
        actor: &Actor,
        method: Method,
        url: &str,
        body: Value,
    ) -> (StatusCode, Value) {
        let token = self.api.tokens.issue(actor, self.ctx.clock.now()).unwrap().token;
        let request = reqwest::Client::new().request(method.clone(), format!("{}{url}", self.door));
        let request = request.bearer_auth(token);
        let request = if method == Method::POST { request.json(&body) } else { request };
        let response = request.send().await.unwrap();
        (response.status(), response.json().await.unwrap_or_default())
    }

    /// A person who signed in at the declaring office.
    pub(super) async fn person(&self, roles: &[Role], which: u8) -> Actor {
        self.person_of("310900", roles, which).await
    }

    pub(super) async fn person_of(&self, office: &str, roles: &[Role], which: u8) -> Actor {
        // As a member first, so that the office is there.
        let Standing::Member { organisation, .. } = self.member(office, roles[0]).await.standing
        else {
            unreachable!("a member is one")
        };
        let (id, names): (_, Vec<_>) =
            (id::mint(noon()), roles.iter().map(|role| role.name().to_owned()).collect());
        sqlx::query(
            "insert into staff (id, organisation_id, login, name, password_hash, roles, created_at, updated_at)
             values ($1, $2, $3, $3, '', $4, now(), now())",
        )
        .bind(id)
        .bind(organisation)
        .bind(format!("{}{which}.{office}", names.join("-")))
        .bind(&names)
        .execute(&self.ctx.pool)
        .await
        .unwrap();
        let (kind, code) = (OrganisationKind::BureauOffice, office.to_owned());
        let standing = Standing::Member { kind, organisation, code, is_staff: true };
        Actor { id: Some(id), standing, roles: roles.to_vec() }
    }

    /// A client or officer that carries tokens.
    pub(super) async fn member(&self, code: &str, role: Role) -> Actor {
        let (client, kind) = (id::mint(noon()), if code.len() == 6 { "BUREAU_OFFICE" } else { "" });
        if !kind.is_empty() {
            sqlx::query(
                "insert into organisations (id, kind, code, name_zh, registered_on, created_at, updated_at)
                 values ($1, $2, $3, '办事处', '2012-01-01', now(), now()) on conflict do nothing",
            )
            .bind(id::mint(noon()))
            .bind(kind)
            .bind(code)
            .execute(&self.ctx.pool)
            .await
            .unwrap();
        }
        let organisation: Uuid = sqlx::query_scalar("select id from organisations where code = $1")
            .bind(code)
            .fetch_one(&self.ctx.pool)
            .await
            .unwrap();
        sqlx::query(
            "insert into clients (id, organisation_id, name, auth_method, secret_hash, roles, created_at,
                updated_at)
             values ($1, $2, 'ERP', 'client_secret_basic', '\\x00', array[$3], now(), now())",
        )
        .bind(client)
        .bind(organisation)
        .bind(role.name())
        .execute(&self.ctx.pool)
        .await
        .unwrap();
        let kind = match kind {
            "" => OrganisationKind::Enterprise,
            _ => OrganisationKind::BureauOffice,
        };
        let standing = Standing::Member { kind, organisation, code: code.into(), is_staff: false };
        Actor { id: Some(client), standing, roles: vec![role] }
    }
}

pub(super) const TOKEN_KEY: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
    -----END PRIVATE KEY-----\n";

pub(super) fn noon() -> DateTime<Utc> {
    "2014-05-12T04:00:00Z".parse().unwrap()
}

pub(super) fn serve(ctx: api::Context) -> String {
    let server = HttpServer::new(move || api::app(ctx.clone())).workers(1).disable_signals();
    let server = server.shutdown_timeout(0).bind("127.0.0.1:0").unwrap();
    let door = format!("http://{}", server.addrs()[0]);
    tokio::spawn(server.run());
    door
}

pub(super) fn declarant(reg_no: &str) -> Actor {
    let standing = Standing::Member {
        kind: OrganisationKind::Enterprise,
        organisation: Uuid::nil(),
        code: reg_no.into(),
        is_staff: false,
    };
    Actor { id: Some(Uuid::nil()), standing, roles: vec![Role::Declarant] }
}

pub(super) fn officer() -> Actor {
    let standing = Standing::Member {
        kind: OrganisationKind::BureauOffice,
        organisation: Uuid::nil(),
        code: "310900".into(),
        is_staff: true,
    };
    Actor { id: Some(Uuid::nil()), standing, roles: vec![Role::FeeOfficer] }
}

pub(super) fn draft(account: &str) -> AgreementDraft {
    AgreementDraft {
        reg_no: PAYER.into(),
        account_token: account.into(),
        signed_on: "2014-05-01".parse().unwrap(),
        single_limit: Amount::from(Fen::yuan(20_000)),
        daily_limit: Amount::from(Fen::yuan(200_000)),
        credit_settlement: false,
        auto_debit: false,
    }
}

pub(super) fn tariff() -> Tariff {
    Tariff::on(&Books::seeded(), "2014-05-12".parse().unwrap())
}

pub(super) fn wine(tariff: &Tariff) -> Assessment {
    let line = Line {
        hs10: "2204210000",
        name_zh: "葡萄酒",
        origin: "FR",
        categories: "R/S",
        value: Decimal::from(403_200),
        purpose: "12",
    };
    let goods = Consignment {
        direction: Direction::Inbound,
        lines: vec![line],
        containers: 1,
        is_outside_catalogue: false,
        is_type_approved: false,
    };
    assess(tariff, &goods, vec![])
}

pub(super) fn booked(payment: PaymentId, bank_ref: &str) -> Word {
    Word {
        payment_id: payment,
        outcome: Outcome::Success,
        bank_ref: bank_ref.into(),
        amount: Amount::from(Fen::yuan(484)),
        failure_code: None,
        bank_time: noon(),
    }
}
