//! A whole Anyport that the driver owns: Postgres, Redis, the sandbox bank, two `api`s, two `worker`s, and a
//! proxy on every line between them. Whatever falls is brought back; nothing outlives the driver.
mod account;
mod part;
mod plan;
mod postgres;
mod proxy;
mod redis;

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use tokio::time::sleep;

pub(crate) use account::run;
pub(crate) use part::Part;
pub(crate) use plan::{Plan, USAGE};
pub(crate) use postgres::Postgres;
pub(crate) use proxy::{Proxy, Way, Weather};
pub(crate) use redis::Redis;

use account::Account;
use part::Recipe;

use crate::keys::random_hex;

const ADMINISTRATOR: &str = "admin";
const BANK: &str = "SANDBOX";
/// The first day of the seeded reference data; draw keys must reach as far back.
const FIRST_DAY: &str = "2004-04-01";
const PATIENCE: Duration = Duration::from_mins(1);
/// How often the supervisor looks round.
const GLANCE: Duration = Duration::from_millis(50);

pub(crate) struct Town {
    pub(crate) postgres: Postgres,
    pub(crate) redis: Redis,
    pub(crate) bank: Part,
    pub(crate) apis: Vec<Part>,
    pub(crate) workers: Vec<Part>,
    pub(crate) lines: Vec<Proxy>,
    ports: Ports,
    folder: PathBuf,
}

/// Where everybody listens, and every proxy before them.
struct Ports {
    postgres: u16,
    redis: u16,
    bank: u16,
    apis: [u16; 2],
    workers: [u16; 2],
    front: u16,
    callback: u16,
    api_postgres: u16,
    worker_postgres: u16,
    worker_redis: u16,
    worker_bank: u16,
}

impl Ports {
    fn find() -> anyhow::Result<Self> {
        Ok(Self {
            postgres: free_port()?,
            redis: free_port()?,
            bank: free_port()?,
            apis: [free_port()?, free_port()?],
            workers: [free_port()?, free_port()?],
            front: free_port()?,
            callback: free_port()?,
            api_postgres: free_port()?,
            worker_postgres: free_port()?,
            worker_redis: free_port()?,
            worker_bank: free_port()?,
        })
    }
}

impl Town {
    /// Builds it and waits until it works.
    pub(crate) async fn build(plan: &Plan) -> anyhow::Result<Arc<Self>> {
        for name in ["log", "keys", "keys/token"] {
            Account::default().folder(&plan.folder.join(name))?;
        }
        let ports = Ports::find()?;
        let disk = |name: &str, megabytes| disk(plan, &plan.folder.join(name), megabytes);
        // The ledger grows by less than a gigabyte in half an hour.
        let postgres =
            Postgres::start(plan, disk("pg", 1024 + 64 * plan.minutes)?, ports.postgres).await?;
        let redis = Redis::start(plan, disk("redis", 256)?, ports.redis).await?;
        let lines = lines(&ports).await?;
        make_keys(plan)?;
        let env = Env { plan, ports: &ports, postgres: &postgres, redis: &redis };
        let migrate = env.part("api", "migrate", None, 0);
        migrate.finish(&["migrate"], "")?;
        let password = random_hex(16);
        fs::write(plan.folder.join("admin.password"), &password)?;
        migrate.finish(&["admin", "create", ADMINISTRATOR], &password)?;

        let bank = env.start("sandbox", "bank", None)?;
        let apis = [0, 1].map(|at| env.start("api", ["api-1", "api-2"][at], Some(at)));
        let workers = [0, 1].map(|at| env.start("worker", ["worker-1", "worker-2"][at], Some(at)));
        let all =
            |parts: [anyhow::Result<Part>; 2]| parts.into_iter().collect::<Result<Vec<_>, _>>();
        let (apis, workers) = (all(apis)?, all(workers)?);
        let folder = plan.folder.clone();
        let town = Arc::new(Self { postgres, redis, bank, apis, workers, lines, ports, folder });
        town.wait().await?;
        tokio::spawn(supervise(Arc::downgrade(&town)));
        Ok(town)
    }

