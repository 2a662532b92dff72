//! Benchmarks: figures against the limits of the machine, measured in the same run. A command, never a timed test:
//! there is no pass or fail in the figures, only in whether what was sent is what is stored.
mod accept;
mod clear;
mod consignment;
mod database;
mod disk;
mod figures;
mod footprint;
mod growth;
mod http;
mod latency;
mod partner;
mod peer;
mod plan;
mod processes;
mod webhooks;

use std::{
    cell::Cell,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context as _;
use serde_json::{Map, Value};

use consignment::{Forms, Mix, Order};
use database::Database;
use http::Line;
use plan::Bench;
pub(crate) use plan::Plan;
use processes::Processes;

use crate::{
    client::Server,
    keys::Keys,
    tally,
    world::{Enterprise, World},
};

/// Everything a bench works with.
struct Yard {
    url: String,
    address: SocketAddr,
    /// Of the administrator.
    password_file: PathBuf,
    world: World,
    who: Vec<Enterprise>,
    forms: Forms,
    database: Database,
    processes: Processes,
    stage: PathBuf,
    /// Resident bytes of api and worker before anybody asked them for anything.
    fresh: [u64; 2],
    next: Cell<u64>,
}

/// What a bench has to say.
struct Outcome {
    /// What was sent is what is stored, and nothing was left behind.
    holds: bool,
    /// Its part of the last line.
    keys: Map<String, Value>,
}

/// It cannot be measured on this machine.
#[derive(Debug)]
pub(crate) struct Impossible(pub(crate) String);

impl std::fmt::Display for Impossible {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Impossible {}

/// Measures what the plan asks for; true if all that was sent is stored.
pub(crate) async fn run(
    server: &Arc<Server>,
    password_file: &Path,
    keys: Keys,
    (run, plan): (u64, &Plan),
    database_url: &str,
) -> anyhow::Result<bool> {
    if plan.benches.contains(&Bench::Growth)
        && let Some(why) = growth::impossible(plan)?
    {
        return Err(Impossible(why).into());
    }
    let yard = Yard::open(server, password_file, keys, (run, plan), database_url).await?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    println!(
        "{cores} cores, PostgreSQL {}, programs of profile {}",
        yard.database.version().await?,
        plan.built
    );
    let mut holds = true;
    let mut keys = Map::new();
    for bench in &plan.benches {
        let outcome = match bench {
            Bench::Accept => accept::run(&yard, plan).await.context("accept")?,
            Bench::Clear => clear::run(&yard, plan).await.context("clear")?,
            Bench::Latency => latency::run(&yard, plan).await.context("latency")?,
            Bench::Partner => partner::run(&yard, plan).await.context("partner")?,
            Bench::Webhooks => webhooks::run(&yard, plan).await.context("webhooks")?,
            Bench::Growth => growth::run(&yard, plan).await.context("growth")?,
            Bench::Footprint => footprint::run(&yard, plan).await.context("footprint")?,
        };
        holds &= outcome.holds;
        keys.extend(outcome.keys);
    }
    keys.insert("cores".into(), cores.into());
    keys.insert("profile".into(), plan.built.clone().into());
    keys.insert("ok".into(), holds.into());
    tally::report(&Value::Object(keys));
    Ok(holds)
}

impl Yard {
    async fn open(
        server: &Arc<Server>,
        password_file: &Path,
        keys: Keys,
        (run, plan): (u64, &Plan),
        database_url: &str,
    ) -> anyhow::Result<Self> {
        let processes = Processes::of(&plan.stage);
        let fresh = [processes.resident("api")?, processes.resident("worker")?];
        eprintln!("driver: setting up offices, enterprises and their clients");
        let who = consignment::declarants();
        let world = World::ensure(server, password_file, keys, &who).await?;
        let url = server.url("");
        let address = url.strip_prefix("http://").unwrap_or(&url);
        let yard = Self {
            url: url.clone(),
            address: address.parse().with_context(|| format!("{address} is no address"))?,
            password_file: password_file.to_owned(),
            forms: Forms::render(run, world.server.clock.today()?, &who),
            who,
            world,
            database: Database::open(database_url).await?,
            processes,
            fresh,
            stage: plan.stage.clone(),
            next: Cell::new(0),
        };
        yard.try_one_of_each().await?;
        Ok(yard)
    }

    /// Both kinds of goods must be accepted as they are: a bench of refusals would be fast and worth nothing.
    async fn try_one_of_each(&self) -> anyhow::Result<()> {
        let mut line = Line::open(self.address).await?;
        for _ in 0..10 {
            let order = Order::of(self.next_number(), Mix::Both);
            let mut body = Vec::new();
            self.forms.fill(&order, &mut body);
            let bearer = self.bearer(&order).await?;
            let answer = line.post("/v1/declarations", &bearer, &body).await?;
            let receipt: Value = serde_json::from_slice(answer.body).unwrap_or_default();
            let status = receipt["status"].as_str().unwrap_or_default();
            let fits = answer.status == 201 && matches!(status, "SELECTED" | "CONFORMING");
            anyhow::ensure!(fits, "the bench's own goods are not accepted: {}", answer.told());
        }
        Ok(())
    }

    /// Every declaration of a run has a number of its own.
    fn next_number(&self) -> u64 {
        self.next.replace(self.next.get() + 1)
    }

    async fn bearer(&self, order: &Order) -> anyhow::Result<String> {
        let declarant = self.world.declarant(&self.who[order.declarant].reg_no)?;
        Ok(declarant.token().await?)
    }
}
