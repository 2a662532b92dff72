//! `cargo xtask test`: every test, on services of its own. The runner has the last word.

use std::ffi::OsStr;
use std::process::ExitStatus;

use crate::crew::Crew;
use crate::folder::Folder;
use crate::leash::Task;
use crate::outcome::{Outcome, Stop, Verdict};
use crate::services::{self, Durability, Services};
use crate::site::{Site, output_of, setting};

pub fn run(site: &Site, _: &str, args: &[String]) -> Outcome {
    let folder = Folder::temporary(site)?;
    let mut crew = Crew::default();
    let services = start(site, &folder, &mut crew)?;

    // Some tests start the real programs and kill them.
    let programs = site
        .cargo(&["build", "--quiet", "-p", "api", "-p", "worker", "-p", "sandbox", "-p", "driver"]);
    crew.must(&programs, "cargo build")?;
    let path = services::search_path(site)?;
    let status = crew.run(&runner(site, args, &services, &path))?;
    Ok(Verdict::Passes(code(status)))
}

/// Private services; only where none can be had, the given ones.
fn start(site: &Site, folder: &Folder, crew: &mut Crew) -> Result<Services, Stop> {
    match services::private(site, folder, Durability::Careless, crew) {
        Err(Stop::Impossible(reason)) => match (setting("DATABASE_URL"), setting("REDIS_URL")) {
            (Some(database_url), Some(redis_url)) => {
                eprintln!(
                    "xtask: {reason}\nxtask: testing on the given DATABASE_URL and REDIS_URL"
                );
                Ok(Services { database_url, redis_url })
            }
            _ => Err(Stop::Impossible(reason)),
        },
        started => started,
    }
}

fn runner(site: &Site, args: &[String], services: &Services, path: &OsStr) -> Task {
    let nextest = output_of("cargo", &["nextest", "--version"]).is_some();
    let runner: &[&str] = if nextest { &["nextest", "run"] } else { &["test"] };
    let chosen = args.iter().any(|arg| arg == "-p" || arg.starts_with("--package"));
    site.cargo(runner)
        .args((!chosen).then_some("--workspace"))
        .args(args)
        .env("DATABASE_URL", &services.database_url)
        .env("REDIS_URL", &services.redis_url)
        .env("SQLX_OFFLINE", "true")
        .env("PATH", path)
        .env("ANYPORT_PROGRAMS", site.target.join("debug"))
        .shared()
}

fn code(status: ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
