//! `cargo xtask bench`: a private Anyport with durable settings, and the driver that measures it.

use crate::outcome::{Outcome, Stop};
use crate::site::Site;
use crate::stage::Stage;

/// What can be measured; the driver keeps the same names. `all` is every one of them but `growth`, which
/// fills the disk, and `smoke`.
const NAMES: &[&str] =
    &["accept", "clear", "latency", "partner", "footprint", "growth", "all", "smoke"];
const PROFILES: [&str; 3] = ["release", "quick", "dev"];

pub fn run(site: &Site, _: &str, args: &[String]) -> Outcome {
    let (profile, mut args) = profile(args)?;
    if args.first().is_none_or(|first| first.starts_with("--")) {
        args.insert(0, "all".to_owned());
    }
    let name = args[0].as_str();
    if !NAMES.contains(&name) {
        return Err(Stop::Usage(format!("there is no bench `{name}`: {}", NAMES.join(", "))));
    }
    // A check of correctness needs no optimiser; a measurement does.
    let profile = profile.unwrap_or(if name == "smoke" { "dev" } else { "release" });
    if profile != "release" && name != "smoke" {
        eprintln!("xtask: measuring programs of profile {profile}: not for publishing");
    }
    Stage::measured(site, profile)?.bench(site, &args)
}

/// The profile asked for, and the other arguments.
fn profile(args: &[String]) -> Result<(Option<&'static str>, Vec<String>), Stop> {
    let mut rest = args.to_vec();
    let Some(at) = rest.iter().position(|arg| arg == "--profile") else { return Ok((None, rest)) };
    let wanted = rest.get(at + 1).map(String::as_str).unwrap_or_default();
    let known = PROFILES.into_iter().find(|profile| *profile == wanted);
    let known = known
        .ok_or_else(|| Stop::Usage(format!("--profile wants one of {}", PROFILES.join(", "))))?;
    rest.drain(at..=at + 1);
    Ok((Some(known), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(line: &str) -> Result<(Option<&'static str>, Vec<String>), Stop> {
        profile(&line.split_whitespace().map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn the_profile_is_taken_out_wherever_it_stands() {
        assert_eq!(split("accept --seconds 2").unwrap().0, None);
        let (profile, rest) = split("clear --profile quick --report").unwrap();
        assert_eq!((profile, rest.join(" ").as_str()), (Some("quick"), "clear --report"));
        assert!(matches!(split("clear --profile fast"), Err(Stop::Usage(_))));
        assert!(matches!(split("clear --profile"), Err(Stop::Usage(_))));
    }
}
