//! A whole bureau in a test: real Postgres, the real app, a clock you can turn, and people who act.
//!
//! It opens on 12 May 2014 at 10:20 in Shanghai, with every office of the reference tables, the officers that a
//! test asks for, and four enterprises. `settle()` does all promised work right here.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod codes;
mod consignments;
mod front;
mod keys;
mod league;
mod neighbour;
mod people;
mod town;

use std::sync::Arc;

use actix_web::test::TestRequest;
use api::{
    Context,
    change::LongPoll,
    declaration::Filer,
    exchange::Bureaus,
    identity::{Passwords, Tokens},
    limits::Limits,
    payment::{Bank, Listener},
    webhook::Webhooks,
};
use chrono::{DateTime, Duration, Utc};
use serde_json::Value;
use shared::{
    Clock,
    config::Mode,
    declaration::numbers::NumberBook,
    inspection::DrawKeys,
    kernel::{Role, id},
    ledger::Tx,
    notification::{WebhookKeys, address::PrivateAddresses},
    reference::{self, Shelf},
};
use sqlx::PgPool;
use uuid::Uuid;

use front::Front;

pub use consignments::{Consignment, down, screws, toys, wine};
pub use league::League;
pub use neighbour::{Neighbour, keys_of};
pub use people::{Person, Reply};
pub use town::{Caller, Durability, Heard, Partner, Program, Town, Worker, eventually, run_alone};

/// The direct bureau that tests open where they name none.
pub const SHANGHAI: &str = "310000";
/// The port's inspecting office: Waigaoqiao.
pub const WAIGAOQIAO: &str = "310700";
/// The office at the Shipping Exchange.
pub const SSE: &str = "310900";
pub const YANGSHAN: &str = "311000";

/// Class A, may declare anywhere.
pub const DERUI: &str = "3100601234";
/// Class B, may declare anywhere.
pub const HAIYUAN: &str = "3100602345";
/// Class AA, not eligible.
pub const MODEL: &str = "3100603456";
/// Declares for [`DERUI`] under a power of attorney.
pub const AGENT: &str = "3100910343";

/// The number under which a bureau knows an enterprise: that of Shanghai's, with the bureau's own first two digits.
///
/// `enterprise_at("330000", MODEL)` is `3300603456`.
#[must_use]
pub fn enterprise_at(bureau: &str, reg_no: &str) -> String {
    [&bureau[..2], &reg_no[2..]].concat()
}

const DRAW_KEYS: &str = "2004-04-01 fixture anyport-fixture-1667";

fn opening_time() -> Clock {
    let now: DateTime<Utc> = "2014-05-12T02:20:00Z".parse().unwrap();
    Clock::fixed(now)
}

/// The whole bureau.
pub struct Bureau {
    pub ctx: Arc<Context>,
    pub worker: worker::Context,
    front: Front,
}

impl Bureau {
    /// Opens it in an empty database.
    pub async fn open(pool: PgPool) -> Self {
        Self::open_with_keys(pool, DRAW_KEYS).await
    }

    /// Opens it with draw keys of the test's own.
    pub async fn open_with_keys(pool: PgPool, draw_keys: &str) -> Self {
        Self::settle_in(&pool, SHANGHAI).await;
        Self::over(pool, SHANGHAI, draw_keys).await
    }

    /// Opens another direct bureau: with its own offices, and the same enterprises by numbers of its own
    /// ([`enterprise_at`]).
    pub(crate) async fn open_as(pool: PgPool, code: &str) -> Self {
        Self::settle_in(&pool, code).await;
        Self::over(pool, code, DRAW_KEYS).await
    }

    /// Opens it where everything is in its place already: its clock put back to the morning.
    pub async fn reopen(pool: PgPool) -> Self {
        Self::over(pool, SHANGHAI, DRAW_KEYS).await
    }

    async fn settle_in(pool: &PgPool, code: &str) {
        let mut tx = Tx::begin(pool, &opening_time()).await.unwrap();
        let now = tx.now;
        reference::seed(&mut tx).await.unwrap();
        people::settle_in(&mut tx, code, now).await;
        tx.commit().await.unwrap();
    }

