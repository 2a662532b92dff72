//! The town's Postgres: durable settings, a password of its own, on loopback so that proxies can stand before it.
use std::{fs, path::PathBuf};

use anyhow::Context as _;
use sqlx::{Connection as _, PgConnection, PgPool, postgres::PgPoolOptions};

use super::{
    account::run,
    part::{Part, Recipe},
    patiently,
    plan::Plan,
};
use crate::keys::random_hex;

const USER: &str = "anyport";

/// A cluster that is being served.
pub(crate) struct Postgres {
    pub(crate) part: Part,
    port: u16,
    /// What holds the data: a disk of its own where disks can be full.
    pub(crate) disk: PathBuf,
    password: String,
}

impl Postgres {
    pub(super) async fn start(
        plan: &Plan,
        name: &'static str,
        disk: PathBuf,
        port: u16,
    ) -> anyhow::Result<Self> {
        let data = disk.join("data");
        let password = random_hex(16);
        let words = disk.join("password");
        fs::write(&words, &password)?;
        plan.account.own(&words)?;
        let mut initdb = plan.account.command(plan.postgres.join("initdb"));
        initdb.args(["--no-sync", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]);
        run(initdb
            .args(["--username", USER, "--pwfile"])
            .arg(&words)
            .arg("-D")
            .arg(&data)
            .current_dir("/"))?;
        fs::remove_file(&words)?;
        let server = Part::new(recipe(plan, name, &data, port));
        let postgres = Self { part: server, port, disk, password };
        postgres.part.start()?;
        let url = postgres.url(port, "postgres");
        let mut conn =
            patiently("Postgres answers", &postgres.part, || PgConnection::connect(&url)).await?;
        sqlx::query("create database anyport").execute(&mut conn).await?;
        Ok(postgres)
    }

    /// The address of a database through `port`: its own, or that of a proxy.
    pub(super) fn url(&self, port: u16, database: &str) -> String {
        format!("postgres://{USER}:{}@127.0.0.1:{port}/{database}", self.password)
    }

    /// The address of the bureau's own database, past all proxies.
    pub(crate) fn address(&self) -> String {
        self.url(self.port, "anyport")
    }

    /// A look into the tables past all proxies, for when the faults are over: a busy machine may let it wait.
    pub(crate) fn look(&self) -> anyhow::Result<PgPool> {
        let pool = PgPoolOptions::new().max_connections(4);
        pool.connect_lazy(&self.address()).context("the look into the tables")
    }
}

fn recipe(plan: &Plan, name: &str, data: &std::path::Path, port: u16) -> Recipe {
    let settings = [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "timezone=UTC",
        "logging_collector=off",
        "max_connections=200",
        "max_wal_size=128MB",
        // Files of a killed server are found and removed by the next one.
        "dynamic_shared_memory_type=mmap",
    ];
    let mut args = vec!["-D".into(), data.into(), "-p".into(), port.to_string().into()];
    args.extend(settings.iter().flat_map(|setting| ["-c".into(), setting.into()]));
    Recipe {
        name: name.into(),
        program: plan.postgres.join("postgres"),
        args,
        env: Vec::new(),
        account: plan.account,
        log: plan.log(name),
        farewell: "QUIT",
    }
}
