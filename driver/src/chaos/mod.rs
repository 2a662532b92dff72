//! Chaos: a steady load, a neighbour to speak with, faults at random from a seed, and afterwards an account of
//! everything.
mod aftermath;
mod audit;
mod exchange;
mod fault;
mod hangup;
mod load;
mod probe;
mod report;
mod strike;
mod told;
mod treasury;

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::sleep;

use exchange::{Exchange, Pair};
use fault::{Deck, Kind, Lengths};
pub(crate) use load::{Load, settle};
use report::Past;
use strike::Scene;
use told::Listeners;

use crate::{
    tally,
    town::{Neighbour, Plan, Town},
};

/// Undisturbed load before the first fault.
const CALM: Duration = Duration::from_secs(3);

/// Runs it; true if nothing was lost, doubled, stranded or stuck, and all was well again after every fault.
pub(crate) async fn run(plan: &Plan) -> anyhow::Result<bool> {
    let seed = plan.seed;
    eprintln!("chaos: building a town; seed {seed}");
    let town = Town::build(plan).await?;
    let neighbour = Neighbour::build(plan, &town).await?;
    let callers = settle(&town, seed).await?;
    let listeners = Listeners::settle(&callers).await?;
    let pair = Pair::befriend(&town, &neighbour).await?;
    let Load { pool, filing, officers } = Load::begin(&town, &callers, plan.minutes)?;
    let mut exchange = Exchange::begin(pair, &callers, seed);
    let scene = Scene { town, neighbour, callers };
    sleep(CALM).await;
    let past = strike_for(plan, &scene).await;
    let Scene { town, callers, neighbour: _neighbour } = scene;
    filing.end().await;
    exchange.hush().await;

    eprintln!("chaos: the last fault is over; who got no answer asks again");
    let repeats = aftermath::repeat(&callers).await;
    aftermath::come_to_rest(&town, &callers, &pool, &exchange.pair).await?;
    officers.end().await;
    let (pair, seen_twice) = exchange.end().await;
    let mut audit = audit::audit(&town, &pool, &callers.book).await?;
    let exchanged = pair.account(&mut audit, &seen_twice).await?;
    treasury::close_days(&mut audit, &town, &pool).await?;
    treasury::parity(&mut audit, &pool).await?;
    let heard = listeners.account(&mut audit, &town, &callers, &pool).await?;
    audit.tell();

    let mut figures = report::figures(&past, &callers.book.calls());
    report::verdict(&mut figures, &audit, &repeats);
    exchanged.add_to(&mut figures);
    heard.add_to(&mut figures);
    let sent = callers.book.sent();
    let acked = sent.iter().filter(|one| one.receipt.is_some()).count();
    let ok = audit.is_clean()
        && acked > 0
        && exchanged.is_worth_telling()
        && past.iter().all(|one| one.recovery.is_some());
    let skipped = if plan.has_disks { "" } else { "disk_full: needs root and a mount namespace" };
    for (name, value) in [
        ("sent", json!(sent.len())),
        ("acked", json!(acked)),
        ("minutes", json!(plan.minutes)),
        ("seed", json!(seed)),
        ("skipped", json!(skipped)),
        ("ok", json!(ok)),
    ] {
        figures.insert(name.to_owned(), value);
    }
    tally::report(&figures.into());
    Ok(ok)
}

/// Fault after fault, each with the time until all is well again, for as long as was asked for.
async fn strike_for(plan: &Plan, scene: &Scene) -> Vec<Past> {
    let Scene { town, callers, .. } = scene;
    let begun = Instant::now();
    let time = Duration::from_secs(60 * plan.minutes).saturating_sub(CALM);
    let lengths = Lengths::of_a_run(plan.minutes);
    let kinds = Kind::ALL.into_iter().filter(|kind| plan.has_disks || !kind.needs_a_disk());
    let mut deck = Deck::new(plan.seed, kinds.collect());
    let mut past = Vec::new();
    while begun.elapsed() < time {
        let Some(fault) = deck.draw(town.lines.len()) else { break };
        let (at, told) = (begun.elapsed().as_secs_f64(), strike::tell(town, &fault));
        eprintln!("chaos: {at:6.1} s  {told}");
        let fault_begun = Instant::now();
        if let Err(error) = strike::strike(scene, &fault, lengths).await {
            eprintln!("chaos: {at:6.1} s  {told} did not work: {error:#}");
        }
        let recovery = probe::recovered(callers, Instant::now()).await;
        match recovery {
            Some(time) => eprintln!(
                "chaos: {:6.1} s    well again after {time:.2?}",
                begun.elapsed().as_secs_f64()
            ),
            None => eprintln!("chaos: {:6.1} s    NOT WELL AGAIN", begun.elapsed().as_secs_f64()),
        }
        past.push(Past {
            kind: fault.kind,
            begun: fault_begun,
            recovery,
            well_again: Instant::now(),
        });
        sleep(deck.pause()).await;
    }
    past
}
