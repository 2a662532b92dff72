//! `clear`: batches from filing to release in a second, with everything on this machine: api, worker, Redis,
//! Postgres, sandbox bank, officers and generator.
mod books;
mod officers;
mod tell;

use std::{
    cell::{Cell, RefCell},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use futures_util::future::{try_join, try_join_all, try_join3};

pub(super) use books::{Books, Receipt};
pub(super) use officers::Work;

use super::{
    Outcome, Plan, Yard,
    consignment::{Mix, Order},
    figures::{Rounds, per_second},
    http::Line,
    processes::Usage,
};

/// Connections that file.
const FILERS: usize = 32;
/// Cases that may be under way at a time: more is no pressure but a heap.
const WINDOW: u64 = 2000;
/// How often the open cases are counted.
const GLANCE: Duration = Duration::from_millis(50);
/// When nothing was released for so long, nothing will be.
const PATIENCE: Duration = Duration::from_mins(1);

/// All that one stretch of clearing showed.
pub(super) struct Cleared {
    pub(super) rate: f64,
    pub(super) books: Books,
    pub(super) work: Work,
    pub(super) usage: Usage,
    /// The most memory, in bytes.
    pub(super) api_bytes: u64,
    pub(super) worker_bytes: u64,
}

pub(super) async fn run(yard: &Yard, plan: &Plan) -> anyhow::Result<Outcome> {
    officers::sign_in(yard).await?;
    finish_off(yard).await?;
    let today = yard.world.server.clock.today()?;
    let figures_before = Books::read(yard, today, today).await?;
    let (stored, released) = (yard.database.declarations().await?, yard.database.releases().await?);
    yard.database.forget_statements().await?;
    let counters = yard.database.counters().await?;
    let mut rounds = Vec::new();
    for round in 1..=plan.rounds {
        eprintln!("driver: clear, round {round} of {}: {} batches", plan.rounds, plan.count);
        rounds.push(clear(yard, plan.count).await?);
    }
    let stored = yard.database.declarations().await? - stored;
    let released = yard.database.releases().await? - released;
    // Backends that fell idle tell their counts ten seconds late.
    tokio::time::sleep(if plan.is_smoke { GLANCE } else { Duration::from_secs(11) }).await;
    let counters = yard.database.counters().await?.since(&counters);
    let sent = plan.count * u64::from(plan.rounds);
    // A run may go past midnight.
    let figures_after = Books::read(yard, today, yard.world.server.clock.today()?).await?;
    let mut books = Books::default();
    for cleared in &rounds {
        books.add(&cleared.books);
    }
    let told = tell::Told {
        rounds: &rounds,
        counters,
        sent,
        stored,
        released,
        dead: yard.database.dead_jobs().await?,
        differences: books.differences(&figures_before, &figures_after),
        costliest: yard.database.costliest(16).await?,
    };
    Ok(told.report(plan))
}

/// Ends whatever a bench before this one left open.
pub(super) async fn finish_off(yard: &Yard) -> anyhow::Result<Work> {
    officers::sign_in(yard).await?;
    let is_over = Cell::new(false);
    let wait = async {
        let mut patience = Patience::new();
        loop {
            let open = yard.database.open_cases().await? + yard.database.unfinished_jobs().await?;
            if open == 0 {
                break;
            }
            patience.look(open)?;
            tokio::time::sleep(GLANCE).await;
        }
        is_over.set(true);
        anyhow::Ok(())
    };
    Ok(try_join(officers::work(yard, &is_over), wait).await?.0)
}

/// Files so many batches, and sees all of them released.
pub(super) async fn clear(yard: &Yard, count: u64) -> anyhow::Result<Cleared> {
    let flow = Flow { count, ..Flow::default() };
    let before = yard.processes.now()?;
    let begun = Instant::now();
    let lines = try_join_all((0..FILERS).map(|_| Line::open(yard.address))).await?;
    let filing = try_join_all(lines.into_iter().map(|line| file(yard, line, &flow)));
    let ended = async {
        watch(yard, &flow).await?;
        anyhow::Ok((Instant::now(), yard.processes.now()?))
    };
    let (_, (ended, after), work) =
        try_join3(filing, ended, officers::work(yard, &flow.is_over)).await?;
    Ok(Cleared {
        rate: per_second(count, ended - begun),
        books: flow.books.into_inner(),
        work,
        usage: before.until(&after),
        api_bytes: flow.api_bytes.get(),
        worker_bytes: flow.worker_bytes.get(),
    })
}

/// How far one stretch of clearing has come.
#[derive(Default)]
struct Flow {
    count: u64,
    started: Cell<u64>,
    answered: Cell<u64>,
    /// When last counted.
    finished: Cell<u64>,
    is_over: Cell<bool>,
    books: RefCell<Books>,
    api_bytes: Cell<u64>,
    worker_bytes: Cell<u64>,
}

async fn file(yard: &Yard, mut line: Line, flow: &Flow) -> anyhow::Result<()> {
    let mut body = Vec::new();
    while flow.started.get() < flow.count {
        if flow.started.get() - flow.finished.get() >= WINDOW {
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        }
        flow.started.set(flow.started.get() + 1);
        let order = Order::of(yard.next_number(), Mix::Both);
        let bearer = yard.bearer(&order).await?;
        yard.forms.fill(&order, &mut body);
        // A machine with its hands full says "in a moment"; who measures sees it in the rate.
        let mut patience = Patience::new();
        while line.post("/v1/declarations", &bearer, &body).await?.status == 503 {
            patience.look(0)?;
            tokio::time::sleep(GLANCE).await;
        }
        let answer = line.latest();
        let receipt: Receipt<'_> = serde_json::from_slice(answer.body)
            .with_context(|| format!("a filing was answered {}", answer.told()))?;
        if answer.status != 201 || !matches!(receipt.status, "SELECTED" | "CONFORMING") {
            bail!("a filing was answered {}", answer.told());
        }
        flow.books.borrow_mut().enter(&receipt)?;
        flow.answered.set(flow.answered.get() + 1);
    }
    Ok(())
}

/// Counts what is open until nothing is, and notes how large the processes get.
async fn watch(yard: &Yard, flow: &Flow) -> anyhow::Result<()> {
    let mut patience = Patience::new();
    loop {
        // In this order: what is answered meanwhile counts as open.
        let answered = flow.answered.get();
        let open = yard.database.open_cases().await?;
        flow.finished.set(answered.saturating_sub(open));
        if answered == flow.count && open == 0 {
            flow.is_over.set(true);
            return Ok(());
        }
        if let Err(error) = patience.look(flow.finished.get()) {
            let told = yard.database.tell_open_cases().await?;
            return Err(error.context(format!("{open} cases are open, some of them\n{told}")));
        }
        for (program, most) in [("api", &flow.api_bytes), ("worker", &flow.worker_bytes)] {
            most.set(most.get().max(yard.processes.resident(program)?));
        }
        tokio::time::sleep(GLANCE).await;
    }
}

/// Ends when a number has stood still for too long.
struct Patience {
    last: u64,
    moved: Instant,
}

impl Patience {
    fn new() -> Self {
        Self { last: u64::MAX, moved: Instant::now() }
    }

    fn look(&mut self, number: u64) -> anyhow::Result<()> {
        if number != self.last {
            (self.last, self.moved) = (number, Instant::now());
        }
        if self.moved.elapsed() > PATIENCE {
            bail!("nothing has moved for {} s", PATIENCE.as_secs());
        }
        Ok(())
    }
}

/// Rates of all rounds.
pub(super) fn rates(rounds: &[Cleared]) -> Rounds {
    let mut rates = Rounds::default();
    for cleared in rounds {
        rates.push(cleared.rate);
    }
    rates
}
