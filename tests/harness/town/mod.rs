//! A whole town of real processes: Postgres, Redis, `api`, `worker`, the `sandbox` bank and partners, each a child
//! process of the test that may be stopped, killed and started again. Nothing outlives the test.
//!
//! Its clock begins on 12 May 2014 at 10:20 in Shanghai and goes on from there, the same for all programs.
mod caller;
mod partner;
mod postgres;
mod program;
mod redis;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use shared::{
    Clock,
    identity::{
        OrganisationId,
        client::{AuthMethod, Credential, Input, Secret},
        service::client,
    },
    kernel::{Actor, Role},
    ledger::Tx,
};
use sqlx::{PgPool, postgres::PgPoolOptions};
use uuid::Uuid;

pub use caller::{Caller, Heard};
pub use partner::Partner;
pub use postgres::{Durability, Postgres};
pub use program::Program;
pub use redis::Redis;

use program::{free_port, ours};

const LOGIN: &str = "first.administrator";
const PASSWORD: &str = "seven slow green boats";

/// The services, the keys and the people; the programs are started by the test.
pub struct Town {
    pub postgres: Postgres,
    pub redis: Redis,
    /// A look into the tables.
    pub pool: PgPool,
    api_port: u16,
    bank_port: u16,
    // Last: removed when all others have ended.
    folder: Folder,
}

impl Town {
    /// Builds it: services, keys, schema, offices, enterprises, the first administrator.
    pub async fn build(durability: Durability) -> Self {
        let town = Self::bare(durability).await;
        town.must(&["migrate"], "");
        people(&town.pool, &town.clock()).await;
        town.must(&["admin", "create", LOGIN], PASSWORD);
        town
    }

    /// Services and keys, and an empty database.
    pub async fn bare(durability: Durability) -> Self {
        let folder = Folder::new();
        let (postgres, redis) =
            tokio::join!(Postgres::start(folder.path(), durability), Redis::start(folder.path()));
        let pool = PgPoolOptions::new().max_connections(5).connect_lazy(&postgres.url("anyport"));
        let (api_port, bank_port) = (free_port(), free_port());
        let pool = pool.unwrap();
        let town = Self { postgres, redis, pool, api_port, bank_port, folder };
        let keys = [
            ("test", "tokens"),
            ("ours", "keys"),
            ("bank", "keys"),
            ("2014-a", "exchange"),
            ("2014-a", "webhook"),
        ];
        for (name, folder) in keys {
            town.must(&["keys", name, &town.path(folder)], "");
        }
        fs::remove_file(town.path("tokens/test.pub.pem")).unwrap();
        fs::write(town.path("draw.keys"), "2004-04-01 fixture anyport-fixture-1667\n").unwrap();
        let start: DateTime<Utc> = "2014-05-12T02:20:00Z".parse().unwrap();
        let offset = start - Clock::System.now();
        fs::write(town.path("clock"), offset.num_milliseconds().to_string()).unwrap();
        town
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// The clock that all programs share.
    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock::Shifted(self.folder.path().join("clock"))
    }

