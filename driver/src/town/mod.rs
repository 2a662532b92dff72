//! A whole Anyport that the driver owns: Postgres, Redis, the sandbox bank, two `api`s, two `worker`s, and a
//! proxy on every line between them. Whatever falls is brought back; nothing outlives the driver.
mod account;
mod neighbour;
mod part;
mod plan;
mod ports;
mod postgres;
mod program;
mod proxy;
mod redis;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use anyhow::bail;
use tokio::time::sleep;

pub(crate) use account::run;
pub(crate) use neighbour::{Between, Neighbour};
pub(crate) use part::Part;
pub(crate) use plan::{Plan, USAGE};
pub(crate) use ports::free_port;
pub(crate) use postgres::Postgres;
pub(crate) use proxy::{Proxy, Way, Weather};
pub(crate) use redis::Redis;

use account::Account;
use program::{Program, Settings, all_answer, clock_file, password_file};

/// Who the town is to other bureaus: Shanghai.
pub(crate) const BUREAU: &str = "310000";
const PATIENCE: Duration = Duration::from_mins(1);
/// How often the supervisor looks round.
const GLANCE: Duration = Duration::from_millis(50);

/// Fields are dropped in this order: first the programs end, then what they need for it.
pub(crate) struct Town {
    pub(crate) apis: Vec<Part>,
    pub(crate) workers: Vec<Part>,
    pub(crate) bank: Part,
    pub(crate) redis: Redis,
    pub(crate) postgres: Postgres,
    pub(crate) lines: Vec<Proxy>,
    ports: Ports,
    folder: PathBuf,
    clock: PathBuf,
}

impl Drop for Town {
    fn drop(&mut self) {
        self.apis.iter().chain(&self.workers).for_each(Part::dismiss);
    }
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
        Account::default().folder(&plan.folder.join("log"))?;
        fs::write(clock_file(plan), "0")?;
        let ports = Ports::find()?;
        let disk = |name: &str, megabytes| disk(plan, &plan.folder.join(name), megabytes);
        // The ledger grows by less than a gigabyte in half an hour.
        let disks = (disk("pg", 1024 + 64 * plan.minutes)?, disk("redis", 256)?);
        let postgres = Postgres::start(plan, "postgres", disks.0, ports.postgres).await?;
        let redis = Redis::start(plan, "redis", disks.1, ports.redis).await?;
        let lines = lines(&ports).await?;
        let settings = Settings {
            plan,
            bureau: BUREAU,
            folder: &plan.folder,
            redis_url: redis.url(ports.worker_redis),
            front: ports.front,
            bank: ports.worker_bank,
            callback: ports.callback,
        };
        settings.make_keys()?;
        let database = |port| postgres.url(port, "anyport");
        settings.migrate(&postgres.address())?;

        let start = |file, name, line, port| {
            settings.start(&Program { file, name, database_url: &database(line), port })
        };
        let bank = start("sandbox", "bank", ports.postgres, ports.bank)?;
        let (api, worker) = (ports.api_postgres, ports.worker_postgres);
        let apis = vec![
            start("api", "api-1", api, ports.apis[0])?,
            start("api", "api-2", api, ports.apis[1])?,
        ];
        let workers = vec![
            start("worker", "worker-1", worker, ports.workers[0])?,
            start("worker", "worker-2", worker, ports.workers[1])?,
        ];
        let (folder, clock) = (plan.folder.clone(), clock_file(plan));
        let town = Self { apis, workers, bank, redis, postgres, lines, ports, folder, clock };
        all_answer(town.doors()).await?;
        let town = Arc::new(town);
        stand_by(&town, |town| town.parts().collect());
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
        password_file(&self.folder)
    }

    /// The offset of everybody's clock.
    pub(crate) fn clock_file(&self) -> &Path {
        &self.clock
    }

    /// Its keys, and its administrator's password.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.folder.join("keys")
    }

    pub(crate) fn parts(&self) -> impl Iterator<Item = &Part> {
        let singles = [&self.postgres.part, &self.redis.part, &self.bank];
        singles.into_iter().chain(&self.apis).chain(&self.workers)
    }

    /// Where each program says that it is there.
    fn doors(&self) -> impl Iterator<Item = (u16, &'static str, &Part)> {
        let apis = self.ports.apis.into_iter().zip(&self.apis);
        let workers = self.ports.workers.into_iter().zip(&self.workers);
        [(self.ports.bank, "/health/live", &self.bank)]
            .into_iter()
            .chain(apis.map(|(port, part)| (port, "/health/ready", part)))
            .chain(workers.map(|(port, part)| (port, "/health/live", part)))
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

/// Brings back whatever falls, as long as the whole stands.
fn stand_by<T: Send + Sync + 'static>(whole: &Arc<T>, parts: fn(&T) -> Vec<&Part>) {
    tokio::spawn(supervise(Arc::downgrade(whole), parts));
}

async fn supervise<T>(whole: Weak<T>, parts: fn(&T) -> Vec<&Part>) {
    while let Some(whole) = whole.upgrade() {
        for part in parts(&whole) {
            if let Err(error) = part.tend() {
                eprintln!("town: {} does not come back: {error:#}", part.name());
            }
        }
        drop(whole);
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
