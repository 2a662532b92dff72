//! The conformance kit: the protocol's cases, brought to any implementation, and a word about each.
//!
//! It plays a bureau that cannot be called, which the implementation under test has entered as a partner with its key.
//! Whatever it sends is harmless: messages about conversations that there never were.
mod cases;
mod kit;
mod plan;
mod register;

use serde_json::json;

pub(crate) use plan::{Plan, USAGE};
pub(crate) use register::introduce;

use crate::tally;
use cases::CASES;
use kit::Kit;

/// One case: what the page says, and how to find out.
pub(crate) struct Case {
    pub(crate) id: &'static str,
    /// The section of `docs/exchange-protocol.md`.
    pub(crate) section: u8,
    pub(crate) says: &'static str,
    pub(crate) run: for<'a> fn(&'a Kit) -> cases::Trial<'a>,
}

/// Runs it; true if the implementation passes every case.
pub(crate) async fn run(plan: &Plan) -> anyhow::Result<bool> {
    let kit = match plan {
        Plan::New { file, bureau } => {
            register::make_keys(file, bureau)?;
            return Ok(true);
        }
        Plan::Against { url, file } => Kit::open(url, register::read_keys(file)?).await?,
        Plan::Private { url, password_file } => {
            Kit::open(url, register::register(url, password_file).await?).await?
        }
    };
    let (mut failed, mut section) = (Vec::new(), 0);
    for case in CASES {
        if case.section != section {
            section = case.section;
            println!("\nSection {section}");
        }
        let seen = (case.run)(&kit).await;
        let (mark, words) = match &seen {
            Ok(words) => ("ok  ", words.clone()),
            Err(error) => ("FAIL", format!("{error:#}")),
        };
        println!("  {mark} {:<24} {}\n       seen: {words}", case.id, case.says);
        if seen.is_err() {
            failed.push(case.id);
        }
    }
    let ok = failed.is_empty();
    tally::report(&json!({
        "protocol": "bureau-exchange/1", "against": kit.door.base(), "bureau": kit.receiver,
        "cases": CASES.len(), "passed": CASES.len() - failed.len(), "failed": failed.join(" "), "ok": ok,
    }));
    Ok(ok)
}
