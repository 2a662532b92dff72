//! `accept`: durable filings a second over HTTP, with token, rules and everything, against pgbench writing the same
//! rows into the same server. The worker stands still meanwhile: what it does is measured by `clear`.
use std::{
    io,
    time::{Duration, Instant},
};

use futures_util::future::try_join_all;
use serde_json::{Map, json};

use super::{
    Outcome, Plan, Yard,
    consignment::{Mix, Order},
    disk,
    figures::{Rounds, Times, per_second, ratio, rounded},
    http::Line,
    peer::{Peer, Script},
    processes::Usage,
};

/// Connections at a time.
const LEVELS: [usize; 4] = [1, 16, 64, 256];
/// Where pgbench does best one by one.
const PEER_CLIENTS: u32 = 32;
/// Before the first round: statements get prepared, caches filled.
const WARM_UP: Duration = Duration::from_secs(2);

/// All rounds at one number of connections.
struct Level {
    connections: usize,
    rate: Rounds,
    times: Times,
    usage: Usage,
}

/// All rounds of pgbench.
#[derive(Default)]
struct Limits {
    one_by_one: Rounds,
    batches: Rounds,
    insert_at_1: Rounds,
    flushes: Rounds,
}

pub(crate) async fn run(yard: &Yard, plan: &Plan) -> anyhow::Result<Outcome> {
    let _still = yard.processes.halt("worker")?;
    let mut sums = Sums::default();
    sums.add(&load(yard, 16, WARM_UP.min(plan.round)).await?.sums);
    let peer = Peer::ready(&yard.database, &yard.stage).await?;
    if let Some(peer) = &peer {
        peer.run(Script::OneByOne, PEER_CLIENTS, WARM_UP.min(plan.round)).await?;
    }
    let mut levels = Vec::new();
    for connections in LEVELS {
        let (rate, usage) = (Rounds::default(), Usage::default());
        levels.push(Level { connections, rate, times: Times::default(), usage });
    }
    let mut limits = Limits::default();
    for round in 1..=plan.rounds {
        eprintln!("driver: accept, round {round} of {}", plan.rounds);
        limits.flushes.push(disk::flushes_per_second(&yard.stage)?);
        for level in &mut levels {
            sums.add(&level.measure(yard, plan.round).await?);
            if let Some(peer) = &peer {
                limits.measure(level.connections, peer, plan.round).await?;
            }
        }
    }
    Ok(report(&levels, &limits, &sums))
}

impl Limits {
    /// Each limit has its turn right after the level that is held against it.
    async fn measure(
        &mut self,
        connections: usize,
        peer: &Peer,
        time: Duration,
    ) -> anyhow::Result<()> {
        match connections {
            1 => self.insert_at_1.push(peer.run(Script::Insert, 1, time).await?),
            64 => self.one_by_one.push(peer.run(Script::OneByOne, PEER_CLIENTS, time).await?),
            256 => self.batches.push(peer.run(Script::Batches, 2, time).await?),
            _ => {}
        }
        Ok(())
    }
}

impl Level {
    async fn measure(&mut self, yard: &Yard, time: Duration) -> anyhow::Result<Sums> {
        let load = load(yard, self.connections, time).await?;
        self.usage.add(&load.usage);
        self.rate.push(per_second(load.sums.created, load.took));
        self.times.add(&load.times);
        Ok(load.sums)
    }
}

/// Files for a while, for whoever wants to know no more than how many a second; all of them must be accepted.
pub(super) async fn file(
    yard: &Yard,
    connections: usize,
    time: Duration,
) -> anyhow::Result<(f64, Times)> {
    let load = load(yard, connections, time).await?;
    let Sums { sent, stored, troubles, .. } = &load.sums;
    anyhow::ensure!(sent == stored, "{stored} stored of {sent}: {:?}", troubles.first());
    Ok((per_second(load.sums.created, load.took), load.times))
}

/// What was sent, and what became of it.
#[derive(Debug, Default)]
struct Sums {
    sent: u64,
    created: u64,
    stored: u64,
    /// Answers other than 201, and broken connections.
    troubles: Vec<String>,
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.sent += other.sent;
        self.created += other.created;
        self.stored += other.stored;
        self.troubles.extend(other.troubles.iter().cloned());
    }
}

/// One stretch of load.
struct Load {
    sums: Sums,
    times: Times,
    usage: Usage,
    took: Duration,
}

