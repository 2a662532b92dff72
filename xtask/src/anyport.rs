//! One Anyport among the services: its keys, schema, first administrator, sandbox bank, api and worker.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::crew::{Crew, pause};
use crate::leash::Task;
use crate::net;
use crate::outcome::{Doing, Stop};
use crate::secrets;
use crate::site::private_folder;

const PATIENCE: Duration = Duration::from_mins(1);
const ADMINISTRATOR: &str = "admin";
/// The code under which the sandbox bank is known.
const BANK: &str = "SANDBOX";
/// The first day of the seeded reference data; draw keys must reach as far back.
const FIRST_DAY: &str = "2004-04-01";
/// Whatever a caller may ask for in a second, where the load is a benchmark's.
const NO_LIMIT: &str = "1000000";
/// What was freed goes back to the machine, as in the image: the allocator keeps a quarter of the memory otherwise.
pub const FRUGAL: [(&str, &str); 3] = [
    ("MALLOC_ARENA_MAX", "1"),
    ("MALLOC_MMAP_THRESHOLD_", "262144"),
    ("MALLOC_TRIM_THRESHOLD_", "262144"),
];

/// What one bureau runs, and where everything of it is.
pub struct Anyport {
    /// Who it is to other bureaus.
    pub bureau: &'static str,
    /// Its data, keys and logs.
    pub place: PathBuf,
    /// The clock that its programs share, in test mode.
    pub clock: PathBuf,
    pub programs: PathBuf,
    pub seat: Seat,
    pub manner: Manner,
    pub database_url: String,
    pub redis_url: String,
}

/// How the programs are built and run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Built with this profile, in test mode: the clock can be moved.
    ForUse(&'static str),
    /// Built with this profile, on the machine's clock as in production; nobody is limited.
    Measured(&'static str),
}

impl Manner {
    pub const fn profile(self) -> &'static str {
        match self {
            Self::ForUse(profile) | Self::Measured(profile) => profile,
        }
    }
}

/// Where the programs run and listen.
#[derive(Clone, Copy)]
pub struct Seat {
    pub address: Ipv4Addr,
    pub ports: Ports,
    /// The network namespace they run in, where it is not ours.
    pub space: Option<&'static str>,
}

impl Seat {
    /// On the loopback address.
    pub const fn here(ports: Ports) -> Self {
        Self { address: Ipv4Addr::LOCALHOST, ports, space: None }
    }

    const fn at(&self, port: u16) -> SocketAddrV4 {
        SocketAddrV4::new(self.address, port)
    }

    /// The task that runs a program there.
    fn task(&self, name: &str, program: &Path) -> Task {
        match self.space {
            None => Task::new(name, program),
            Some(space) => Task::new(name, "ip").args(["netns", "exec", space]).arg(program),
        }
    }
}

/// On which ports they listen.
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

    /// Those of the bureau that stands so many places after the first one.
    pub fn beside(first: u16, place: u16) -> Result<Self, Stop> {
        let api = first.checked_add(100 * place).filter(|port| *port < u16::MAX - 10);
        let api =
            api.ok_or_else(|| Stop::Usage("--port leaves no room for three bureaus".into()))?;
        let near = |step| net::port_near(api + step);
        Ok(Self { api: near(0)?, worker: near(1)?, sandbox: near(10)? })
    }

    pub fn free() -> Result<Self, Stop> {
        Ok(Self { api: net::free_port()?, worker: net::free_port()?, sandbox: net::free_port()? })
    }
}

impl Anyport {
    pub fn url(&self) -> String {
        format!("http://{}", self.seat.at(self.seat.ports.api))
    }

    pub fn bank_url(&self) -> String {
        format!("http://{}", self.seat.at(self.seat.ports.sandbox))
    }

    /// Makes what is missing of keys and schema, and starts the programs. Returns how long each took from its start
    /// to its first good answer.
    pub fn raise(&self, crew: &mut Crew) -> Result<Vec<(&'static str, Duration)>, Stop> {
        self.make_keys(crew)?;
        self.migrate(crew)?;
        self.start(crew)
    }

    /// A folder inside that only its owner can read.
    fn inner(&self, name: &str) -> Result<PathBuf, Stop> {
        let path = self.place.join(name);
        private_folder(&path, 0o700).doing(path.display())?;
        Ok(path)
    }

    /// The log of one program, empty at the start of a run.
    fn log(&self, name: &str) -> Result<PathBuf, Stop> {
        let file = self.inner("log")?.join(format!("{name}.log"));
        File::create(&file).doing(file.display())?;
        Ok(file)
    }

    fn key(&self, name: &str) -> PathBuf {
        self.place.join("keys").join(name)
    }

