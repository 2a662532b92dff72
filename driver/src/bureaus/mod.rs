//! A port and two inland bureaus, each a whole Anyport: they are made partners of each other, their business is done
//! through them, and both sides' stories are told.
mod bureau;
mod cast;
mod credit;
mod databases;
mod direct;
mod exchange;
mod goods;
mod handoff;
mod lot;
mod notice;
mod partners;
mod plan;
mod swap;
mod told;

use anyhow::Context as _;
use serde_json::{Map, Value};

pub(crate) use bureau::Bureau;
pub(crate) use cast::{EXCHANGE, IMPORTER, SUZHOU, XIAOSHAN};
pub(crate) use databases::create as create_databases;
pub(crate) use goods::{flowing, let_flow};
pub(crate) use handoff::MAP as FLOW_MAP;
pub(crate) use partners::{befriend, call_at};
pub(crate) use plan::{Place, Plan, USAGE};

use crate::tally;

/// One business between bureaus, and how it ended: what is worth telling, or why it failed.
pub(crate) struct Business {
    pub(crate) name: &'static str,
    pub(crate) ended: anyhow::Result<String>,
}

/// Runs it; true if every business ended as it should.
pub(crate) async fn run(plan: &Plan) -> anyhow::Result<bool> {
    eprintln!("driver: setting up offices, officers and enterprises of each bureau");
    let mut bureaus = Vec::new();
    for place in &plan.places {
        bureaus.push(Bureau::at(place).await?);
    }
    eprintln!("driver: checking keys and agreeing on memoranda");
    befriend(&bureaus).await?;

    let business = all(&bureaus, plan.run).await?;
    let ok = business.iter().all(|one| one.ended.is_ok());
    let mut report = Map::new();
    report.insert("run".to_owned(), plan.run.into());
    for Business { name, ended } in business {
        report.insert(name.to_owned(), ended.is_ok().into());
        match ended {
            Ok(words) => println!("\n{name}: {words}"),
            Err(error) => println!("\n{name} FAILED: {error:#}"),
        }
    }
    report.insert("bureaus".to_owned(), bureaus.len().into());
    report.insert("ok".to_owned(), ok.into());
    tally::report(&Value::from(report));
    Ok(ok)
}

/// Each business, one after the other; one that fails does not keep the next from being tried.
async fn all(bureaus: &[Bureau], run: u64) -> anyhow::Result<Vec<Business>> {
    let at = |code: &str| {
        let found = bureaus.iter().find(|bureau| bureau.code == code);
        found.with_context(|| format!("no bureau {code}"))
    };
    let (port, zhejiang, jiangsu) = (at(cast::PORT)?, at(cast::ZHEJIANG)?, at(cast::JIANGSU)?);
    let exchange = exchange::run(bureaus).await;
    let swap = swap::run(port, zhejiang, run).await;
    // The finding is about the goods that were swapped, or about a transfer that nobody knows.
    let transfer = swap.as_ref().map_or("330900214000001T", String::as_str);
    let notice = notice::run(port, zhejiang, transfer).await;
    let handoff = handoff::run(port, zhejiang, run).await;
    let credit = credit::run(port, zhejiang).await;
    let direct = direct::run(port, jiangsu, run).await;
    Ok([
        ("exchange", exchange),
        ("swap", swap),
        ("notice", notice),
        ("handoff", handoff),
        ("credit", credit),
        ("direct", direct),
    ]
    .map(|(name, ended)| Business { name, ended })
    .into())
}