/// Files as fast as so many connections can, one request at a time on each; ends when all are answered.
async fn load(yard: &Yard, connections: usize, time: Duration) -> anyhow::Result<Load> {
    let lines = (0..connections).map(|_| Line::open(yard.address));
    let lines = try_join_all(lines).await?;
    let stored_before = yard.database.declarations().await?;
    let before = yard.processes.now()?;
    let begun = Instant::now();
    let until = begun + time;
    let loads = try_join_all(lines.into_iter().map(|line| work(yard, line, until))).await?;
    let (took, usage) = (begun.elapsed(), before.until(&yard.processes.now()?));
    let (mut sums, mut times) = (Sums::default(), Times::default());
    for (one, its_times) in loads {
        sums.add(&one);
        times.add(&its_times);
    }
    sums.stored = yard.database.declarations().await? - stored_before;
    Ok(Load { sums, times, usage, took })
}

async fn work(yard: &Yard, mut line: Line, until: Instant) -> anyhow::Result<(Sums, Times)> {
    let (mut sums, mut times, mut body) = (Sums::default(), Times::default(), Vec::new());
    while Instant::now() < until {
        let order = Order::of(yard.next_number(), Mix::OutsideCatalogue);
        let bearer = yard.bearer(&order).await?;
        yard.forms.fill(&order, &mut body);
        let sent_at = Instant::now();
        sums.sent += 1;
        match line.post("/v1/declarations", &bearer, &body).await {
            Ok(answer) if answer.status == 201 => sums.created += 1,
            Ok(answer) => sums.troubles.push(answer.told()),
            Err(error) => {
                sums.troubles.push(broken(&error));
                line = Line::open(yard.address).await?;
            }
        }
        times.note(sent_at.elapsed());
    }
    Ok((sums, times))
}

fn broken(error: &io::Error) -> String {
    format!("the connection broke: {error}")
}

fn report(levels: &[Level], limits: &Limits, sums: &Sums) -> Outcome {
    println!(
        "accept: filings outside the catalogue, half of them released at another office; durable when answered"
    );
    println!("  flushes of one page    {:>24} /s", limits.flushes.told(0));
    println!("  pgbench, 1 row, 1 client {:>22} /s", limits.insert_at_1.told(0));
    println!("  pgbench, one by one, {PEER_CLIENTS} clients {:>15} /s", limits.one_by_one.told(0));
    println!("  pgbench, 50 a statement, 2 clients {:>12} /s", limits.batches.told(0));
    let mut keys = Map::new();
    for level in levels {
        let Level { connections, rate, times, usage } = level;
        println!("  {connections:>3} connections {:>34} /s  {}", rate.told(0), times.told());
        println!("      {}", usage.told());
        let [p99] = times.percentiles([99]);
        if usage.is_generator_the_limit() {
            println!("      the generator itself was the limit");
        }
        keys.insert(format!("accepted_per_s_at_{connections}"), json!(rounded(rate.median(), 0)));
        keys.insert(format!("accept_p99_ms_at_{connections}"), json!(p99));
        let peer = match connections {
            1 => ("ratio_to_plain_insert_at_1".to_owned(), &limits.insert_at_1),
            _ => (format!("ratio_to_pgbench_at_{connections}"), &limits.one_by_one),
        };
        keys.insert(peer.0, json!(ratio(rate, peer.1)));
        if *connections == 256 {
            keys.insert(
                "ratio_to_pgbench_batches_at_256".into(),
                json!(ratio(rate, &limits.batches)),
            );
        }
    }
    let limited = levels.iter().any(|level| level.usage.is_generator_the_limit());
    keys.insert("accept_generator_was_limit".into(), json!(limited));
    keys.insert("pgbench_per_s".into(), json!(rounded(limits.one_by_one.median(), 0)));
    keys.insert("pgbench_batches_per_s".into(), json!(rounded(limits.batches.median(), 0)));
    keys.insert("flushes_per_s".into(), json!(rounded(limits.flushes.median(), 0)));
    keys.insert("accept_sent".into(), sums.sent.into());
    keys.insert("accept_stored".into(), sums.stored.into());
    let holds = sums.sent == sums.stored && sums.sent == sums.created;
    println!("  sent {}, answered 201 {}, stored {}", sums.sent, sums.created, sums.stored);
    for trouble in sums.troubles.iter().take(5) {
        println!("  trouble: {trouble}");
    }
    Outcome { holds, keys }
}
