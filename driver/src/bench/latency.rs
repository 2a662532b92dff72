//! `latency`: from filing to release while filings come by the clock, whether the one before was answered or not.
//! Every time is counted from the moment at which the filing was meant to be sent, so that a generator that falls
//! behind hides nothing.
mod arrivals;

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::{try_join_all, try_join3};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::{
    sync::mpsc,
    time::{sleep, sleep_until},
};

use super::{
    Outcome, Plan, Yard, clear,
    consignment::{Mix, Order},
    figures::{Rounds, Times, rounded},
    http::Line,
    processes::Usage,
};
use arrivals::{Recovery, Stretch, arrivals};

/// Filings a second, everyday and at a quiet hour.
const USUAL: u32 = 50;
const QUIET: u32 = 1;
/// A burst is so many times the usual rate.
const BURST: u32 = 10;
/// Connections that file; when all are busy a filing waits, and its time runs.
const LINES: usize = 64;
/// One of so many cases is looked at all the time until it is released.
const LOOKED_AT: u64 = 10;
const GLANCE: Duration = Duration::from_millis(10);
/// How often the age of the oldest job is asked for.
const PULSE: Duration = Duration::from_millis(100);

/// All rounds at one rate.
#[derive(Default)]
struct Figures {
    name: &'static str,
    /// `released_at - filed_at`, by the server's own times.
    by_server: Times,
    /// From the intended moment of filing to `released_at`.
    from_intent: Times,
    /// From the intended moment until a caller who polls has seen it.
    as_seen: Times,
    /// Of each round, from the intended moment.
    p95: Rounds,
    usage: Usage,
    drawn: u64,
}

/// What was filed, to be reconciled in the end.
#[derive(Default)]
struct Sums {
    sent: u64,
    stored: u64,
    released: u64,
}

pub(super) async fn run(yard: &Yard, plan: &Plan) -> anyhow::Result<Outcome> {
    clear::finish_off(yard).await?;
    let mut quiet = Figures::new("1 a second");
    let mut usual = Figures::new("50 a second");
    let mut burst = Figures::new("burst");
    let (mut sums, mut recovery) = (Sums::default(), Rounds::default());
    let before = (yard.database.declarations().await?, yard.database.releases().await?);
    for round in 1..=plan.rounds {
        eprintln!("driver: latency, round {round} of {}", plan.rounds);
        let long = plan.round * 2;
        sums.sent += quiet.measure(yard, &[Stretch { rate: QUIET, time: long }]).await?.sent;
        sums.sent += usual.measure(yard, &[Stretch { rate: USUAL, time: long * 2 }]).await?.sent;
        // Ten seconds of burst where a round has its usual five, and quiet before and after.
        let stretches = [(USUAL, plan.round), (USUAL * BURST, long), (USUAL, plan.round * 4)];
        let stretches = stretches.map(|(rate, time)| Stretch { rate, time });
        let run = burst.measure(yard, &stretches).await?;
        sums.sent += run.sent;
        let ages = Recovery { burst_begins: plan.round, burst_ends: plan.round + long };
        // Not recovered while it was watched: at least as long as that.
        let recovered = ages.seconds(&run.ages).unwrap_or(plan.round.as_secs_f64() * 4.0);
        recovery.push(recovered);
        // Drawn cases wait for inspectors, who only come when nobody measures.
        clear::finish_off(yard).await?;
    }
    sums.stored = yard.database.declarations().await? - before.0;
    sums.released = yard.database.releases().await? - before.1;
    Ok(report(&[quiet, usual, burst], &recovery, &sums))
}

/// One run of a schedule.
struct Run {
    sent: u64,
    /// Seconds since the beginning, and the age of the oldest job then.
    ages: Vec<(f64, f64)>,
}

/// A filing on its way.
struct Sent {
    id: String,
    intended: DateTime<Utc>,
}

impl Figures {
    fn new(name: &'static str) -> Self {
        Self { name, ..Self::default() }
    }

