//! Commands for which the driver owns a whole Anyport, because it kills the parts: xtask brings the programs and
//! a folder, and sees to it that nothing outlives it.

use std::process::{Command, Stdio};

use crate::crew::Crew;
use crate::folder::Folder;
use crate::leash::Task;
use crate::outcome::{Outcome, Stop};
use crate::profile::{self, DEV, QUICK};
use crate::services::{self, Tools};
use crate::site::{Site, is_root, program};
use crate::stage;

pub fn run(site: &Site, name: &str, args: &[String]) -> Outcome {
    let (profile, wishes) = wishes(name, args)?;
    let folder = Folder::temporary(site)?;
    let mut crew = Crew::default();
    let tools = services::tools(site, &mut crew)?;
    let programs = stage::build(site, profile, &["api", "worker", "sandbox", "driver"], &mut crew)?;
    let driver = programs.join("driver");
    let has_disks = can_mount();
    let task = if has_disks {
        // Mounts are seen in there only, and are gone with the last process.
        Task::new("driver", "unshare")
            .args(["--mount", "--propagation", "private", "--"])
            .arg(driver)
    } else {
        Task::new("driver", driver)
    };
    let Tools { postgres, redis, user } = tools;
    let mut task = task.arg(name).arg("--programs").arg(programs);
    task = task.arg("--postgres").arg(postgres).arg("--redis").arg(redis);
    task = task.arg("--folder").arg(folder.path()).rubbish(vec![folder.path().to_path_buf()]);
    if let Some(user) = user {
        task = task.arg("--user").arg(user);
    }
    if has_disks {
        task = task.args(["--disks", "yes"]);
    }
    stage::narrate(&task.args(wishes), &mut crew)
}

/// `smoke`, `--minutes N`, `--seed S`, `--profile P`.
fn wishes(name: &str, args: &[String]) -> Result<(&'static str, Vec<String>), Stop> {
    let (profile, args) = profile::take(args)?;
    // A check of the account needs no optimiser; times of recovery do.
    if args.iter().map(String::as_str).eq(["smoke"]) {
        return Ok((profile.unwrap_or(DEV), ["--minutes", "1"].map(String::from).to_vec()));
    }
    let (pairs, rest) = args.as_chunks::<2>();
    for [flag, value] in pairs {
        if !matches!(flag.as_str(), "--minutes" | "--seed") {
            return Err(Stop::Usage(format!("`{name}` does not know `{flag}`")));
        }
        if value.parse::<u32>().is_err() {
            return Err(Stop::Usage(format!("{flag} wants a number, not {value}")));
        }
    }
    match rest.first() {
        None => Ok((profile.unwrap_or(QUICK), args)),
        Some(word) => Err(Stop::Usage(format!("`{name}` does not know what to do with `{word}`"))),
    }
}

/// Whether small disks can be mounted where nobody else sees them: as root, and not in every container.
fn can_mount() -> bool {
    let mut trial = Command::new("unshare");
    trial.args([
        "--mount",
        "--propagation",
        "private",
        "--",
        "mount",
        "-t",
        "tmpfs",
        "tmpfs",
        "/mnt",
    ]);
    let silent = trial.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    is_root() && program("unshare").is_some() && silent.status().is_ok_and(|ended| ended.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn understood(line: &str) -> Result<(&'static str, Vec<String>), Stop> {
        wishes("chaos", &line.split_whitespace().map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn arguments_are_understood_or_refused() {
        assert_eq!(understood("smoke").unwrap(), ("dev", vec!["--minutes".into(), "1".into()]));
        let (profile, wishes) = understood("--seed 7 --minutes 5").unwrap();
        assert_eq!((profile, wishes.len()), ("quick", 4));
        assert_eq!(understood("--minutes 3 --profile dev").unwrap().0, "dev");
        assert!(matches!(understood("--minutes long"), Err(Stop::Usage(_))));
        assert!(matches!(understood("--seed"), Err(Stop::Usage(_))));
        assert!(matches!(understood("--folder /"), Err(Stop::Usage(_))));
        assert!(matches!(understood("--profile fast"), Err(Stop::Usage(_))));
    }
}
