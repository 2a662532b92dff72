//! Three bureaus on three networks, whose links are cut and healed while they hand cases to each other; afterwards an
//! account of every message and every case.
mod business;
mod cast;
mod cut;
mod plan;
mod report;
mod wall;

use std::{sync::Arc, time::Duration};

use serde_json::{Map, Value, json};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

pub(crate) use plan::{Plan, USAGE};

use business::{Business, Scene};
use cut::{Cut, Manner, Way};
use report::Account;
use wall::{Fate, Wall};

use crate::{
    bureaus::{Bureau, befriend},
    ledgers::Ledger,
    tally,
};

/// Undisturbed business before the first cut.
const CALM: Duration = Duration::from_secs(4);
/// How long after healing whatever waited may take.
const PATIENCE: Duration = Duration::from_secs(90);
const GLANCE: Duration = Duration::from_millis(50);
/// A flapping line is lost for so long, then carries for so long.
const FLAP: (Duration, Duration) = (Duration::from_millis(350), Duration::from_millis(150));

/// Runs it; true if nothing was lost, every case has one owner, and nobody acted on a case that was another's.
pub(crate) async fn run(plan: &Plan) -> anyhow::Result<bool> {
    let wall = Wall::build(plan.addresses.clone()).await?;
    let scene = Arc::new(set(plan).await?);
    let seed = plan.seed;
    eprintln!("partition: business begins; seed {seed}");
    let business = Business::begin(&scene, seed);
    sleep(CALM).await;
    let mut settled = Vec::new();
    for (number, one) in (1..).zip(cut::cuts(seed, plan.cuts)) {
        sleep(one.calm).await;
        settled.push(endure(&scene, &wall, number, &one).await?);
    }
    business.end().await;
    eprintln!("partition: the last cut is healed, and nobody does anything any more");
    let is_quiet = until_quiet(&scene.ledgers).await?;

    let account = Account::of(&scene).await?;
    account.tell();
    let ok = account.is_clean() && is_quiet && settled.iter().all(Option::is_some);
    let mut report = account.figures();
    report.extend(times(&settled));
    for (name, value) in
        [("cuts", json!(plan.cuts)), ("seed", json!(seed)), ("quiet", json!(is_quiet))]
    {
        report.insert(name.to_owned(), value);
    }
    report.insert("ok".to_owned(), ok.into());
    tally::report(&Value::from(report));
    Ok(ok)
}

/// Everybody in their places.
async fn set(plan: &Plan) -> anyhow::Result<Scene> {
    eprintln!("partition: setting up offices, officers and enterprises of each bureau");
    let (mut bureaus, mut ledgers) = (Vec::new(), Vec::new());
    for (place, ledger) in plan.bureaus.places.iter().zip(&plan.ledgers) {
        bureaus.push(Bureau::at(place).await?);
        ledgers.push(Ledger::open(&place.code, ledger)?);
    }
    eprintln!("partition: checking keys and agreeing on memoranda");
    befriend(&bureaus).await?;
    let inland = cast::assemble(&bureaus).await?;
    Ok(Scene { bureaus, ledgers, inland })
}

/// Cuts, heals, and waits until everything that was held up has arrived and taken effect. Says how long that took;
/// `None`: it did not.
async fn endure(
    scene: &Scene,
    wall: &Wall,
    number: usize,
    cut: &Cut,
) -> anyhow::Result<Option<Duration>> {
    let begun = Instant::now();
    make(scene, wall, cut).await?;
    while begun.elapsed() < cut.length {
        if cut.manner == Manner::Flapping {
            sleep(FLAP.0).await;
            wall.heal().await?;
            sleep(FLAP.1).await;
            wall.cut(&cut.ways, Fate::Lost).await?;
        } else {
            sleep(cut.length.saturating_sub(begun.elapsed())).await;
        }
    }
    let held = held_up(scene, &cut.ways).await?;
    wall.heal().await?;
    let took = until_settled(scene, &held).await?;
    let count: usize = held.iter().map(|(_, ids)| ids.len()).sum();
    let length = cut.length;
    let ways: Vec<_> = cut.ways.iter().map(|way| format!("{}→{}", way.from, way.to)).collect();
    let (manner, ways) = (cut.manner, ways.join(" "));
    match took {
        Some(took) => eprintln!(
            "partition: {number:3}. {manner:?} {ways} for {length:.1?}: {count} messages held up, settled after {took:.2?}"
        ),
        None => eprintln!(
            "partition: {number:3}. {manner:?} {ways} for {length:.1?}: {count} messages held up, NOT SETTLED"
        ),
    }
    Ok(took)
}