    /// Where callers find the `api`s.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.front)
    }

    pub(crate) fn front_port(&self) -> u16 {
        self.ports.front
    }

    /// The bank's counter, past all proxies.
    pub(crate) fn bank_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.bank)
    }

    pub(crate) fn password_file(&self) -> PathBuf {
        self.folder.join("admin.password")
    }

    /// The offset of everybody's clock.
    pub(crate) fn clock_file(&self) -> PathBuf {
        self.folder.join("clock")
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.folder.join("keys")
    }

    pub(crate) fn parts(&self) -> impl Iterator<Item = &Part> {
        let singles = [&self.postgres.part, &self.redis.part, &self.bank];
        singles.into_iter().chain(&self.apis).chain(&self.workers)
    }

    async fn wait(&self) -> anyhow::Result<()> {
        let here = [(self.ports.bank, "/health/live", &self.bank)];
        let apis = self.ports.apis.into_iter().zip(&self.apis);
        let workers = self.ports.workers.into_iter().zip(&self.workers);
        let doors = here.into_iter().chain(apis.map(|(port, part)| (port, "/health/ready", part)));
        let doors = doors.chain(workers.map(|(port, part)| (port, "/health/live", part)));
        for (port, path, part) in doors {
            let url = format!("http://127.0.0.1:{port}{path}");
            let ask = async || anyhow::Ok(reqwest::get(&url).await?.error_for_status()?);
            patiently(&format!("{} is ready", part.name()), part, ask).await?;
        }
        Ok(())
    }
}

/// Everybody's settings; each reads those that it knows.
struct Env<'a> {
    plan: &'a Plan,
    ports: &'a Ports,
    postgres: &'a Postgres,
    redis: &'a Redis,
}

/// A program that is not running yet.
struct Ready(Recipe);

impl Ready {
    /// Runs it to its end, which must be a good one.
    fn finish(&self, args: &[&str], input: &str) -> anyhow::Result<()> {
        let mut command = self.0.account.command(&self.0.program);
        command.args(args).env_clear().envs(self.0.env.iter().cloned()).stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            std::io::Write::write_all(&mut stdin, input.as_bytes())?;
        }
        let ended = child.wait_with_output()?;
        let said = String::from_utf8_lossy(&ended.stderr);
        anyhow::ensure!(ended.status.success(), "api {}: {}", args.join(" "), said.trim());
        Ok(())
    }
}

impl Env<'_> {
    fn start(&self, program: &str, name: &str, at: Option<usize>) -> anyhow::Result<Part> {
        let database =
            if program == "api" { self.ports.api_postgres } else { self.ports.worker_postgres };
        let mut recipe = self.part(program, name, at, database).0;
        if program == "api" {
            recipe.args.push("serve".into());
        }
        let part = Part::new(recipe);
        part.start()?;
        Ok(part)
    }

    /// One of our programs; without a line to the database it goes there directly.
    fn part(&self, program: &str, name: &str, at: Option<usize>, database: u16) -> Ready {
        let (plan, ports) = (self.plan, self.ports);
        let loopback = |port: u16| format!("127.0.0.1:{port}");
        let web = |port: u16| format!("http://{}", loopback(port));
        let key = |name: &str| plan.folder.join("keys").join(name).display().to_string();
        let place = |name: &str| plan.folder.join(name).display().to_string();
        let database = if database == 0 { ports.postgres } else { database };
        let at = at.unwrap_or_default();
        let env = vec![
            ("ANYPORT_MODE", "test".into()),
            ("ANYPORT_CLOCK_FILE", place("clock")),
            ("DATABASE_URL", self.postgres.url(database, "anyport")),
            ("REDIS_URL", self.redis.url(ports.worker_redis)),
            ("ANYPORT_BIND", loopback(ports.apis[at])),
            ("ANYPORT_WORKER_BIND", loopback(ports.workers[at])),
            ("ANYPORT_PUBLIC_URL", web(ports.front)),
            ("ANYPORT_TOKEN_KEYS", key("token")),
            ("ANYPORT_DRAW_KEYS", key("draw.keys")),
            ("ANYPORT_BANK_CODE", BANK.into()),
            ("ANYPORT_BANK_URL", web(ports.worker_bank)),
            ("ANYPORT_BANK_PUBLIC_KEY", key("bank.pub.pem")),
            ("ANYPORT_BANK_SIGNING_KEY", key("anyport.pem")),
            ("SANDBOX_BIND", loopback(ports.bank)),
            ("SANDBOX_STATE", place("bank.state")),
            ("SANDBOX_SIGNING_KEY", key("bank.pem")),
            ("SANDBOX_CLIENT_PUBLIC_KEY", key("anyport.pub.pem")),
            ("SANDBOX_CALLBACK_URL", format!("{}/v1/bank/callback", web(ports.callback))),
        ];
        Ready(Recipe {
            name: name.into(),
            program: plan.programs.join(program),
            args: Vec::new(),
            env,
            account: Account::default(),
            log: plan.log(name),
            farewell: "TERM",
        })
    }
}

