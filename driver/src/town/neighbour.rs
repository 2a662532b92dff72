//! Another bureau beside the town: a whole Anyport, small, that nothing befalls. Only the lines between it and the town
//! can be spoilt.
use std::{path::PathBuf, sync::Arc};

use super::{
    BUREAU, Town,
    account::Account,
    disk,
    part::Part,
    plan::Plan,
    ports::free_port,
    postgres::Postgres,
    program::{Program, Settings, all_answer},
    proxy::{Proxy, Weather},
    redis::Redis,
    stand_by,
};

/// Zhejiang.
const CODE: &str = "330000";

/// Fields are dropped in this order: first the programs end, then what they need for it.
pub(crate) struct Neighbour {
    api: Part,
    worker: Part,
    redis: Redis,
    pub(crate) postgres: Postgres,
    pub(crate) code: &'static str,
    pub(crate) folder: PathBuf,
    /// What the town says goes there, what the neighbour says comes back.
    there: (Proxy, u16),
    back: (Proxy, u16),
    port: u16,
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        self.api.dismiss();
        self.worker.dismiss();
    }
}

/// Which of the lines between the two bureaus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Between {
    There,
    Back,
    Both,
}

impl Between {
    /// As it stands in the log, after the line within the town.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::There => " and worker-neighbour",
            Self::Back => " and neighbour-api",
            Self::Both => " and both lines to the neighbour",
        }
    }
}

impl Neighbour {
    /// Builds it and waits until it works.
    pub(crate) async fn build(plan: &Plan, town: &Town) -> anyhow::Result<Arc<Self>> {
        let folder = plan.folder.join("neighbour");
        Account::default().folder(&folder)?;
        let disk = |name: &str| disk(plan, &plan.folder.join(name), 512);
        let (postgres, redis) = (disk("neighbour-pg")?, disk("neighbour-redis")?);
        let postgres = Postgres::start(plan, "neighbour-postgres", postgres, free_port()?).await?;
        let redis = Redis::start(plan, "neighbour-redis", redis, free_port()?).await?;
        let port = free_port()?;
        let there = line("worker-neighbour", vec![port]).await?;
        let back = line("neighbour-api", town.ports.apis.to_vec()).await?;

        let settings = Settings {
            plan,
            bureau: CODE,
            folder: &folder,
            redis_url: redis.url(redis.port),
            front: port,
            // Nothing is paid here: nobody listens, and nobody calls.
            bank: free_port()?,
            callback: port,
        };
        settings.make_keys()?;
        let database_url = &postgres.address();
        settings.migrate(database_url)?;
        let start = |file, name, port| settings.start(&Program { file, name, database_url, port });
        let api = start("api", "neighbour-api", port)?;
        let health = free_port()?;
        let worker = start("worker", "neighbour-worker", health)?;
        all_answer([(port, "/health/ready", &api), (health, "/health/live", &worker)]).await?;
        let code = CODE;
        let neighbour =
            Arc::new(Self { api, worker, redis, postgres, code, folder, there, back, port });
        stand_by(&neighbour, |neighbour| {
            vec![&neighbour.postgres.part, &neighbour.redis.part, &neighbour.api, &neighbour.worker]
        });
        Ok(neighbour)
    }

    /// Where its own people find it, past all proxies.
    pub(crate) fn url(&self) -> String {
        web(self.port)
    }

    /// Where the town brings it messages, and where it brings them to the town: past the lines that are spoilt.
    pub(crate) fn lines(&self) -> [(&'static str, String); 2] {
        [(CODE, web(self.there.1)), (BUREAU, web(self.back.1))]
    }

    pub(crate) fn turn(&self, between: Between, weather: Weather) {
        if between != Between::Back {
            self.there.0.turn(weather);
        }
        if between != Between::There {
            self.back.0.turn(weather);
        }
    }
}

async fn line(name: &'static str, targets: Vec<u16>) -> anyhow::Result<(Proxy, u16)> {
    let port = free_port()?;
    Ok((Proxy::open(name, port, targets).await?, port))
}

fn web(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}
