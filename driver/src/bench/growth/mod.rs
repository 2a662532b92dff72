//! `growth`: the same acts and questions with more and more declarations in the archive.
mod ask;
mod fill;
mod rows;
mod stored;

use chrono::{Datelike as _, NaiveDate};
use serde_json::{Map, json};

use super::{
    Outcome, Plan, Yard, accept,
    figures::{Rounds, Times, per_second, rounded},
};
use ask::Question;
use fill::Archive;
use stored::{Stretch, YEARS};

/// How many are stored when it is measured.
pub(crate) const SIZES: [u64; 3] = [10_000, 1_000_000, 10_000_000];
/// Connections that ask, and that file.
const ASKING: usize = 8;
const FILING: usize = 64;
const GIGABYTE: u64 = 1 << 30;

/// One act or question at one size.
struct Figure {
    name: &'static str,
    rate: Rounds,
    times: Times,
}

impl Figure {
    fn of(name: &'static str) -> Self {
        Self { name, rate: Rounds::default(), times: Times::default() }
    }
}

/// Tells why it cannot be measured here; `None` where it can.
pub(super) fn impossible(plan: &Plan) -> anyhow::Result<Option<String>> {
    let (needed, free) = (fill::needed(plan.up_to), fill::free(&plan.stage)?);
    Ok((free < needed).then(|| format!("needs {} GB free", needed.div_ceil(GIGABYTE))))
}

pub(super) async fn run(yard: &Yard, plan: &Plan) -> anyhow::Result<Outcome> {
    let mut archive = Archive::open(yard.database.url()).await?;
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut sizes: Vec<(u64, Vec<Figure>)> = Vec::new();
    let mut keys = Map::new();
    let today = yard.world.server.clock.today()?;
    let since = NaiveDate::from_ymd_opt(today.year() - YEARS, 1, 1).unwrap_or(today);
    for size in SIZES.into_iter().filter(|size| *size <= plan.up_to) {
        let first = stretches.last().map_or(0, |last| last.first + last.count);
        let stretch = Stretch { first, count: size - first, since };
        eprintln!("driver: growth, storing {} declarations", stretch.count);
        let took = archive.fill(&stretch).await?;
        println!("growth: {size} stored, {:.0} a second", per_second(stretch.count, took));
        stretches.push(stretch);
        archive.is_quiet().await?;
        sizes.push((size, measure(yard, plan, &stretches).await?));
        tell_sizes(&mut archive, size).await?;
    }
    report(&sizes, &mut keys);
    Ok(Outcome { holds: true, keys })
}

/// Every question has its turn in every round. Filed is last: it leaves work behind that the questions would share the
/// machine with.
async fn measure(yard: &Yard, plan: &Plan, archive: &[Stretch]) -> anyhow::Result<Vec<Figure>> {
    let mut filing = Figure::of("accept");
    let mut figures: Vec<_> = Question::ALL.iter().map(|one| Figure::of(one.name())).collect();
    for round in 1..=plan.rounds {
        eprintln!("driver: growth, round {round} of {}", plan.rounds);
        for (question, figure) in Question::ALL.into_iter().zip(&mut figures) {
            if round == 1 {
                ask::ask(yard, archive, question, (ASKING, plan.round / 4)).await?;
            }
            let answers = ask::ask(yard, archive, question, (ASKING, plan.round)).await?;
            figure.rate.push(per_second(answers.count, answers.took));
            figure.times.add(&answers.times);
        }
    }
    // The worker stands still: its work belongs to `clear`.
    let still = yard.processes.halt("worker")?;
    accept::file(yard, FILING, plan.round / 2).await?;
    for _ in 1..=plan.rounds {
        let (rate, times) = accept::file(yard, FILING, plan.round).await?;
        filing.rate.push(rate);
        filing.times.add(&times);
    }
    drop(still);
    figures.insert(0, filing);
    Ok(figures)
}

async fn tell_sizes(archive: &mut Archive, size: u64) -> anyhow::Result<()> {
    let all = archive.sizes().await?;
    let whole: u64 = all.iter().map(|(.., bytes)| bytes).sum();
    println!("  {} MB in all, {} bytes each", whole >> 20, whole / size);
    for (name, kind, bytes) in all.iter().filter(|(.., bytes)| bytes * 200 > whole) {
        println!("  {:>8} MB {:>5} bytes each  {kind} {name}", bytes >> 20, bytes / size);
    }
    Ok(())
}

/// How many times slower than with the smallest archive.
fn report(sizes: &[(u64, Vec<Figure>)], keys: &mut Map<String, serde_json::Value>) {
    let Some((smallest, first)) = sizes.first() else { return };
    println!("growth: a second, and how many times slower than with {smallest} stored");
    let mut worst: f64 = 0.0;
    for (at, base) in first.iter().enumerate() {
        for (size, figures) in sizes {
            let figure = &figures[at];
            let slower = rounded(base.rate.median() / figure.rate.median().max(0.001), 2);
            println!(
                "  {:<22} {size:>9} {:>28} /s  {slower:>5.2}x  {}",
                base.name,
                figure.rate.told(0),
                figure.times.told()
            );
            if size != smallest {
                worst = worst.max(slower);
                keys.insert(format!("growth_{}_at_{size}", base.name), json!(slower));
            }
        }
    }
    keys.insert("growth_worst".into(), json!(worst));
}
