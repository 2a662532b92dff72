//! A PostgreSQL of one test alone: it may be killed, and it may lose a database.
use std::{
    fs,
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::Command,
};

use sqlx::{Connection as _, PgConnection};

use super::{
    eventually,
    program::{Program, is_program, on_the_path},
};

const USER: &str = "anyport";

/// What a commit is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// On the disk, as in earnest: where the server is killed.
    Durable,
    /// In memory: where it is not.
    Careless,
}

/// A cluster in a folder, reached by a socket in that folder.
pub struct Postgres {
    bin: PathBuf,
    folder: PathBuf,
    durability: Durability,
    program: Option<Program>,
}

impl Postgres {
    pub(super) async fn start(folder: &Path, durability: Durability) -> Self {
        let bin = programs();
        let folder = folder.join("pg");
        private_folder(&folder);
        let made = account(Command::new(bin.join("initdb")).current_dir(&folder))
            .args([
                "--no-sync",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--username",
                USER,
            ])
            .arg("-D")
            .arg(folder.join("data"))
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut postgres = Self { bin, folder, durability, program: None };
        postgres.back().await;
        let mut conn = PgConnection::connect(&postgres.url("postgres")).await.unwrap();
        sqlx::query("create database anyport").execute(&mut conn).await.unwrap();
        postgres
    }

    /// Starts (again) on the same data, and waits until it answers.
    pub async fn back(&mut self) {
        let url = self.url("postgres");
        eventually("PostgreSQL answers", async || {
            // A server whose predecessor's last processes are still about gives up: start another.
            if !self.program.as_mut().is_some_and(Program::is_running) {
                self.program = Some(self.launch());
            }
            PgConnection::connect(&url).await.is_ok()
        })
        .await;
    }

    fn launch(&self) -> Program {
        let mut command = Command::new(self.bin.join("postgres"));
        account(command.current_dir(&self.folder)).arg("-D").arg(self.folder.join("data"));
        let sockets = format!("unix_socket_directories={}", self.folder.display());
        let mut settings = vec!["listen_addresses=", &sockets, "timezone=UTC"];
        settings.extend(["max_connections=150", "shared_buffers=32MB", "logging_collector=off"]);
        if self.durability == Durability::Careless {
            settings.extend(["fsync=off", "synchronous_commit=off", "full_page_writes=off"]);
        }
        for setting in settings {
            command.args(["-c", setting]);
        }
        let log = self.folder.with_file_name("postgres.log");
        Program::start("postgres", &mut command, &log).ends_by("-QUIT")
    }

    /// Kills the server with -9: what was not on the disk is gone.
    pub fn kill(&mut self) {
        if let Some(mut program) = self.program.take() {
            program.kill();
        }
    }

    /// The address of a database. The socket's folder stands where the host stands, percent-encoded.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let sockets = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://{USER}@{sockets}:5432/{database}")
    }

    /// Runs one of PostgreSQL's own tools against this server; `None` where it is not installed.
    #[must_use]
    pub fn tool(&self, name: &str, args: &[&str]) -> Option<()> {
        let beside = Some(self.bin.join(name)).filter(|file| is_program(file));
        let file = beside.or_else(|| on_the_path(name))?;
        let done = Command::new(file)
            .env("PGHOST", &self.folder)
            .env("PGUSER", USER)
            .env("PGPORT", "5432")
            .args(args)
            .output()
            .unwrap();
        assert!(done.status.success(), "{name}: {}", String::from_utf8_lossy(&done.stderr));
        Some(())
    }
}

/// Where the newest server is.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    let on_path = on_the_path("initdb").and_then(|file| file.parent().map(Path::to_path_buf));
    let mut folders = on_path.into_iter().chain(folders.into_iter().rev());
    folders.find(|folder| is_program(&folder.join("postgres"))).expect("PostgreSQL is installed")
}

/// PostgreSQL refuses to be root: then it is somebody who owns nothing else.
fn account(command: &mut Command) -> &mut Command {
    match unprivileged() {
        Some((user, group)) => command.uid(user).gid(group),
        None => command,
    }
}

fn private_folder(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    if let Some((user, group)) = unprivileged() {
        chown(folder, Some(user), Some(group)).unwrap();
    }
}

/// Another user, where we are root.
fn unprivileged() -> Option<(u32, u32)> {
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    is_root.then(|| {
        let id = |kind, name| {
            let told = Command::new("id").args([kind, name]).output().ok()?;
            String::from_utf8(told.stdout).ok()?.trim().parse().ok()
        };
        let names = ["postgres", "anyport", "nobody"];
        names.into_iter().find_map(|name| Some((id("-u", name)?, id("-g", name)?))).unwrap()
    })
}
