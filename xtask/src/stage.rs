//! A running Anyport: services, keys, schema, first administrator, sandbox bank, api and worker.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use crate::crew::{Crew, pause};
use crate::folder::Folder;
use crate::leash::Task;
use crate::net;
use crate::outcome::{Doing, Outcome, Stop, Verdict};
use crate::secrets;
use crate::services::{self, Durability, Services};
use crate::site::Site;

const PATIENCE: Duration = Duration::from_mins(1);
const ADMINISTRATOR: &str = "admin";
/// Who we are to other bureaus: Shanghai.
const BUREAU: &str = "310000";
/// The code under which the sandbox bank is known.
const BANK: &str = "SANDBOX";
/// The first day of the seeded reference data; draw keys must reach as far back.
const FIRST_DAY: &str = "2004-04-01";

/// Whatever a caller may ask for in a second, where the load is a benchmark's.
const NO_LIMIT: &str = "1000000";

/// Fields are dropped in this order: first the children end, then their folder may go.
pub struct Stage {
    crew: Crew,
    services: Services,
    folder: Folder,
    programs: PathBuf,
    ports: Ports,
    manner: Manner,
    /// How long each program took from its start to its first good answer.
    ready: Vec<(&'static str, Duration)>,
}

/// How the programs are built and run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Built quickly, in test mode: the clock can be moved.
    ForUse,
    /// Built with this profile, on the machine's clock as in production; nobody is limited.
    Measured(&'static str),
}

impl Manner {
    const fn profile(self) -> &'static str {
        match self {
            Self::ForUse => "quick",
            Self::Measured(profile) => profile,
        }
    }
}

/// Where the programs listen, all on the loopback address.
#[derive(Clone, Copy)]
pub struct Ports {
    pub api: u16,
    pub worker: u16,
    pub sandbox: u16,
}

impl Ports {
    /// The documented ports; what is taken gets another one, except for the api's.
    pub fn documented(api: u16) -> Result<Self, Stop> {
        Ok(Self { api, worker: net::port_near(8081)?, sandbox: net::port_near(8090)? })
    }

    pub fn free() -> Result<Self, Stop> {
        Ok(Self { api: net::free_port()?, worker: net::free_port()?, sandbox: net::free_port()? })
    }
}

impl Stage {
    /// A private Anyport that leaves nothing behind.
    pub fn private(site: &Site) -> Result<Self, Stop> {
        let folder = Folder::temporary(site)?;
        let mut crew = Crew::default();
        let services = services::private(site, &folder, Durability::Durable, &mut crew)?;
        Self::raise(site, folder, services, crew, Ports::free()?, Manner::ForUse)
    }

    /// A private Anyport to be measured: built with `profile`, run as in production.
    pub fn measured(site: &Site, profile: &'static str) -> Result<Self, Stop> {
        let folder = Folder::temporary(site)?;
        let mut crew = Crew::default();
        let services = services::private(site, &folder, Durability::Observed, &mut crew)?;
        Self::raise(site, folder, services, crew, Ports::free()?, Manner::Measured(profile))
    }

    /// The Anyport of this checkout: its folder is kept, given services are used.
    pub fn kept(site: &Site, folder: Folder, ports: Ports) -> Result<Self, Stop> {
        let mut crew = Crew::default();
        let services = services::given_or_private(site, &folder, &mut crew)?;
        Self::raise(site, folder, services, crew, ports, Manner::ForUse)
    }

    fn raise(
        site: &Site,
        folder: Folder,
        services: Services,
        mut crew: Crew,
        ports: Ports,
        manner: Manner,
    ) -> Result<Self, Stop> {
        let packages = ["api", "worker", "sandbox", "driver"];
        let programs = build(site, manner.profile(), &packages, &mut crew)?;
        let ready = Vec::new();
        let mut stage = Self { crew, services, folder, programs, ports, manner, ready };
        stage.make_keys()?;
        stage.migrate()?;
        stage.start()?;
        Ok(stage)
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.api)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs the driver against this Anyport; its story and its report are ours.
    pub fn drive(&mut self, name: &str, args: &[String]) -> Outcome {
        let task = driver(&self.programs, name, args, &self.url(), self.folder.path())?
            .env("DATABASE_URL", &self.services.database_url)
            .env("REDIS_URL", &self.services.redis_url);
        narrate(&task, &mut self.crew)
    }

    /// What a benchmark has to know: the search path with the services' programs, where the children's pids and
    /// our programs are, how they were built, and how soon they were ready.
    pub fn bench(&mut self, site: &Site, args: &[String]) -> Outcome {
        let path = services::search_path(site)?;
        let ready: Vec<_> =
            self.ready.iter().map(|(name, took)| format!("{name}={}", took.as_millis())).collect();
        let task = driver(&self.programs, "bench", args, &self.url(), self.folder.path())?
            .arg("--stage")
            .arg(self.folder.path())
            .arg("--programs")
            .arg(&self.programs)
            .args(["--built", self.manner.profile(), "--ready-ms", &ready.join(",")])
            .env("DATABASE_URL", &self.services.database_url)
            .env("PATH", path);
        narrate(&task, &mut self.crew)
    }

    pub fn serve(&mut self) -> Result<(), Stop> {
        self.crew.serve()
    }

    fn key(&self, name: &str) -> PathBuf {
        self.folder.path().join("keys").join(name)
    }

