//! `cargo xtask bench`: a private Anyport with durable settings, and the driver that measures it.

use crate::outcome::{Outcome, Stop};
use crate::profile::{self, DEV};
use crate::site::Site;
use crate::stage::Stage;

/// What can be measured; the driver keeps the same names. `all` is every one of them but `growth`, which
/// fills the disk, and `smoke`.
const NAMES: &[&str] =
    &["accept", "clear", "latency", "partner", "webhooks", "footprint", "growth", "all", "smoke"];

pub fn run(site: &Site, _: &str, args: &[String]) -> Outcome {
    let (profile, mut args) = profile::take(args)?;
    if args.first().is_none_or(|first| first.starts_with("--")) {
        args.insert(0, "all".to_owned());
    }
    let name = args[0].as_str();
    if !NAMES.contains(&name) {
        return Err(Stop::Usage(format!("there is no bench `{name}`: {}", NAMES.join(", "))));
    }
    // A check of correctness needs no optimiser; a measurement does.
    let profile = profile.unwrap_or(if name == "smoke" { DEV } else { "release" });
    if profile != "release" && name != "smoke" {
        eprintln!("xtask: measuring programs of profile {profile}: not for publishing");
    }
    Stage::measured(site, profile)?.bench(site, &args)
}
