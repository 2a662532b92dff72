//! What speaks HTTP for `xtask`: it files consignments with a running Anyport, plays officers and enterprises,
//! tells what happened, and measures. It knows Anyport from outside only, by its contract; benches count in the
//! database too, and never act there.
//!
//! Words for people who run it go to stderr; the story goes to stdout, and its last line is one flat JSON object.
//! Exit codes: 0 it holds, 1 it does not, 2 wrong use, 3 impossible here.
mod api;
mod args;
mod bench;
mod bureaus;
mod chaos;
mod client;
mod conformance;
mod demo;
mod hooks;
mod imports;
mod integrate;
mod keys;
mod ledgers;
mod mapping;
mod officer;
mod partition;
mod pressure;
mod protocol;
mod replay;
mod session;
mod soak;
mod tally;
mod town;
mod traffic;
mod wire;
mod world;
mod year;

use std::process::ExitCode;

use anyhow::Context as _;
use args::{Args, Job};
use client::Server;
use keys::Keys;
use serde_json::json;
use tokio::runtime::Builder;
use town::Plan;

#[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn main() -> ExitCode {
    // A bench loads from one thread: where that is busy all the time, everybody can see who was the limit.
    let is_bench = std::env::args().nth(1).is_some_and(|word| word == "bench");
    let mut runtime =
        if is_bench { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    match runtime.enable_all().build() {
        Ok(runtime) => runtime.block_on(obey()),
        Err(error) => ended(Err(error.into())),
    }
}

async fn obey() -> ExitCode {
    let mut words = std::env::args().skip(1);
    match words.next().as_deref() {
        Some(name @ ("chaos" | "soak")) => return in_a_town(name, words).await,
        Some("bureaus") => {
            return with(bureaus::Plan::parse(words), bureaus::USAGE, bureaus::run).await;
        }
        Some("partition") => {
            let plan = partition::Plan::parse(words);
            return with(plan, partition::USAGE, partition::run).await;
        }
        Some("conformance") => {
            let plan = conformance::Plan::parse(words);
            return with(plan, conformance::USAGE, conformance::run).await;
        }
        Some("databases") => return ended(databases(&words.collect::<Vec<_>>()).await),
        _ => {}
    }
    let args = match args::parse(std::env::args().skip(1)) {
        Ok(args) => args,
        Err(why) => {
            eprintln!("driver: {why}\n{}", args::USAGE);
            return ExitCode::from(2);
        }
    };
    ended(run(&args).await)
}

/// What owns the whole Anyport that it speaks to.
async fn in_a_town(name: &str, words: impl Iterator<Item = String>) -> ExitCode {
    match Plan::parse(words) {
        Ok(plan) if name == "soak" => ended(soak::run(&plan).await),
        Ok(plan) => ended(chaos::run(&plan).await),
        Err(why) => {
            eprintln!("driver: {why}\n{}", town::USAGE);
            ExitCode::from(2)
        }
    }
}

/// Does what the command line asks for, or explains what is wrong with it.
async fn with<P>(
    plan: Result<P, String>,
    usage: &str,
    run: impl AsyncFnOnce(&P) -> anyhow::Result<bool>,
) -> ExitCode {
    match plan {
        Ok(plan) => ended(run(&plan).await),
        Err(why) => {
            eprintln!("driver: {why}\n{usage}");
            ExitCode::from(2)
        }
    }
}

/// Makes databases, of these names, on the server of `DATABASE_URL`.
async fn databases(names: &[String]) -> anyhow::Result<bool> {
    let server = env("DATABASE_URL").context("DATABASE_URL is not set")?;
    bureaus::create_databases(&server, names).await?;
    Ok(true)
}

fn ended(outcome: anyhow::Result<bool>) -> ExitCode {
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) if error.is::<bench::Impossible>() => {
            eprintln!("driver: {error}");
            tally::report(&json!({ "skipped": error.to_string() }));
            ExitCode::from(3)
        }
        Err(error) => {
            eprintln!("driver: {error:#}");
            tally::report(&json!({ "ok": false, "error": format!("{error:#}") }));
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &Args) -> anyhow::Result<bool> {
    let server = Server::at(&args.url)?;
    let keys = Keys::open(&args.keys_dir)?;
    let password_file = &args.admin_password_file;
    match &args.job {
        Job::Bench(plan) => {
            let database = env("DATABASE_URL").context("DATABASE_URL is not set")?;
            bench::run(&server, password_file, keys, (args.run, plan), &database).await
        }
        Job::Integrate(plan) => integrate::run(&server, password_file, keys, args.run, plan).await,
        Job::Demo => demo::run(&server, password_file, keys, args.run).await,
        Job::Pressure => pressure::run(&server, password_file, keys, args.run).await,
        Job::Replay { file, profile } => {
            let input = (file.as_path(), profile.as_deref());
            replay::run(&server, password_file, keys, args.run, input).await
        }
        Job::Year(plan) => year::run(&server, password_file, keys, args.run, plan).await,
    }
}
