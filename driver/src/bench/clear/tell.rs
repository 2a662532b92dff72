//! What `clear` has to say.
use serde_json::{Map, json};

use super::{
    super::{
        Outcome, Plan,
        database::{Costly, Counters},
        figures::rounded,
        processes::Usage,
    },
    Cleared, rates,
};

pub(super) struct Told<'a> {
    pub(super) rounds: &'a [Cleared],
    pub(super) counters: Counters,
    pub(super) sent: u64,
    pub(super) stored: u64,
    pub(super) released: u64,
    pub(super) dead: u64,
    pub(super) differences: Vec<String>,
    pub(super) costliest: Vec<Costly>,
}

impl Told<'_> {
    pub(super) fn report(&self, plan: &Plan) -> Outcome {
        self.mix();
        let rates = rates(self.rounds);
        println!("  cleared {} /s", rates.told(0));
        let mut usage = Usage::default();
        for cleared in self.rounds {
            usage.add(&cleared.usage);
        }
        println!("  {}", usage.told());
        if usage.is_generator_the_limit() {
            println!("  the generator itself was the limit");
        }
        let each = usage.micros_each(self.sent);
        let words: Vec<_> = each.iter().map(|(name, us)| format!("{name} {us:.0}")).collect();
        println!("  microseconds of processor for each batch: {}", words.join(", "));
        let mut keys = Map::new();
        keys.insert("cleared_per_s".into(), json!(rounded(rates.median(), 0)));
        for (name, micros) in each {
            keys.insert(format!("clear_us_{name}"), json!(rounded(micros, 0)));
        }
        keys.insert("clear_generator_was_limit".into(), usage.is_generator_the_limit().into());
        self.counters(&mut keys);
        self.costs();
        let is_equal = self.reconcile();
        keys.insert("clear_sent".into(), self.sent.into());
        keys.insert("clear_stored".into(), self.stored.into());
        keys.insert("clear_released".into(), self.released.into());
        keys.insert("clear_statistics_equal".into(), self.differences.is_empty().into());
        if plan.is_report {
            let seconds = usage.wall.as_secs_f64();
            println!("  the report's {} batches took {seconds:.0} s", self.sent);
            keys.insert("report_seconds".into(), json!(rounded(seconds, 0)));
        }
        Outcome { holds: is_equal, keys }
    }

    fn mix(&self) {
        println!(
            "clear: 70 % outside the catalogue, 30 % catalogue goods with one fee, debited by agreement as soon as it is\n  \
             noticed; drawn at 5 %, seen by appointment and signed for by two inspectors; half released elsewhere than\n  \
             declared. Officers poll their work lists and act over HTTP on all that is due there: forms and release for\n  \
             catalogue goods, release for what was drawn; the rest goes by itself. Only what is released counts."
        );
        let mut books = super::Books::default();
        let (mut judged, mut released, mut early, mut refused) = (0, 0, 0, 0);
        for Cleared { books: one, work, .. } in self.rounds {
            books.add(one);
            judged += work.judged.get();
            released += work.released.get();
            early += work.early.get();
            refused += work.refused.get();
        }
        println!("  sent: {:?}", books.total());
        println!(
            "  officers judged {judged}, released {released}, came {early} times before the fee was paid, were refused \
             {refused} times"
        );
    }

    /// What each batch cost the server.
    fn counters(&self, keys: &mut Map<String, serde_json::Value>) {
        #[expect(clippy::cast_precision_loss, reason = "counts of a run are small")]
        let each = |count: i64| rounded(count as f64 / self.sent.max(1) as f64, 2);
        let Counters { commits, statements, wal_bytes, tables } = &self.counters;
        let (commits, wal) = (each(*commits), each(*wal_bytes));
        let rows = each(self.counters.row_versions());
        let trips = statements.map(each);
        println!(
            "  for each batch: {} statements, {commits} commits, {rows} row versions, {wal:.0} bytes of WAL",
            trips.map_or_else(|| "uncounted".to_owned(), |count| count.to_string())
        );
        keys.insert("clear_statements_per_batch".into(), json!(trips));
        keys.insert("clear_commits_per_batch".into(), json!(commits));
        keys.insert("clear_row_versions_per_batch".into(), json!(rows));
        println!("  rows for each batch: inserted, updated (in place), deleted");
        for (table, rows) in tables {
            let figures = rows.map(each);
            if figures.iter().any(|figure| *figure >= 0.01) {
                let [inserted, updated, hot, deleted] = figures;
                println!(
                    "    {table:<22} {inserted:>6.2} {updated:>6.2} ({hot:.2}) {deleted:>6.2}"
                );
            }
        }
    }

    fn costs(&self) {
        if !self.costliest.is_empty() {
            println!(
                "  what took the server's time: calls, microseconds and pages touched for each batch, statement"
            );
        }
        for Costly { calls, millis, pages, text } in &self.costliest {
            #[expect(clippy::cast_precision_loss, reason = "counts of a run are small")]
            let [calls, micros, pages] =
                [*calls as f64, millis * 1000.0, *pages as f64].map(|sum| sum / self.sent as f64);
            println!("    {calls:>6.2} {micros:>7.0} {pages:>6.1}  {text}");
        }
    }

    /// Sent, stored, released and counted must be one number.
    fn reconcile(&self) -> bool {
        println!(
            "  sent {}, stored {}, released {}, dead jobs {}",
            self.sent, self.stored, self.released, self.dead
        );
        for difference in &self.differences {
            println!("  the statistics differ: {difference}");
        }
        if self.differences.is_empty() {
            println!("  the statistics of every office equal what was sent there");
        }
        self.sent == self.stored
            && self.sent == self.released
            && self.dead == 0
            && self.differences.is_empty()
    }
}