    /// Makes what is missing: token key, exchange key, webhook key, both sides' bank keys, draw key, administrator's password.
    fn make_keys(&self, crew: &mut Crew) -> Result<(), Stop> {
        let keys = self.inner("keys")?;
        let tokens = self.inner("keys/token")?;
        let exchange = self.inner("keys/exchange")?;
        let webhook = self.inner("keys/webhook")?;
        let wanted = [
            ("token-0001", &tokens),
            ("exchange-0001", &exchange),
            ("webhook-0001", &webhook),
            ("anyport", &keys),
            ("bank", &keys),
        ];
        for (name, place) in wanted {
            if !place.join(format!("{name}.pem")).exists() {
                let task = self.program("api").args(["keys", name]).arg(place);
                crew.must(&task, "api keys")?;
            }
        }
        // The folders of signing keys hold private keys alone.
        let _ = fs::remove_file(tokens.join("token-0001.pub.pem"));
        let _ = fs::remove_file(exchange.join("exchange-0001.pub.pem"));

        let draw = format!("{FIRST_DAY} draw-0001 {}\n", secrets::hex(32)?);
        secrets::keep(&self.key("draw.keys"), &draw).doing("draw.keys")?;
        secrets::keep(&password_file(&self.place), &secrets::hex(16)?).doing("password")?;
        let clock = &self.clock;
        if clock.exists() { Ok(()) } else { fs::write(clock, "0").doing(clock.display()) }
    }

    fn migrate(&self, crew: &mut Crew) -> Result<(), Stop> {
        let migrate = self.program("api").arg("migrate");
        crew.must(&migrate, "api migrate")?;
        let log = self.log("admin")?;
        let create = self
            .program("api")
            .args(["admin", "create", ADMINISTRATOR])
            .input(&password_file(&self.place))
            .log(log.clone());
        if crew.run(&create)?.success() {
            return Ok(());
        }
        let said = fs::read_to_string(&log).unwrap_or_default();
        if said.contains("exist") || said.contains("taken") {
            return Ok(());
        }
        Err(Stop::Failed(format!("api admin create: {}", said.trim())))
    }

    fn start(&self, crew: &mut Crew) -> Result<Vec<(&'static str, Duration)>, Stop> {
        let mut ready = Vec::new();
        let ports = self.seat.ports;
        for (name, port, path) in [
            ("sandbox", ports.sandbox, "/health/live"),
            ("api", ports.api, "/health/ready"),
            ("worker", ports.worker, "/health/live"),
        ] {
            let task = self.program(name).log(self.log(name)?);
            let begun = Instant::now();
            crew.hire(task)?;
            self.wait((name, port, path), crew)?;
            ready.push((name, begun.elapsed()));
        }
        Ok(ready)
    }

    fn wait(&self, (name, port, path): (&str, u16, &str), crew: &mut Crew) -> Result<(), Stop> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if net::get_status(self.seat.at(port), path)
                .is_some_and(|status| (200..300).contains(&status))
            {
                return Ok(());
            }
            crew.tend()?;
            pause(Duration::from_millis(5))?;
        }
        let log = self.place.join(format!("log/{name}.log"));
        Err(Stop::Failed(format!("{name} does not get ready; see {}", log.display())))
    }

    /// One of our programs with every setting that any of them reads.
    fn program(&self, name: &str) -> Task {
        let (seat, ports) = (self.seat, self.seat.ports);
        let at = |port| seat.at(port).to_string();
        let task = seat.task(name, &self.programs.join(name));
        let task = match self.manner {
            Manner::ForUse(_) => {
                task.env("ANYPORT_MODE", "test").env("ANYPORT_CLOCK_FILE", &self.clock)
            }
            Manner::Measured(_) => task.env("ANYPORT_RATE_LIMIT", NO_LIMIT),
        };
        let task = FRUGAL.iter().fold(task, |task, (name, value)| task.env(name, value));
        task.env("DATABASE_URL", &self.database_url)
            .env("REDIS_URL", &self.redis_url)
            .env("ANYPORT_BIND", at(ports.api))
            .env("ANYPORT_WORKER_BIND", at(ports.worker))
            .env("ANYPORT_PUBLIC_URL", self.url())
            .env("ANYPORT_TOKEN_KEYS", self.key("token"))
            .env("ANYPORT_EXCHANGE_KEYS", self.key("exchange"))
            .env("ANYPORT_WEBHOOK_KEYS", self.key("webhook"))
            .env("ANYPORT_WEBHOOK_PRIVATE_ADDRESSES", "allow")
            .env("ANYPORT_BUREAU", self.bureau)
            .env("ANYPORT_DRAW_KEYS", self.key("draw.keys"))
            .env("ANYPORT_BANK_CODE", BANK)
            .env("ANYPORT_BANK_URL", self.bank_url())
            .env("ANYPORT_BANK_PUBLIC_KEY", self.key("bank.pub.pem"))
            .env("ANYPORT_BANK_SIGNING_KEY", self.key("anyport.pem"))
            .env("SANDBOX_BIND", at(ports.sandbox))
            .env("SANDBOX_STATE", self.place.join("bank.state"))
            .env("SANDBOX_SIGNING_KEY", self.key("bank.pem"))
            .env("SANDBOX_CLIENT_PUBLIC_KEY", self.key("anyport.pub.pem"))
            .env("SANDBOX_CALLBACK_URL", format!("{}/v1/bank/callback", self.url()))
    }
}

pub fn password_file(folder: &Path) -> PathBuf {
    folder.join("admin.password")
}
