//! Which benches are run, how long and how often.
use std::{path::PathBuf, time::Duration};

use super::growth::SIZES;

/// One thing to measure. Another one is a line here, a name in [`Bench::ALL`] and an arm in `bench::run`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bench {
    Footprint,
    Clear,
    Latency,
    Partner,
    Webhooks,
    /// Last: it leaves more work behind than the others would like to find.
    Accept,
    /// Not among all of them: it fills the disk, and takes its time.
    Growth,
}

impl Bench {
    const ALL: [(&'static str, Self); 6] = [
        ("footprint", Self::Footprint),
        ("clear", Self::Clear),
        ("latency", Self::Latency),
        ("partner", Self::Partner),
        ("webhooks", Self::Webhooks),
        ("accept", Self::Accept),
    ];
}

/// What was asked for, and what the stage tells of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) benches: Vec<Bench>,
    /// A check that the benches work, and no measurement.
    pub(crate) is_smoke: bool,
    pub(crate) rounds: u32,
    /// How long one figure is measured in one round.
    pub(crate) round: Duration,
    /// Batches that `clear` clears in one round.
    pub(crate) count: u64,
    /// The batches of the report, all of them, once.
    pub(crate) is_report: bool,
    /// The largest archive that `growth` measures with.
    pub(crate) up_to: u64,
    pub(crate) stage: PathBuf,
    pub(crate) programs: PathBuf,
    /// The profile of the programs.
    pub(crate) built: String,
    /// Milliseconds from the start of each program to its first good answer.
    pub(crate) ready_ms: Vec<(String, u64)>,
}

/// Declare-anywhere batches that the report speaks of.
const REPORT: u64 = 310_000;

impl Plan {
    /// Reads what follows `bench`; `take` gives the value of a flag.
    pub(crate) fn parse(
        name: Option<&str>,
        mut take: impl FnMut(&str) -> Option<String>,
    ) -> Result<Self, String> {
        let name = name.unwrap_or("all");
        let is_smoke = name == "smoke";
        let benches = match name {
            "all" => Bench::ALL.map(|(_, bench)| bench).to_vec(),
            "smoke" => {
                vec![Bench::Clear, Bench::Latency, Bench::Partner, Bench::Webhooks, Bench::Accept]
            }
            "growth" => vec![Bench::Growth],
            name => {
                let found = Bench::ALL.iter().find(|(known, _)| *known == name);
                vec![found.ok_or_else(|| format!("there is no bench {name}"))?.1]
            }
        };
        let is_report = take("--report").is_some();
        let mut number = |flag: &str, usual: u64| match take(flag) {
            None => Ok(usual),
            Some(text) => text
                .parse()
                .ok()
                .filter(|number| *number > 0)
                .ok_or_else(|| format!("{flag} wants a number above nought, not {text}")),
        };
        let rounds = number("--rounds", if is_smoke || is_report { 1 } else { 3 })?;
        let seconds = number("--seconds", if is_smoke { 1 } else { 5 })?;
        let usual = if is_report {
            REPORT
        } else if is_smoke {
            300
        } else {
            6000
        };
        let count = number("--count", usual)?;
        let up_to = number("--up-to", *SIZES.last().unwrap_or(&1))?;
        if up_to < SIZES[0] {
            return Err(format!("--up-to wants at least {}", SIZES[0]));
        }
        let mut must = |flag: &str| take(flag).ok_or_else(|| format!("{flag} is missing"));
        Ok(Self {
            benches,
            is_smoke,
            rounds: u32::try_from(rounds).map_err(|_| "--rounds: too many".to_owned())?,
            round: Duration::from_secs(seconds),
            count,
            is_report,
            up_to,
            stage: must("--stage")?.into(),
            programs: must("--programs")?.into(),
            built: must("--built")?,
            ready_ms: ready(&must("--ready-ms")?)?,
        })
    }
}

/// `api=210,worker=95`.
fn ready(text: &str) -> Result<Vec<(String, u64)>, String> {
    let one = |pair: &str| {
        let (name, millis) = pair.split_once('=')?;
        Some((name.to_owned(), millis.parse().ok()?))
    };
    let all = text.split(',').map(one).collect::<Option<_>>();
    all.ok_or_else(|| format!("--ready-ms wants name=milliseconds, not {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(name: Option<&str>, flags: &[(&str, &str)]) -> Result<Plan, String> {
        let stage = [("--stage", "s"), ("--programs", "p"), ("--built", "quick")];
        let all = [flags, &stage, &[("--ready-ms", "api=210,worker=95")]].concat();
        Plan::parse(name, |flag| {
            all.iter().find(|(name, _)| *name == flag).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_bench_has_its_usual_size_unless_told() {
        let usual = plan(Some("accept"), &[]).unwrap();
        assert_eq!(usual.benches, [Bench::Accept]);
        assert_eq!((usual.rounds, usual.round.as_secs()), (3, 5));
        assert_eq!(usual.ready_ms, [("api".to_owned(), 210), ("worker".to_owned(), 95)]);
        let report = plan(Some("clear"), &[("--report", "")]).unwrap();
        assert_eq!((report.rounds, report.count), (1, 310_000));
        assert_eq!(plan(None, &[]).unwrap().benches.len(), 6);
        let growth = plan(Some("growth"), &[("--up-to", "1000000")]).unwrap();
        assert_eq!((growth.benches, growth.up_to), (vec![Bench::Growth], 1_000_000));
        assert!(plan(Some("smoke"), &[]).unwrap().is_smoke);
    }

    #[test]
    fn what_cannot_be_measured_is_refused() {
        let too_few = plan(Some("growth"), &[("--up-to", "7")]).unwrap_err();
        assert!(too_few.contains("at least 10000"));
        assert_eq!(plan(Some("speed"), &[]).unwrap_err(), "there is no bench speed");
        assert!(plan(Some("clear"), &[("--rounds", "0")]).unwrap_err().contains("above nought"));
        assert!(plan(Some("clear"), &[("--count", "many")]).unwrap_err().contains("not many"));
    }
}