    async fn measure(&mut self, yard: &Yard, stretches: &[Stretch]) -> anyhow::Result<Run> {
        let schedule = Schedule::of(stretches);
        let before = yard.processes.now()?;
        let (looks, looked_at) = mpsc::unbounded_channel();
        let lines = try_join_all((0..LINES).map(|_| Line::open(yard.address))).await?;
        let filing = async {
            // The sender ends with the last line, and with it whoever looks.
            let looks = looks;
            try_join_all(lines.into_iter().map(|line| file(yard, line, &schedule, &looks))).await?;
            schedule.is_over.set(true);
            anyhow::Ok(())
        };
        let seen = look_at_all(yard, looked_at);
        let ((), seen, ages) = try_join3(filing, seen, feel_the_pulse(yard, &schedule)).await?;
        self.usage.add(&before.until(&yard.processes.now()?));
        self.as_seen.add(&seen);
        let sent = schedule.sent.into_inner();
        self.reckon(yard, &sent).await?;
        Ok(Run { sent: sent.len() as u64, ages })
    }

    /// Reads what became of all of them from their declarants' lists.
    async fn reckon(&mut self, yard: &Yard, sent: &[Sent]) -> anyhow::Result<()> {
        let Some(first) = sent.iter().map(|one| one.intended).min() else { return Ok(()) };
        let wanted: HashMap<&str, DateTime<Utc>> =
            sent.iter().map(|one| (one.id.as_str(), one.intended)).collect();
        wait_for_the_worker(yard).await?;
        let (mut found, mut round) = (0, Times::default());
        for declarant in &yard.who {
            let session = yard.world.declarant(&declarant.reg_no)?;
            for case in session.changed_since(first - TimeDelta::seconds(1)).await? {
                let Some(&intended) = wanted.get(case.id.as_str()) else { continue };
                found += 1;
                let Some(released_at) = case.released_at else {
                    self.drawn += 1;
                    continue;
                };
                self.by_server.note((released_at - case.filed_at).to_std().unwrap_or_default());
                round.note((released_at - intended).to_std().unwrap_or_default());
            }
        }
        anyhow::ensure!(found == sent.len(), "sent {}, {found} are in the lists", sent.len());
        let [p95] = round.percentiles([95]);
        self.p95.push(p95);
        self.from_intent.add(&round);
        Ok(())
    }
}

/// Automatic cases owe jobs until they are released; drawn ones owe none while they wait for inspectors.
async fn wait_for_the_worker(yard: &Yard) -> anyhow::Result<()> {
    let begun = Instant::now();
    while yard.database.unfinished_jobs().await? > 0 {
        anyhow::ensure!(begun.elapsed() < Duration::from_mins(2), "the jobs do not come to an end");
        sleep(PULSE).await;
    }
    Ok(())
}

/// When each filing is due, and what was filed.
struct Schedule {
    begins: Instant,
    /// The same moment by the clock on the wall, which is the server's too.
    begins_at: DateTime<Utc>,
    offsets: Vec<Duration>,
    next: Cell<usize>,
    sent: RefCell<Vec<Sent>>,
    is_over: Cell<bool>,
}

impl Schedule {
    fn of(stretches: &[Stretch]) -> Self {
        Self {
            begins: Instant::now(),
            begins_at: std::time::SystemTime::now().into(),
            offsets: arrivals(stretches),
            next: Cell::new(0),
            sent: RefCell::default(),
            is_over: Cell::new(false),
        }
    }

    fn take(&self) -> Option<(usize, Duration)> {
        let place = self.next.get();
        let offset = *self.offsets.get(place)?;
        self.next.set(place + 1);
        Some((place, offset))
    }

    fn intended(&self, offset: Duration) -> DateTime<Utc> {
        self.begins_at + TimeDelta::from_std(offset).unwrap_or_default()
    }
}

#[derive(Deserialize)]
struct Receipt {
    id: String,
}

/// What is looked at: the case, its declarant, and when its filing was due.
struct Look {
    id: String,
    order: Order,
    intended: Instant,
}

