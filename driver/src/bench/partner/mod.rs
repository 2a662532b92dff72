//! `partner`: another bureau pushes its enterprises, a thousand records to a message; counted where they are applied.
//! The limit is one statement that writes the same rows with nothing before it.
mod limit;
mod messages;

use std::{
    cell::RefCell,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use futures_util::future::{try_join, try_join_all};
use serde_json::{Map, Value, json};

use super::{
    Outcome, Plan, Yard,
    database::{Costly, Counters},
    figures::{Rounds, Times, per_second, ratio, rounded},
    processes::Usage,
};
use crate::{
    conformance::introduce,
    protocol::{Call, Door},
};

use limit::Limit;
use messages::{RECORDS, Told, Wave};

/// Who pushes.
const BUREAU: &str = "320000";
/// Calls at a time.
const CONNECTIONS: usize = 2;
/// Messages for each second that a figure is to be measured: the aim.
const A_SECOND: u64 = 20;
/// How often the applied messages are counted.
const GLANCE: Duration = Duration::from_millis(20);
/// When nothing was applied for so long, nothing will be.
const PATIENCE: Duration = Duration::from_mins(1);

/// One wave of messages: enterprises that are new, or told of again.
#[derive(Default)]
struct Figures {
    rate: Rounds,
    times: Times,
    usage: Usage,
}

pub(super) async fn run(yard: &Yard, plan: &Plan) -> anyhow::Result<Outcome> {
    let (url, password) = (&yard.url, &yard.password_file);
    let signer =
        introduce(url, password, (BUREAU, "江苏出入境检验检疫局"), &["DIRECT_RELEASE"]).await?;
    let door = Door::new(url, signer)?;
    let receiver = receiver(&door).await?;
    let limit = Limit::ready(&yard.database).await?;
    let count = A_SECOND * plan.round.as_secs().max(1);

    // Statements get prepared, caches filled.
    let warm = Wave { first: 0, messages: 2, told: Told::New };
    push(yard, &door, warm.render(&door.signer, &receiver)).await?;
    let (mut new, mut again, mut limits) = <(Figures, Figures, Rounds)>::default();
    let mut records = warm.records();
    yard.database.forget_statements().await?;
    let counters = yard.database.counters().await?;
    for round in 1..=plan.rounds {
        eprintln!("driver: partner, round {round} of {}: twice {count} messages", plan.rounds);
        let wave = Wave { first: records, messages: count, told: Told::New };
        new.measure(yard, &door, wave.render(&door.signer, &receiver)).await?;
        let wave = Wave { told: Told::Suspended, ..wave };
        again.measure(yard, &door, wave.render(&door.signer, &receiver)).await?;
        records += wave.records();
        limits.push(limit.run(plan.round).await?);
    }
    // Backends that fell idle tell their counts ten seconds late.
    tokio::time::sleep(if plan.is_smoke { GLANCE } else { Duration::from_secs(11) }).await;
    let report = Report {
        new,
        again,
        limits,
        counters: yard.database.counters().await?.since(&counters),
        costliest: yard.database.costliest(10).await?,
        messages: 2 * count * u64::from(plan.rounds),
        sent: records,
        stored: yard.database.enterprises_of(BUREAU).await?,
        suspended: records - warm.records(),
        stored_suspended: yard.database.suspended_of(BUREAU).await?,
        dead: yard.database.dead_jobs().await?,
    };
    Ok(report.tell())
}

/// The code of the bureau that is measured.
async fn receiver(door: &Door) -> anyhow::Result<String> {
    let answer = door.send(Call::get("/v1/exchange/keys"), None).await?;
    let bureau = answer.body["bureau"].as_str().context("no `bureau` beside the keys")?;
    Ok(bureau.to_owned())
}

impl Figures {
    async fn measure(&mut self, yard: &Yard, door: &Door, calls: Vec<Call>) -> anyhow::Result<()> {
        let records = RECORDS * u64::try_from(calls.len())?;
        let before = yard.processes.now()?;
        let begun = Instant::now();
        let (times, ended) = push(yard, door, calls).await?;
        self.rate.push(per_second(records, ended - begun));
        self.usage.add(&before.until(&yard.processes.now()?));
        self.times.add(&times);
        Ok(())
    }
}

/// Brings messages, and waits until all of them are applied: how long the calls took, and when the last one was.
async fn push(yard: &Yard, door: &Door, calls: Vec<Call>) -> anyhow::Result<(Times, Instant)> {
    let wanted = yard.database.applied_from(BUREAU).await? + u64::try_from(calls.len())?;
    let waiting = RefCell::new(calls);
    // Lines of their own: those of the wave before were idle while messages were made, and may be closed by now.
    let door = &Door::new(door.base(), door.signer.clone())?;
    let pushing = try_join_all((0..CONNECTIONS).map(|_| bring(door, &waiting)));
    let (times, ended) = try_join(pushing, applied(yard, wanted)).await?;
    let mut all = Times::default();
    for one in &times {
        all.add(one);
    }
    Ok((all, ended))
}

/// Brings one message after the other; every one must be stored, with all of its records.
async fn bring(door: &Door, waiting: &RefCell<Vec<Call>>) -> anyhow::Result<Times> {
    let mut times = Times::default();
    loop {
        let Some(call) = waiting.borrow_mut().pop() else { return Ok(times) };
        let sent_at = Instant::now();
        let answer = door.call(call).await?;
        times.note(sent_at.elapsed());
        let receipt = answer.receipts().first().unwrap_or(&Value::Null);
        let is_whole = receipt["outcome"] == "STORED" && receipt["errors"] == json!([]);
        ensure!(is_whole, "a message was not taken: {} {}", answer.status, answer.body);
    }
}

/// Waits until so many messages are applied.
async fn applied(yard: &Yard, wanted: u64) -> anyhow::Result<Instant> {
    let (mut seen, mut moved_at) = (0, Instant::now());
    loop {
        let applied = yard.database.applied_from(BUREAU).await?;
        if applied >= wanted {
            return Ok(Instant::now());
        }
        if applied > seen {
            (seen, moved_at) = (applied, Instant::now());
        }
        if moved_at.elapsed() > PATIENCE {
            bail!("{applied} of {wanted} messages were applied, and no more for {PATIENCE:?}");
        }
        tokio::time::sleep(GLANCE).await;
    }
}

/// All that the bench has to say.
struct Report {
    new: Figures,
    again: Figures,
    limits: Rounds,
    counters: Counters,
    costliest: Vec<Costly>,
    /// Without those before the first round.
    messages: u64,
    sent: u64,
    stored: u64,
    suspended: u64,
    stored_suspended: u64,
    dead: u64,
}

impl Report {
    fn tell(&self) -> Outcome {
        println!(
            "partner: messages of {RECORDS} records each (direct.enterprises) on {CONNECTIONS} connections, signed, \
             receipted and applied"
        );
        let mut keys = Map::new();
        for (name, what, figures) in [
            ("partner_records_per_s", "records of new enterprises ", &self.new),
            ("partner_updates_per_s", "records of known enterprises", &self.again),
        ] {
            let Figures { rate, times, usage } = figures;
            println!("  {what} {:>28} /s  a call {}", rate.told(0), times.told());
            println!("      {}", usage.told());
            keys.insert(name.into(), json!(rounded(rate.median(), 0)));
        }
        println!("  one statement with the same rows {:>23} /s", self.limits.told(0));
        let limited = [&self.new, &self.again].iter().any(|one| one.usage.is_generator_the_limit());
        if limited {
            println!("  the generator itself was the limit");
        }
        keys.insert(
            "ratio_partner_to_statement".into(),
            json!(ratio(&self.new.rate, &self.limits)),
        );
        keys.insert("partner_statement_per_s".into(), json!(rounded(self.limits.median(), 0)));
        keys.insert("partner_generator_was_limit".into(), limited.into());
        self.costs(&mut keys);
        println!(
            "  sent {} enterprises, stored {}; suspended {}, stored {}; dead jobs {}",
            self.sent, self.stored, self.suspended, self.stored_suspended, self.dead
        );
        keys.insert("partner_sent".into(), self.sent.into());
        keys.insert("partner_stored".into(), self.stored.into());
        let holds =
            self.sent == self.stored && self.suspended == self.stored_suspended && self.dead == 0;
        Outcome { holds, keys }
    }

    /// What each message cost the server.
    fn costs(&self, keys: &mut Map<String, Value>) {
        #[expect(clippy::cast_precision_loss, reason = "counts of a run are small")]
        let each = |count: i64| rounded(count as f64 / self.messages.max(1) as f64, 1);
        let Counters { commits, statements, wal_bytes, .. } = &self.counters;
        let trips = statements.map(each);
        println!(
            "  for each message: {} statements, {} commits, {} row versions, {:.0} kB of WAL",
            trips.map_or_else(|| "uncounted".to_owned(), |count| count.to_string()),
            each(*commits),
            each(self.counters.row_versions()),
            each(*wal_bytes) / 1024.0
        );
        keys.insert("partner_statements_per_message".into(), json!(trips));
        for Costly { calls, millis, pages, text } in &self.costliest {
            #[expect(clippy::cast_precision_loss, reason = "counts of a run are small")]
            let micros = millis * 1000.0 / self.messages.max(1) as f64;
            println!(
                "    {:>6.2} {micros:>7.0} us {:>7.1} pages  {text}",
                each(*calls),
                each(*pages)
            );
        }
    }
}
