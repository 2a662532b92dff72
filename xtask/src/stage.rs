//! A running Anyport with services of its own.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use crate::anyport::{Anyport, Manner, Ports, Seat, password_file};
use crate::crew::Crew;
use crate::folder::Folder;
use crate::leash::Task;
use crate::outcome::{Doing, Outcome, Stop, Verdict};
use crate::profile::DEV;
use crate::services::{self, Durability, Services};
use crate::site::Site;

/// Who we are to other bureaus: Shanghai.
const BUREAU: &str = "310000";
/// What is built for an Anyport and whoever plays with it.
pub const PACKAGES: [&str; 4] = ["api", "worker", "sandbox", "driver"];

/// Fields are dropped in this order: first the children end, then their folder may go.
pub struct Stage {
    crew: Crew,
    anyport: Anyport,
    folder: Folder,
    /// How long each program took from its start to its first good answer.
    ready: Vec<(&'static str, Duration)>,
}

impl Stage {
    /// A private Anyport that leaves nothing behind.
    pub fn private(site: &Site, profile: &'static str) -> Result<Self, Stop> {
        Self::beside(site, Folder::temporary(site)?, profile)
    }

    /// The same in a folder that is there already.
    pub fn beside(site: &Site, folder: Folder, profile: &'static str) -> Result<Self, Stop> {
        let mut crew = Crew::default();
        let services = services::private(site, &folder, Durability::Durable, &mut crew)?;
        Self::raise(site, folder, services, crew, Ports::free()?, Manner::ForUse(profile))
    }

    /// A private Anyport to be measured: built with `profile`, run as in production.
    pub fn measured(site: &Site, profile: &'static str) -> Result<Self, Stop> {
        let folder = Folder::temporary(site)?;
        let mut crew = Crew::default();
        let services = services::private(site, &folder, Durability::Observed, &mut crew)?;
        Self::raise(site, folder, services, crew, Ports::free()?, Manner::Measured(profile))
    }

    /// The Anyport of this checkout: its folder is kept, given services are used.
    pub fn kept(
        site: &Site,
        folder: Folder,
        ports: Ports,
        profile: &'static str,
    ) -> Result<Self, Stop> {
        let mut crew = Crew::default();
        let services = services::given_or_private(site, &folder, &mut crew)?;
        Self::raise(site, folder, services, crew, ports, Manner::ForUse(profile))
    }

    fn raise(
        site: &Site,
        folder: Folder,
        services: Services,
        mut crew: Crew,
        ports: Ports,
        manner: Manner,
    ) -> Result<Self, Stop> {
        let programs = build(site, manner.profile(), &PACKAGES, &mut crew)?;
        let Services { database_url, redis_url } = services;
        let place = folder.path().to_path_buf();
        let (bureau, clock, seat) = (BUREAU, place.join("clock"), Seat::here(ports));
        let anyport =
            Anyport { bureau, place, clock, programs, seat, manner, database_url, redis_url };
        let ready = anyport.raise(&mut crew)?;
        Ok(Self { crew, anyport, folder, ready })
    }

    pub fn url(&self) -> String {
        self.anyport.url()
    }

    pub fn bank_url(&self) -> String {
        self.anyport.bank_url()
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs the driver against this Anyport; its story and its report are ours.
    pub fn drive(&mut self, name: &str, args: &[String]) -> Outcome {
        let task = driver(&self.anyport.programs, name, args, &self.url(), self.folder.path())?
            .env("DATABASE_URL", &self.anyport.database_url)
            .env("REDIS_URL", &self.anyport.redis_url);
        narrate(&task, &mut self.crew)
    }

    /// What a benchmark has to know: the search path with the services' programs, where the children's pids and
    /// our programs are, how they were built, and how soon they were ready.
    pub fn bench(&mut self, site: &Site, args: &[String]) -> Outcome {
        let path = services::search_path(site)?;
        let ready: Vec<_> =
            self.ready.iter().map(|(name, took)| format!("{name}={}", took.as_millis())).collect();
        let task = driver(&self.anyport.programs, "bench", args, &self.url(), self.folder.path())?
            .arg("--stage")
            .arg(self.folder.path())
            .arg("--programs")
            .arg(&self.anyport.programs)
            .args(["--built", self.anyport.manner.profile(), "--ready-ms", &ready.join(",")])
            .env("DATABASE_URL", &self.anyport.database_url)
            .env("PATH", path);
        narrate(&task, &mut self.crew)
    }

    pub fn serve(&mut self) -> Result<(), Stop> {
        self.crew.serve()
    }
}

/// Builds programs with a profile and tells where they are.
pub fn build(
    site: &Site,
    profile: &str,
    packages: &[&str],
    crew: &mut Crew,
) -> Result<PathBuf, Stop> {
    let programs = programs(site, profile);
    if !programs.exists() {
        eprintln!("xtask: building; the first time this takes some minutes");
    }
    let build = site.cargo(&["build", "--profile", profile]);
    let build = packages.iter().fold(build, |build, package| build.args(["--package", package]));
    crew.must(&build, "cargo build")?;
    Ok(programs)
}

/// Where programs are that were built with a profile.
pub fn programs(site: &Site, profile: &str) -> PathBuf {
    site.target.join(if profile == DEV { "debug" } else { profile })
}

/// The driver with what it needs to know; what the user says himself wins.
pub fn driver(
    programs: &Path,
    name: &str,
    args: &[String],
    url: &str,
    folder: &Path,
) -> Result<Task, Stop> {
    let given = |flag: &str| args.iter().any(|arg| arg == flag);
    let mut task = Task::new("driver", programs.join("driver")).arg(name).args(args);
    let password = password_file(folder);
    let keys = folder.join("keys");
    for (flag, value) in [
        ("--url", url.as_ref()),
        ("--admin-password-file", password.as_os_str()),
        ("--keys-dir", keys.as_os_str()),
    ] {
        if !given(flag) {
            task = task.arg(flag).arg(value);
        }
    }
    if !given("--run") {
        task = task.arg("--run").arg(next_run(folder)?.to_string());
    }
    Ok(task)
}

/// Runs the driver and passes on its words as they come; the last one is its report.
pub fn narrate(task: &Task, crew: &mut Crew) -> Outcome {
    let mut leash = task.clone().piped().start()?;
    let output = leash.take_output();
    let story = std::thread::spawn(move || {
        let mut last = String::new();
        for line in output.into_iter().flat_map(|output| BufReader::new(output).lines()) {
            let Ok(line) = line else { break };
            println!("{line}");
            last = line;
        }
        last
    });
    let status = crew.wait(&mut leash)?;
    let last = story.join().unwrap_or_default();
    if last.starts_with('{') {
        return Ok(Verdict::Passes(code(status)));
    }
    Err(Stop::Failed(format!("the driver ended without a report ({status})")))
}

fn code(status: ExitStatus) -> u8 {
    match status.code() {
        Some(code @ 0..=3) => u8::try_from(code).unwrap_or(1),
        _ => 1,
    }
}

/// Numbers the runs on one database, so that references and bills are new each time.
pub fn next_run(folder: &Path) -> Result<u64, Stop> {
    use std::io::{Read, Seek, Write};

    let path = folder.join("run");
    let mut file = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .doing(path.display())?;
    file.lock()?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    let run = text.trim().parse().unwrap_or(0_u64) + 1;
    file.rewind()?;
    file.set_len(0)?;
    write!(file, "{run}")?;
    Ok(run)
}