/// Waits for the next moment of the schedule, files, and so on.
async fn file(
    yard: &Yard,
    mut line: Line,
    schedule: &Schedule,
    looks: &mpsc::UnboundedSender<Look>,
) -> anyhow::Result<()> {
    let mut body = Vec::new();
    while let Some((place, offset)) = schedule.take() {
        sleep_until((schedule.begins + offset).into()).await;
        let order = Order::of(yard.next_number(), Mix::OutsideCatalogue);
        let bearer = yard.bearer(&order).await?;
        yard.forms.fill(&order, &mut body);
        let answer = line.post("/v1/declarations", &bearer, &body).await?;
        anyhow::ensure!(answer.status == 201, "a filing was answered {}", answer.told());
        let Receipt { id } = serde_json::from_slice(answer.body)?;
        let sent = Sent { id: id.clone(), intended: schedule.intended(offset) };
        schedule.sent.borrow_mut().push(sent);
        if (place as u64).is_multiple_of(LOOKED_AT) {
            let intended = schedule.begins + offset;
            looks.send(Look { id, order, intended }).context("nobody looks any more")?;
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct Standing {
    status: String,
}

/// Callers who want to know: each looks at one case until it is released or drawn.
async fn look_at_all(
    yard: &Yard,
    mut looks: mpsc::UnboundedReceiver<Look>,
) -> anyhow::Result<Times> {
    let mut times = Times::default();
    let mut line = Line::open(yard.address).await?;
    let mut open: Vec<Look> = Vec::new();
    let mut is_ended = false;
    while !is_ended || !open.is_empty() {
        loop {
            match looks.try_recv() {
                Ok(look) => open.push(look),
                Err(mpsc::error::TryRecvError::Empty) => break,
                Err(mpsc::error::TryRecvError::Disconnected) => {
                    is_ended = true;
                    break;
                }
            }
        }
        let mut still = Vec::new();
        for look in open {
            let bearer = yard.bearer(&look.order).await?;
            let answer = line.get(&format!("/v1/declarations/{}", look.id), &bearer).await?;
            let standing: Standing = serde_json::from_slice(answer.body)?;
            match standing.status.as_str() {
                "RELEASED" => times.note(look.intended.elapsed()),
                "SELECTED" => {}
                _ => still.push(look),
            }
        }
        open = still;
        sleep(GLANCE).await;
    }
    Ok(times)
}

/// The age of the oldest unfinished job, from the beginning to the end.
async fn feel_the_pulse(yard: &Yard, schedule: &Schedule) -> anyhow::Result<Vec<(f64, f64)>> {
    let mut line = Line::open(yard.address).await?;
    let mut ages = Vec::new();
    while !schedule.is_over.get() {
        let answer = line.get("/health/flow", "").await?;
        let flow: Value = serde_json::from_slice(answer.body)?;
        if let Some(millis) = flow["oldest_job_age_ms"].as_f64() {
            ages.push((schedule.begins.elapsed().as_secs_f64(), millis / 1000.0));
        }
        sleep(PULSE).await;
    }
    Ok(ages)
}

fn report(all: &[Figures; 3], recovery: &Rounds, sums: &Sums) -> Outcome {
    println!(
        "latency: filings outside the catalogue by the clock, half of them released at another office; from filing to\n  \
         release, of those that were not drawn"
    );
    let mut keys = Map::new();
    for figures in all {
        let Figures { name, by_server, from_intent, as_seen, p95, usage, drawn } = figures;
        println!("  {name}: {} released by themselves, {drawn} drawn", from_intent.count());
        println!("    by the server's times      {}", by_server.told());
        println!(
            "    from the intended moment   {}  p95 of each round {}",
            from_intent.told(),
            p95.told(1)
        );
        println!("    as seen by polling         {}", as_seen.told());
        println!("    {}", usage.told());
        let name = name.replace(' ', "_");
        let millis = from_intent.percentiles([50, 95, 99]);
        for (label, millis) in ["p50", "p95", "p99"].into_iter().zip(millis) {
            keys.insert(format!("latency_{label}_ms_{name}"), json!(millis));
        }
    }
    println!("  recovered {} s after a burst of ten times the usual rate", recovery.told(1));
    println!("  sent {}, stored {}, released {}", sums.sent, sums.stored, sums.released);
    keys.insert("burst_recovery_s".into(), json!(rounded(recovery.median(), 1)));
    keys.insert("latency_sent".into(), sums.sent.into());
    keys.insert("latency_stored".into(), sums.stored.into());
    let holds = sums.sent == sums.stored && sums.sent == sums.released;
    Outcome { holds, keys }
}