async fn lines(ports: &Ports) -> anyhow::Result<Vec<Proxy>> {
    let (postgres, apis) = (vec![ports.postgres], ports.apis.to_vec());
    Ok(vec![
        Proxy::open("callers-api", ports.front, apis.clone()).await?,
        Proxy::open("bank-api", ports.callback, apis).await?,
        Proxy::open("api-postgres", ports.api_postgres, postgres.clone()).await?,
        Proxy::open("worker-postgres", ports.worker_postgres, postgres).await?,
        Proxy::open("worker-redis", ports.worker_redis, vec![ports.redis]).await?,
        Proxy::open("worker-bank", ports.worker_bank, vec![ports.bank]).await?,
    ])
}

/// A folder for data: on a small disk of its own where that can be had, so that it can be full.
fn disk(plan: &Plan, path: &Path, megabytes: u64) -> anyhow::Result<PathBuf> {
    plan.account.folder(path)?;
    if plan.has_disks {
        plan.account.mount(path, megabytes)?;
    }
    Ok(path.to_owned())
}

fn make_keys(plan: &Plan) -> anyhow::Result<()> {
    let keys = plan.folder.join("keys");
    for (name, place) in [("token-0001", "token"), ("anyport", "."), ("bank", ".")] {
        let mut make = Account::default().command(plan.programs.join("api"));
        run(make.args(["keys", name]).arg(keys.join(place)))?;
    }
    // The folder of signing keys holds private keys alone.
    fs::remove_file(keys.join("token/token-0001.pub.pem"))?;
    fs::write(keys.join("draw.keys"), format!("{FIRST_DAY} draw-0001 {}\n", random_hex(32)))?;
    fs::write(plan.folder.join("clock"), "0")?;
    Ok(())
}

/// Brings back whatever falls, as long as the town stands.
async fn supervise(town: std::sync::Weak<Town>) {
    while let Some(town) = town.upgrade() {
        for part in town.parts() {
            if let Err(error) = part.tend() {
                eprintln!("town: {} does not come back: {error:#}", part.name());
            }
        }
        drop(town);
        sleep(GLANCE).await;
    }
}

/// Asks until there is an answer, for a minute; a part that ends meanwhile ends the patience.
async fn patiently<T, E: std::fmt::Display>(
    what: &str,
    part: &Part,
    ask: impl AsyncFn() -> Result<T, E>,
) -> anyhow::Result<T> {
    let until = Instant::now() + PATIENCE;
    loop {
        match ask().await {
            Ok(answer) => return Ok(answer),
            Err(error) if Instant::now() > until => {
                bail!("waited in vain: {what}: {error}\n{}", part.last_words());
            }
            Err(_) => sleep(GLANCE).await,
        }
    }
}

/// A port that nobody listens on. Below those that the kernel gives to outgoing connections, so that a program
/// that is killed finds its own port free when it comes back.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 10_000)?;
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let ports = std::iter::repeat_with(|| {
        20_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed) * 7) % 10_000
    });
    ports.take(1_000).find(is_free).context("no free port")
}
