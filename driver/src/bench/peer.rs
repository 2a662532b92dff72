//! The peer of `accept`: pgbench, writing the rows of a filing with nothing before it: no HTTP, no token, no rules.
//! It writes into a database of its own beside ours, in the same server.
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, bail};
use sqlx::{Connection as _, PgConnection};
use tokio::process::Command;

use super::{Database, figures::per_second};

const SETUP: &str = include_str!("peer_setup.sql");
const FILING: &str = include_str!("peer.sql");
const INSERT: &str = include_str!("peer_insert.sql");

/// Rows of one statement of the batch.
pub(crate) const BATCH: u64 = 50;

/// What pgbench does over and over again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Script {
    /// One declaration in one statement.
    OneByOne,
    /// Fifty declarations in one statement.
    Batches,
    /// One row in one table.
    Insert,
}

impl Script {
    const fn rows(self) -> u64 {
        match self {
            Self::Batches => BATCH,
            Self::OneByOne | Self::Insert => 1,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Insert => INSERT.to_owned(),
            Self::OneByOne | Self::Batches => {
                let filing = FILING.replace("{rows}", &self.rows().to_string());
                format!("\\set first random(1, 1000000)\n{filing}")
            }
        }
    }
}

/// pgbench and what it writes.
pub(crate) struct Peer {
    url: String,
    folder: PathBuf,
    /// The parameters of the statement, as a real filing has them.
    parameters: Vec<(&'static str, String)>,
}

impl Peer {
    /// Makes the database ready; `None` where there is no pgbench.
    pub(crate) async fn ready(database: &Database, stage: &Path) -> anyhow::Result<Option<Self>> {
        let there = Command::new("pgbench").arg("--version").output().await;
        if !there.is_ok_and(|output| output.status.success()) {
            eprintln!("driver: there is no pgbench beside the server: its peer is left out");
            return Ok(None);
        }
        let url = database.beside().await?;
        sqlx::raw_sql(SETUP).execute(&mut PgConnection::connect(&url).await?).await?;
        let [content, receipt, defects, inputs] = database.example().await?;
        let parameters = vec![
            ("content", content),
            ("receipt", receipt),
            ("defects", defects),
            ("inputs", inputs),
            ("hash", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned()),
        ];
        Ok(Some(Self { url, folder: stage.to_owned(), parameters }))
    }

    /// Declarations stored in a second; what was reported done is counted in the tables too.
    pub(crate) async fn run(
        &self,
        script: Script,
        clients: u32,
        time: Duration,
    ) -> anyhow::Result<f64> {
        let file = self.folder.join(format!("{script:?}.sql"));
        std::fs::write(&file, script.text())?;
        let before = self.stored().await?;
        let mut command = Command::new("pgbench");
        command.args(["--no-vacuum", "--protocol", "prepared", "--jobs", "1"]);
        command.args(["--client", &clients.to_string(), "--time", &time.as_secs().to_string()]);
        for (name, value) in &self.parameters {
            command.arg(format!("--define={name}={value}"));
        }
        let output = command.arg("--file").arg(&file).arg(&self.url).output().await?;
        let told = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            bail!("pgbench: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        let done = script.rows() * transactions(&told).context("pgbench told no count")?;
        let stored = self.stored().await? - before;
        anyhow::ensure!(done == stored, "pgbench did {done}, and {stored} are stored");
        Ok(per_second(done, time))
    }

    async fn stored(&self) -> anyhow::Result<u64> {
        let mut conn = PgConnection::connect(&self.url).await?;
        let count: i64 =
            sqlx::query_scalar("select count(*) from declarations").fetch_one(&mut conn).await?;
        Ok(count.try_into()?)
    }
}

/// `number of transactions actually processed: 1234`, of a duration; `1234/2000` of a count.
fn transactions(told: &str) -> Option<u64> {
    let (_, count) = told
        .lines()
        .find_map(|line| line.split_once("number of transactions actually processed:"))?;
    count.trim().split('/').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_found_in_what_pgbench_tells() {
        let told =
            "scaling factor: 1\nnumber of transactions actually processed: 47581\ntps = 9487.2";
        assert_eq!(transactions(told), Some(47_581));
        assert_eq!(transactions("nothing"), None);
    }

    #[test]
    fn a_batch_is_the_same_statement_with_more_rows() {
        assert!(Script::Batches.text().contains(":first::int + 50 - 1"));
        assert!(Script::OneByOne.text().contains(":first::int + 1 - 1"));
    }
}