    /// Makes what is missing: token key, exchange key, both sides' bank keys, draw key, administrator's password.
    fn make_keys(&mut self) -> Result<(), Stop> {
        let keys = self.folder.inner("keys")?;
        let tokens = self.folder.inner("keys/token")?;
        let exchange = self.folder.inner("keys/exchange")?;
        let wanted = [
            ("token-0001", &tokens),
            ("exchange-0001", &exchange),
            ("anyport", &keys),
            ("bank", &keys),
        ];
        for (name, place) in wanted {
            if !place.join(format!("{name}.pem")).exists() {
                let task = self.program("api").args(["keys", name]).arg(place);
                self.crew.must(&task, "api keys")?;
            }
        }
        // The folders of signing keys hold private keys alone.
        let _ = fs::remove_file(tokens.join("token-0001.pub.pem"));
        let _ = fs::remove_file(exchange.join("exchange-0001.pub.pem"));

        let draw = format!("{FIRST_DAY} draw-0001 {}\n", secrets::hex(32)?);
        secrets::keep(&self.key("draw.keys"), &draw).doing("draw.keys")?;
        secrets::keep(&password_file(self.folder.path()), &secrets::hex(16)?).doing("password")?;
        let clock = self.folder.path().join("clock");
        if clock.exists() { Ok(()) } else { fs::write(&clock, "0").doing(clock.display()) }
    }

    fn migrate(&mut self) -> Result<(), Stop> {
        let migrate = self.program("api").arg("migrate");
        self.crew.must(&migrate, "api migrate")?;
        let log = self.folder.log("admin")?;
        let create = self
            .program("api")
            .args(["admin", "create", ADMINISTRATOR])
            .input(&password_file(self.folder.path()))
            .log(log.clone());
        if self.crew.run(&create)?.success() {
            return Ok(());
        }
        let said = fs::read_to_string(&log).unwrap_or_default();
        if said.contains("exist") || said.contains("taken") {
            return Ok(());
        }
        Err(Stop::Failed(format!("api admin create: {}", said.trim())))
    }

    fn start(&mut self) -> Result<(), Stop> {
        for (name, port, path) in [
            ("sandbox", self.ports.sandbox, "/health/live"),
            ("api", self.ports.api, "/health/ready"),
            ("worker", self.ports.worker, "/health/live"),
        ] {
            let task = self.program(name).log(self.folder.log(name)?);
            let begun = Instant::now();
            self.crew.hire(task)?;
            self.wait(name, port, path)?;
            self.ready.push((name, begun.elapsed()));
        }
        Ok(())
    }

    fn wait(&mut self, name: &str, port: u16, path: &str) -> Result<(), Stop> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if net::get_status(port, path).is_some_and(|status| (200..300).contains(&status)) {
                return Ok(());
            }
            self.crew.tend()?;
            pause(Duration::from_millis(5))?;
        }
        let log = self.folder.path().join(format!("log/{name}.log"));
        Err(Stop::Failed(format!("{name} does not get ready; see {}", log.display())))
    }

    /// One of our programs with every setting that any of them reads.
    fn program(&self, name: &str) -> Task {
        let loopback = |port| format!("127.0.0.1:{port}");
        let bank_url = format!("http://{}", loopback(self.ports.sandbox));
        let task = Task::new(name, self.programs.join(name));
        let task = match self.manner {
            Manner::ForUse => task
                .env("ANYPORT_MODE", "test")
                .env("ANYPORT_CLOCK_FILE", self.folder.path().join("clock")),
            Manner::Measured(_) => task.env("ANYPORT_RATE_LIMIT", NO_LIMIT),
        };
        task.env("DATABASE_URL", &self.services.database_url)
            .env("REDIS_URL", &self.services.redis_url)
            .env("ANYPORT_BIND", loopback(self.ports.api))
            .env("ANYPORT_WORKER_BIND", loopback(self.ports.worker))
            .env("ANYPORT_PUBLIC_URL", self.url())
            .env("ANYPORT_TOKEN_KEYS", self.key("token"))
            .env("ANYPORT_EXCHANGE_KEYS", self.key("exchange"))
            .env("ANYPORT_BUREAU", BUREAU)
            .env("ANYPORT_DRAW_KEYS", self.key("draw.keys"))
            .env("ANYPORT_BANK_CODE", BANK)
            .env("ANYPORT_BANK_URL", bank_url)
            .env("ANYPORT_BANK_PUBLIC_KEY", self.key("bank.pub.pem"))
            .env("ANYPORT_BANK_SIGNING_KEY", self.key("anyport.pem"))
            .env("SANDBOX_BIND", loopback(self.ports.sandbox))
            .env("SANDBOX_STATE", self.folder.path().join("bank.state"))
            .env("SANDBOX_SIGNING_KEY", self.key("bank.pem"))
            .env("SANDBOX_CLIENT_PUBLIC_KEY", self.key("anyport.pub.pem"))
            .env("SANDBOX_CALLBACK_URL", format!("{}/v1/bank/callback", self.url()))
    }
}

pub fn password_file(folder: &Path) -> PathBuf {
    folder.join("admin.password")
}

/// Builds programs with a profile and tells where they are.
pub fn build(
    site: &Site,
    profile: &str,
    packages: &[&str],
    crew: &mut Crew,
) -> Result<PathBuf, Stop> {
    let programs = site.target.join(if profile == "dev" { "debug" } else { profile });
    if !programs.exists() {
        eprintln!("xtask: building; the first time this takes some minutes");
    }
    let build = site.cargo(&["build", "--profile", profile]);
    let build = packages.iter().fold(build, |build, package| build.args(["--package", package]));
    crew.must(&build, "cargo build")?;
    Ok(programs)
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
fn next_run(folder: &Path) -> Result<u64, Stop> {
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