    /// One of our programs with every setting it needs and nothing else; a test may change some.
    #[must_use]
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(ours(name));
        command
            .env_clear()
            .env("ANYPORT_MODE", "test")
            .env("ANYPORT_CLOCK_FILE", self.path("clock"))
            .env("DATABASE_URL", self.postgres.url("anyport"))
            .env("REDIS_URL", self.redis.url())
            .env("ANYPORT_BIND", format!("127.0.0.1:{}", self.api_port))
            .env("ANYPORT_PUBLIC_URL", self.url())
            .env("ANYPORT_TOKEN_KEYS", self.path("tokens"))
            .env("ANYPORT_DRAW_KEYS", self.path("draw.keys"))
            .env("ANYPORT_BUREAU", crate::SHANGHAI)
            .env("ANYPORT_EXCHANGE_KEYS", self.path("exchange"))
            .env("ANYPORT_WEBHOOK_KEYS", self.path("webhook"))
            .env("ANYPORT_BANK_CODE", "SANDBOX")
            .env("ANYPORT_BANK_URL", self.bank_url())
            .env("ANYPORT_BANK_PUBLIC_KEY", self.path("keys/bank.pub.pem"))
            .env("ANYPORT_BANK_SIGNING_KEY", self.path("keys/ours.pem"))
            .env("SANDBOX_BIND", format!("127.0.0.1:{}", self.bank_port))
            .env("SANDBOX_SIGNING_KEY", self.path("keys/bank.pem"))
            .env("SANDBOX_CLIENT_PUBLIC_KEY", self.path("keys/ours.pub.pem"))
            .env("SANDBOX_STATE", self.path("bank.state"))
            .env("SANDBOX_CALLBACK_URL", format!("{}/v1/bank/callback", self.url()))
            // Callbacks that are late come too late for any test: only a question helps.
            .env("SANDBOX_LATE_SECONDS", "3600");
        command
    }

    /// Runs `api` with these arguments to its end.
    #[must_use]
    pub fn run(&self, args: &[&str], input: &str) -> Output {
        finish(self.command("api").args(args), input)
    }

    fn must(&self, args: &[&str], input: &str) {
        let done = self.run(args, input);
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// Where the api listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.api_port)
    }

    fn bank_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.bank_port)
    }

    /// Starts the api and waits until it can serve.
    pub async fn api(&self) -> Program {
        self.start("api", &mut self.command("api"), &self.url()).await
    }

    /// Starts another worker and waits until it can work.
    pub async fn worker(&self) -> Worker {
        let port = free_port();
        let url = format!("http://127.0.0.1:{port}");
        let mut command = self.command("worker");
        command.env("ANYPORT_WORKER_BIND", format!("127.0.0.1:{port}"));
        let program = self.start("worker", &mut command, &url).await;
        Worker { program, door: Caller::stranger(&url) }
    }

    /// Opens the bank.
    pub async fn bank(&self) -> Program {
        self.start("sandbox", &mut self.command("sandbox"), &self.bank_url()).await
    }

    /// Opens another bureau, and has the administrator enter it as a partner with these memoranda. Its memory is its
    /// process.
    pub async fn partner(&self, code: &str, memoranda: &[&str]) -> Partner {
        let folder = self.path(&format!("partner-{code}"));
        self.must(&["keys", "2014-a", &folder], "");
        let port = free_port();
        let url = format!("http://127.0.0.1:{port}");
        let mut command = self.command("sandbox-partner");
        command
            .env("SANDBOX_BIND", format!("127.0.0.1:{port}"))
            .env("SANDBOX_BUREAU", code)
            .env("SANDBOX_KEYS", folder)
            .env("SANDBOX_ANYPORT_URL", self.url())
            .env("SANDBOX_ANYPORT_BUREAU", crate::SHANGHAI);
        let program = self.start("sandbox-partner", &mut command, &url).await;
        let partner = Partner { program, url };
        partner.introduce(&self.administrator().await, code, memoranda).await;
        partner
    }

    /// Starts one of our programs and waits for the first sign of life.
    pub async fn start(&self, name: &str, command: &mut Command, url: &str) -> Program {
        let mut program =
            Program::start(name, command, Path::new(&self.path(&format!("{name}.log"))));
        let door = Caller::stranger(url);
        eventually(&format!("{name} lives"), async || {
            assert!(program.is_running(), "{name} ended:\n{}", program.log());
            door.get("/health/live").await.is_some_and(|heard| heard.status < 300)
        })
        .await;
        program
    }

    /// A machine client of an enterprise, with a fresh token of the running api.
    pub async fn erp(&self, reg_no: &str) -> Caller {
        let mut tx = Tx::begin(&self.pool, &self.clock()).await.unwrap();
        let organisation: Uuid = sqlx::query_scalar("select id from organisations where code = $1")
            .bind(reg_no)
            .fetch_one(&mut *tx)
            .await
            .unwrap();
        let input = Input {
            name: "ERP".into(),
            auth_method: AuthMethod::ClientSecretBasic,
            public_key: None,
            roles: vec![Role::Declarant],
        };
        let secret = Secret::of([42; 32]);
        let organisation = OrganisationId(organisation);
        let (client, credential) =
            client::create(&mut tx, &Actor::system(), organisation, &input, secret).await.unwrap();
        tx.commit().await.unwrap();
        let Credential::Secret(secret) = credential else { panic!("a secret was asked for") };
        Caller::client(&self.url(), &client.id.to_string(), &secret.reveal()).await
    }

    /// The first administrator, signed in at the running api.
    pub async fn administrator(&self) -> Caller {
        Caller::person(&self.url(), LOGIN, PASSWORD).await
    }

    /// Somebody without a token.
    #[must_use]
    pub fn stranger(&self) -> Caller {
        Caller::stranger(&self.url())
    }

    /// Every debit that the bank was ordered to make (`GET /sandbox/ledger`).
    pub async fn bank_ledger(&self) -> Vec<sandbox::Summary> {
        let heard = Caller::stranger(&self.bank_url()).get("/sandbox/ledger").await.unwrap();
        serde_json::from_value(heard.expect(200).body).unwrap()
    }

    /// With a new look into the tables, where the database is another under the same name.
    #[must_use]
    pub fn reopened(self) -> Self {
        let pool = PgPoolOptions::new().max_connections(5);
        let pool = pool.connect_lazy(&self.postgres.url("anyport")).unwrap();
        Self { pool, ..self }
    }

    /// One number out of the tables.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }
}

/// A worker and its door.
pub struct Worker {
    pub program: Program,
    door: Caller,
}

impl Worker {
    /// How many jobs it has settled well, by its own count.
    pub async fn jobs_done(&self) -> u64 {
        let metrics = self.door.get("/metrics").await.unwrap().expect(200);
        let lines = metrics.body.as_str().unwrap().lines();
        let done = lines.filter(|line| {
            line.starts_with("jobs_settled_total") && line.contains("outcome=\"done\"")
        });
        done.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
    }
}

/// Runs one of our programs with these settings only, to its end.
#[must_use]
pub fn run_alone(name: &str, settings: &[(&str, &str)]) -> Output {
    finish(Command::new(ours(name)).env_clear().envs(settings.iter().copied()), "")
}

fn finish(command: &mut Command, input: &str) -> Output {
    let streams = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = streams.spawn().unwrap();
    // One that does not read its input may have closed it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// The offices and enterprises of every test.
async fn people(pool: &PgPool, clock: &Clock) {
    let mut tx = Tx::begin(pool, clock).await.unwrap();
    let now = tx.now;
    crate::people::settle_in(&mut tx, crate::SHANGHAI, now).await;
    tx.commit().await.unwrap();
}

/// Waits for something that must become true soon, also where many tests share few cores.
pub async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !is_so().await {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A folder of one town, gone with it. Directly below `/tmp`: the path of a socket has to be short, and the user that
/// runs Postgres must get there.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = PathBuf::from(format!("/tmp/anyport-town-{}-{number}", std::process::id()));
        // A leftover of a test that was killed under the same process id.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