    async fn over(pool: PgPool, code: &str, draw_keys: &str) -> Self {
        let clock = opening_time();
        let own_keys = keys_of(code, "2014-a");
        let bureaus = Bureaus::publish(own_keys.clone(), &pool, &clock).await.unwrap();
        let shelf = Shelf::load(&mut pool.acquire().await.unwrap()).await.unwrap();
        let shelf = Arc::new(shelf);
        let webhook_keys = WebhookKeys::from_seed("2014-a", &[9; 32]);
        let draw_keys = Arc::new(DrawKeys::parse(draw_keys).unwrap());
        let ctx = Context {
            tokens: Arc::new(Tokens::open(keys::folder(), "http://127.0.0.1:8080").unwrap()),
            passwords: Arc::new(Passwords::sharing(1_000_000, 1_000_000)),
            shelf: Arc::clone(&shelf),
            // One at a time: a test may say which number comes next.
            numbers: Arc::new(NumberBook::new(1, &pool)),
            draw_keys: Arc::clone(&draw_keys),
            filer: Filer::start(&clock),
            bureaus,
            bank: Bank { code: "SANDBOX".into(), key: keys::bank().checking_key() },
            listener: Listener::start(&pool, &clock, "SANDBOX"),
            webhooks: Webhooks { keys: Some(webhook_keys.clone()), guard: PrivateAddresses::Allow },
            long_poll: LongPoll::start(&pool),
            // The clock stands still, so no bucket is ever filled again: a deep one.
            limits: Arc::new(Limits::per_second(1_000_000)),
            turns: Arc::default(),
            origins: Arc::default(),
            deprecated: &api::version::DEPRECATED,
            waiting: Arc::default(),
            mode: Mode::Test,
            clock: clock.clone(),
            pool: pool.clone(),
        };
        // Partners that play dead are not waited for as long as real ones.
        let patience = std::time::Duration::from_secs(2);
        let longest_pause = chrono::Duration::minutes(5);
        let exchange =
            worker::outbound::exchange::Exchange::new(own_keys, patience, longest_pause).unwrap();
        let webhooks = worker::outbound::webhooks::Webhooks::new(
            webhook_keys,
            PrivateAddresses::Allow,
            patience,
        );
        let webhooks = webhooks.unwrap();
        let worker = worker::Context {
            exchange: Some(Arc::new(exchange)),
            webhooks: Some(Arc::new(webhooks)),
            mode: Mode::Test,
            numbers: Arc::clone(&ctx.numbers),
            ..worker::Context::new(pool, clock, shelf, draw_keys, keys::no_bank())
        };
        Self { ctx: Arc::new(ctx), worker, front: Front::default() }
    }

    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.ctx.pool
    }

    /// Opens anew with something changed, over the same tables and with the same clock.
    pub fn refit(&mut self, change: impl FnOnce(&mut Context)) {
        change(Arc::make_mut(&mut self.ctx));
        self.front = Front::default();
    }

    pub(crate) async fn answer(&self, request: TestRequest) -> Reply {
        self.front.answer(&self.ctx, request).await
    }

    /// Turns the clock.
    pub fn wait(&self, time: Duration) {
        self.ctx.clock.advance(time).unwrap();
    }

    /// Does every promised job that is due; says how many.
    pub async fn settle(&self) -> usize {
        worker::run::drain(&self.worker).await.unwrap()
    }

    /// Gives what happened its places in the feed, and brings it to all who want to be told; says how many answers came.
    pub async fn tell(&self) -> usize {
        worker::notification::sequence(&self.worker).await.unwrap();
        let webhooks = self.worker.webhooks.clone().unwrap();
        let mut courier = worker::courier::Courier::new(self.worker.clone(), webhooks);
        courier.deliver_all().await.unwrap()
    }

    /// Somebody without a token.
    #[must_use]
    pub fn stranger(&self) -> Person<'_> {
        Person::stranger(self)
    }

    /// An enterprise's or agent's machine client.
    pub async fn declarant(&self, reg_no: &str) -> Person<'_> {
        people::client(self, reg_no).await
    }

    /// A client of [`DERUI`] that was given no role at all.
    pub async fn idler(&self) -> Person<'_> {
        people::client_with(self, DERUI, vec![]).await
    }

    /// The class A enterprise of scenario S1.
    pub async fn derui(&self) -> Person<'_> {
        self.declarant(DERUI).await
    }

    /// An officer of that role, always the same person.
    pub async fn officer(&self, office: &str, role: Role) -> Person<'_> {
        people::officer(self, office, &[role], 1).await
    }

    /// Another officer of that role.
    pub async fn second_officer(&self, office: &str, role: Role) -> Person<'_> {
        people::officer(self, office, &[role], 2).await
    }

    /// One person who holds every role of an office.
    pub async fn all_round_officer(&self, office: &str) -> Person<'_> {
        let roles = Role::ALL.into_iter();
        let roles = roles.filter(|role| ![Role::Declarant, Role::Administrator].contains(role));
        people::officer(self, office, &roles.collect::<Vec<_>>(), 1).await
    }

    pub async fn administrator(&self) -> Person<'_> {
        let own = self.ctx.bureaus.own().unwrap().to_owned();
        people::officer(self, &own, &[Role::Administrator], 1).await
    }

    /// Lets the next number of an office end in that serial.
    pub async fn next_serial(&self, org: &str, serial: i32) {
        self.next_serial_of(org, 1, serial).await;
    }

    /// The same for one class of numbers: 1 inbound, 2 outbound.
    pub async fn next_serial_of(&self, org: &str, class: i16, serial: i32) {
        sqlx::query(
            "insert into decl_no_series (org, class, year, next_serial) values ($1, $3, 14, $2)
             on conflict (org, class, year) do update set next_serial = $2",
        )
        .bind(org)
        .bind(serial)
        .bind(class)
        .execute(self.pool())
        .await
        .unwrap();
    }

    /// Imports lines into a reference table, as an administrator would; seen at once.
    pub async fn import(&self, book: &str, csv: &str) {
        let administrator = self.administrator().await;
        let reply = administrator.import(book, csv).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        self.ctx.shelf.refresh(&mut self.pool().acquire().await.unwrap()).await.unwrap();
    }

    /// The kinds of all that happened to a declaration, oldest first.
    pub async fn history(&self, id: &str) -> Vec<String> {
        sqlx::query_scalar("select kind from events where subject = $1 order by at, seq")
            .bind(id.parse::<Uuid>().unwrap())
            .fetch_all(self.pool())
            .await
            .unwrap()
    }

    /// One number out of the tables.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.pool()).await.unwrap()
    }

    /// The state of a declaration as it is stored.
    pub async fn status(&self, id: &str) -> String {
        sqlx::query_scalar("select status from declarations where id = $1")
            .bind(id.parse::<Uuid>().unwrap())
            .fetch_one(self.pool())
            .await
            .unwrap()
    }

    /// A fresh id, for what is not there.
    #[must_use]
    pub fn nobody(&self) -> Uuid {
        id::mint(self.ctx.clock.now())
    }
}

/// A member of a JSON answer as text; empty where it is not.
#[must_use]
pub fn text<'a>(body: &'a Value, pointer: &str) -> &'a str {
    body.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
