//! `cargo xtask`: brings the parts, starts Anyport, tests it and checks it. Standard library only.
//!
//! Every command writes its logs to stderr and one flat JSON object as the last line of stdout
//! (`test` ends with the test runner's own summary instead). Exit codes: 0 it holds, 1 it does not,
//! 2 wrong use, 3 impossible here.

#![expect(unreachable_pub, reason = "one program: `pub` means to its other modules")]

mod anyport;
mod bench;
mod bureaus;
mod check;
mod compose;
mod conformance;
mod contract;
mod crew;
mod drift;
mod driver;
mod folder;
mod guard;
mod integrate;
mod layers;
mod leash;
mod ledger;
mod lint;
mod net;
mod netspace;
mod npm;
mod outcome;
mod partition;
mod prepare;
mod profile;
mod secrets;
mod services;
mod site;
mod stage;
mod test;
mod town;
mod up;
mod year;

use std::process::ExitCode;

use outcome::{Outcome, Stop};
use site::Site;

/// One command. A new one is a line in [`COMMANDS`].
struct Command {
    name: &'static str,
    usage: &'static str,
    about: &'static str,
    run: fn(&Site, &str, &[String]) -> Outcome,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "up",
        usage: "[--once] [--port N] [--bureaus 3] [--profile P]",
        about: "bring everything, file the first consignments, serve until Ctrl-C",
        run: up::run,
    },
    Command {
        name: "test",
        usage: "[runner's arguments]",
        about: "every test, on private throw-away services",
        run: test::run,
    },
    Command {
        name: "check",
        usage: "[--no-test]",
        about: "format, lints, layers, drift, specification, licences, tests",
        run: check::run,
    },
    Command {
        name: "services",
        usage: "",
        about: "PostgreSQL and Redis alone, until Ctrl-C",
        run: services::run,
    },
    Command {
        name: "sqlx",
        usage: "[--check]",
        about: "prepare .sqlx from the migrations and the checked queries",
        run: prepare::run,
    },
    Command {
        name: "openapi",
        usage: "[--check]",
        about: "write openapi/openapi.json from the code",
        run: contract::openapi,
    },
    Command {
        name: "lifecycle",
        usage: "[--check]",
        about: "draw the state diagrams of docs/lifecycle from the code",
        run: contract::lifecycle,
    },
    Command {
        name: "audit-ledger",
        usage: "",
        about: "prove the books: every account against notices, payments and the bank's words",
        run: ledger::run,
    },
    Command {
        name: "layers",
        usage: "",
        about: "who may import whom, who may read the environment",
        run: layers::run,
    },
    Command {
        name: "bench",
        usage: "[NAME] [--profile P] [figures]",
        about: "measure against the limits: accept, clear, latency, partner, footprint, all; growth; smoke",
        run: bench::run,
    },
    Command {
        name: "pressure",
        usage: "[--url U]",
        about: "floods, trickles, guesses, contention: who is served, and how fast",
        run: driver::run,
    },
    Command {
        name: "replay",
        usage: "FILE [--url U]",
        about: "file the consignments of a JSONL file and tell what became of each",
        run: driver::run,
    },
    Command {
        name: "replay-2014",
        usage: "[--sample PERCENT] [--profile P]",
        about: "a year of batches, paid online and at windows, each day compared with the bank and closed",
        run: year::run,
    },
    Command {
        name: "conformance",
        usage: "[--against URL --as FILE]",
        about: "the exchange protocol's cases against a private Anyport, or any implementation",
        run: conformance::run,
    },
    Command {
        name: "integrate",
        usage: "[smoke] [--minutes N] [--profile P]",
        about: "generated clients, Postman collection, made-up requests and linters against a private Anyport",
        run: integrate::run,
    },
    Command {
        name: "chaos",
        usage: "[smoke] [--minutes N] [--seed S] [--profile P]",
        about: "load, faults at random, and an account of everything afterwards",
        run: town::run,
    },
    Command {
        name: "partition",
        usage: "[--cuts N] [--seed S]",
        about: "three bureaus whose links are cut while they do business; root only",
        run: partition::run,
    },
    Command {
        name: "soak",
        usage: "[--minutes N]",
        about: "the same load without faults: what grows that should not",
        run: town::run,
    },
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = args.split_first() else {
        help();
        return ExitCode::from(2);
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        help();
        return ExitCode::SUCCESS;
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        help();
        return outcome::report(Err(Stop::Usage(format!("there is no command `{name}`"))));
    };
    outcome::report(guarded(command, rest))
}

fn guarded(command: &Command, args: &[String]) -> Outcome {
    let site = Site::find()?;
    guard::stand(&site)?;
    (command.run)(&site, command.name, args)
}

fn help() {
    eprintln!("cargo xtask COMMAND\n");
    for Command { name, usage, about, .. } in COMMANDS {
        eprintln!("  {:<28} {about}", format!("{name} {usage}"));
    }
    eprintln!(
        "\nLogs go to stderr; the last line of stdout is one JSON object. \
         Exit 0: it holds, 1: it does not, 2: wrong use, 3: impossible here."
    );
}