/// Something is said on every way that is cut, so that no cut goes unnoticed.
async fn make(scene: &Scene, wall: &Wall, cut: &Cut) -> anyhow::Result<()> {
    let fate = if cut.manner == Manner::Reset { Fate::Reset } else { Fate::Lost };
    wall.cut(&cut.ways, fate).await?;
    for way in &cut.ways {
        let ping = business::ping(&scene.bureaus[way.from], &scene.bureaus[way.to]);
        business::told("a ping", ping.await);
    }
    Ok(())
}

/// What waits on these links, either way: without the way back there are no receipts.
async fn held_up(scene: &Scene, ways: &[Way]) -> anyhow::Result<Vec<(Way, Vec<Uuid>)>> {
    let mut links: Vec<_> = ways.iter().flat_map(|way| [*way, way.back()]).collect();
    links.sort();
    links.dedup();
    let mut held = Vec::new();
    for way in links {
        let (from, to) = (&scene.ledgers[way.from], &scene.ledgers[way.to]);
        held.push((way, from.waiting_for(&to.bureau).await?));
    }
    Ok(held)
}

async fn until_settled(
    scene: &Scene,
    held: &[(Way, Vec<Uuid>)],
) -> anyhow::Result<Option<Duration>> {
    let healed = Instant::now();
    while healed.elapsed() < PATIENCE {
        let mut open = 0;
        for (way, ids) in held {
            let (from, to) = (&scene.ledgers[way.from], &scene.ledgers[way.to]);
            open += from.undelivered(ids).await? + to.unapplied(&from.bureau, ids).await?;
        }
        if open == 0 {
            return Ok(Some(healed.elapsed()));
        }
        sleep(GLANCE).await;
    }
    Ok(None)
}

/// Nothing is under way at any bureau, twice in a row, and nothing was said in between.
async fn until_quiet(ledgers: &[Ledger]) -> anyhow::Result<bool> {
    let begun = Instant::now();
    let mut last = None;
    while begun.elapsed() < PATIENCE {
        let (mut open, mut said) = (0, 0);
        for ledger in ledgers {
            let (here, ever) = ledger.under_way().await?;
            (open, said) = (open + here, said + ever);
        }
        if open == 0 && last == Some(said) {
            return Ok(true);
        }
        last = (open == 0).then_some(said);
        sleep(GLANCE * 20).await;
    }
    Ok(false)
}

/// From healing to settled.
fn times(settled: &[Option<Duration>]) -> Map<String, Value> {
    let millis: Vec<_> =
        settled.iter().flatten().filter_map(|took| i64::try_from(took.as_millis()).ok()).collect();
    let seconds = |percent| {
        let millis = u64::try_from(tally::percentile(&millis, percent)?).ok()?;
        Some(Duration::from_millis(millis).as_secs_f64())
    };
    [("settle_worst_s", json!(seconds(100))), ("settle_median_s", json!(seconds(50)))]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_and_the_median_are_told_in_seconds() {
        let settled = [Some(1500), Some(200), None, Some(9000)];
        let settled = settled.map(|time| time.map(Duration::from_millis));

        let times = times(&settled);

        assert_eq!(
            (&times["settle_worst_s"], &times["settle_median_s"]),
            (&json!(9.0), &json!(1.5))
        );
    }
}
