//! `cargo xtask check`: everything that a change must pass.

use std::time::Instant;

use crate::crew::Crew;
use crate::outcome::{Object, Outcome, Stop, Verdict};
use crate::site::{Site, output_of, setting};
use crate::{compose, contract, layers, lint, prepare, test};

/// Whether the check may be left out where its tool is missing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Always,
    WhereItCan,
}

struct Step {
    name: &'static str,
    need: Need,
    run: fn(&Site) -> Outcome,
}

const STEPS: &[Step] = &[
    Step { name: "format", need: Need::Always, run: format },
    Step { name: "layers", need: Need::Always, run: |site| layers::run(site, "layers", &[]) },
    Step { name: "clippy", need: Need::Always, run: clippy },
    Step { name: "sqlx", need: Need::Always, run: |site| prepare::run(site, "sqlx", &check()) },
    Step {
        name: "openapi",
        need: Need::Always,
        run: |site| contract::openapi(site, "openapi", &check()),
    },
    Step {
        name: "lifecycle",
        need: Need::Always,
        run: |site| contract::lifecycle(site, "lifecycle", &check()),
    },
    Step { name: "specification", need: Need::WhereItCan, run: lint::run },
    Step { name: "compose", need: Need::WhereItCan, run: compose::run },
    Step { name: "licences", need: Need::WhereItCan, run: licences },
    Step { name: "test", need: Need::Always, run: |site| test::run(site, "test", &[]) },
];

pub fn run(site: &Site, name: &str, args: &[String]) -> Outcome {
    let with_tests = match args {
        [] => true,
        [flag] if flag == "--no-test" => false,
        _ => return Err(Stop::Usage(format!("`{name}` takes only --no-test"))),
    };
    let started = Instant::now();
    let mut tally = Tally::default();
    for step in STEPS.iter().filter(|step| with_tests || step.name != "test") {
        let since = Instant::now();
        let outcome = (step.run)(site);
        if matches!(outcome, Err(Stop::Interrupted)) {
            return outcome;
        }
        let word = tally.note(step, outcome);
        eprintln!("check: {:<14} {:>6.1} s  {word}", step.name, since.elapsed().as_secs_f64());
    }
    for failure in &tally.failures {
        eprintln!("check: failed: {failure}");
    }
    tally.verdict(started.elapsed().as_secs())
}

#[derive(Default)]
struct Tally {
    passed: u64,
    skipped: u64,
    failures: Vec<String>,
    impossible: Option<String>,
}

impl Tally {
    fn note(&mut self, step: &Step, outcome: Outcome) -> String {
        match outcome {
            Ok(Verdict::Says { holds: true, .. } | Verdict::Passes(0)) => {
                self.passed += 1;
                "ok".into()
            }
            Err(Stop::Impossible(reason)) => {
                self.skipped += 1;
                if step.need == Need::Always {
                    self.impossible.get_or_insert_with(|| format!("{}: {reason}", step.name));
                }
                format!("SKIPPED: {reason}")
            }
            Ok(_) => self.fail(step.name.into()),
            Err(Stop::Failed(reason) | Stop::Usage(reason)) => {
                self.fail(format!("{}: {reason}", step.name))
            }
            Err(Stop::Interrupted) => self.fail(format!("{}: interrupted", step.name)),
        }
    }

    fn fail(&mut self, failure: String) -> String {
        self.failures.push(failure);
        "FAILED".into()
    }

    fn verdict(self, seconds: u64) -> Outcome {
        if let (Some(reason), true) = (self.impossible, self.failures.is_empty()) {
            return Err(Stop::Impossible(reason));
        }
        let holds = self.failures.is_empty();
        let line = Object::new()
            .bool("ok", holds)
            .number("passed", self.passed)
            .number("skipped", self.skipped)
            .number("failed", self.failures.len() as u64)
            .text("failures", &self.failures.join("; "))
            .number("seconds", seconds);
        Ok(Verdict::Says { holds, line: line.to_string() })
    }
}

fn check() -> Vec<String> {
    vec!["--check".into()]
}

fn format(site: &Site) -> Outcome {
    cargo(site, &["fmt", "--all", "--check"])
}

fn clippy(site: &Site) -> Outcome {
    cargo(site, &["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"])
}

/// Licences, bans and sources need no network; advisories only run on a database at hand.
fn licences(site: &Site) -> Outcome {
    if output_of("cargo", &["deny", "--version"]).is_none() {
        return Err(Stop::Impossible("cargo-deny is not installed".into()));
    }
    let mut args = vec!["deny", "--offline", "check", "licenses", "bans", "sources"];
    if has_advisories() {
        args.extend(["advisories", "--disable-fetch"]);
    } else {
        eprintln!("check: no advisory database at hand, advisories are not looked up");
    }
    cargo(site, &args)
}

fn has_advisories() -> bool {
    let home = setting("CARGO_HOME").or_else(|| Some(format!("{}/.cargo", setting("HOME")?)));
    home.is_some_and(|home| std::path::Path::new(&home).join("advisory-dbs").is_dir())
}

fn cargo(site: &Site, args: &[&str]) -> Outcome {
    let status = Crew::default().run(&site.cargo(args))?;
    let line = Object::new().bool("ok", status.success()).to_string();
    Ok(Verdict::Says { holds: status.success(), line })
}
