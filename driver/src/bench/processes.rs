//! Who used the processors, and how much memory they hold: read from /proc, by the pid files of the stage.
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::Context as _;

/// The kernel tells times in hundredths of a second, whatever its own clock (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// The programs of a stage, by the names of their pid files.
const PROGRAMS: [&str; 5] = ["api", "worker", "sandbox", "redis", "postgres"];
/// This process: the generator.
const GENERATOR: &str = "generator";
/// Children of this process that have ended: pgbench.
const PEER: &str = "pgbench";
/// Everything on the machine, ours or not.
const MACHINE: &str = "machine";

/// The processes of a stage.
pub(crate) struct Processes {
    logs: PathBuf,
}

/// What everybody has used so far.
pub(crate) struct Moment {
    at: Instant,
    spent: BTreeMap<&'static str, Duration>,
}

/// What everybody used between two moments.
#[derive(Clone, Debug, Default)]
pub(crate) struct Usage {
    pub(crate) wall: Duration,
    spent: BTreeMap<&'static str, Duration>,
}

impl Processes {
    pub(crate) fn of(stage: &Path) -> Self {
        Self { logs: stage.join("log") }
    }

    pub(crate) fn pid(&self, program: &str) -> anyhow::Result<u32> {
        let file = self.logs.join(program).with_extension("pid");
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        text.trim().parse().with_context(|| file.display().to_string())
    }

    pub(crate) fn now(&self) -> anyhow::Result<Moment> {
        let mut spent = BTreeMap::new();
        for program in PROGRAMS {
            let pid = self.pid(program)?;
            let own = Stat::of(pid).with_context(|| program.to_owned())?;
            // Postgres works in children; those that ended count with their parent.
            let children = if program == "postgres" { children_of(pid) } else { Duration::ZERO };
            spent.insert(program, own.used + own.ended_children + children);
        }
        let own = Stat::of(std::process::id()).context("this process")?;
        spent.insert(GENERATOR, own.used);
        spent.insert(PEER, own.ended_children);
        spent.insert(MACHINE, machine().context("/proc/stat")?);
        Ok(Moment { at: Instant::now(), spent })
    }

    /// Resident memory in bytes.
    pub(crate) fn resident(&self, program: &str) -> anyhow::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid(program)?))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse().ok());
        kilobytes.map(|count: u64| count * 1024).context("no VmRSS")
    }

    /// Halts a program where it stands, until the value is dropped.
    pub(crate) fn halt(&self, program: &str) -> anyhow::Result<Halted> {
        let pid = self.pid(program)?;
        signal("STOP", pid)?;
        Ok(Halted { pid })
    }
}

/// A program that stands still.
pub(crate) struct Halted {
    pid: u32,
}

impl Drop for Halted {
    fn drop(&mut self) {
        if let Err(error) = signal("CONT", self.pid) {
            eprintln!("driver: a program stands still: {error:#}");
        }
    }
}

fn signal(name: &str, pid: u32) -> anyhow::Result<()> {
    let sent = std::process::Command::new("kill").args(["-s", name, &pid.to_string()]).status()?;
    anyhow::ensure!(sent.success(), "kill -s {name} {pid}: {sent}");
    Ok(())
}

impl Moment {
    pub(crate) fn until(&self, later: &Self) -> Usage {
        let spent = later.spent.iter().map(|(&name, &after)| {
            let before = self.spent.get(name).copied().unwrap_or_default();
            (name, after.saturating_sub(before))
        });
        Usage { wall: later.at - self.at, spent: spent.collect() }
    }
}

impl Usage {
    pub(crate) fn add(&mut self, other: &Self) {
        self.wall += other.wall;
        for (&name, &spent) in &other.spent {
            *self.spent.entry(name).or_default() += spent;
        }
    }

    pub(crate) fn of(&self, name: &str) -> Duration {
        self.spent.get(name).copied().unwrap_or_default()
    }

    /// In hundredths of one processor.
    fn share(&self, name: &str) -> f64 {
        100.0 * self.of(name).as_secs_f64() / self.wall.as_secs_f64().max(0.001)
    }

    /// The generator runs on one thread: when that is busy nearly all the time, it was the limit.
    pub(crate) fn is_generator_the_limit(&self) -> bool {
        self.share(GENERATOR) > 90.0
    }

    /// `api 61 %, worker 0 % …; others 12 %`, of one processor each.
    pub(crate) fn told(&self) -> String {
        let mut words = String::new();
        let mut ours = Duration::ZERO;
        for (&name, &spent) in self.spent.iter().filter(|(name, _)| **name != MACHINE) {
            ours += spent;
            if !spent.is_zero() {
                let _ = write!(words, "{name} {:.0} %, ", self.share(name));
            }
        }
        let others = self.of(MACHINE).saturating_sub(ours).as_secs_f64();
        let others = 100.0 * others / self.wall.as_secs_f64().max(0.001);
        let _ = write!(words, "others on this machine {others:.0} %");
        words
    }

    /// Microseconds of each of our processes for one of `count`.
    pub(crate) fn micros_each(&self, count: u64) -> Vec<(&'static str, f64)> {
        #[expect(clippy::cast_precision_loss, reason = "counts of a run are small")]
        let count = count.max(1) as f64;
        let ours = self.spent.iter().filter(|(name, _)| ![MACHINE, PEER].contains(name));
        ours.map(|(&name, spent)| (name, 1_000_000.0 * spent.as_secs_f64() / count)).collect()
    }
}

/// What one line of /proc/PID/stat tells.
struct Stat {
    parent: u32,
    used: Duration,
    ended_children: Duration,
}

impl Stat {
    fn of(pid: u32) -> Option<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    /// The name in parentheses may hold anything; what follows are numbers (proc(5)).
    fn parse(line: &str) -> Option<Self> {
        let rest = line.rsplit_once(')')?.1;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let ticks = |field: usize| Some(TICK * fields.get(field)?.parse::<u32>().ok()?);
        Some(Self {
            parent: fields.get(1)?.parse().ok()?,
            used: ticks(11)? + ticks(12)?,
            ended_children: ticks(13)? + ticks(14)?,
        })
    }
}

fn children_of(parent: u32) -> Duration {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let children = pids.filter_map(Stat::of).filter(|stat| stat.parent == parent);
    children.map(|stat| stat.used + stat.ended_children).sum()
}

/// All time that was not idle, on all processors.
fn machine() -> anyhow::Result<Duration> {
    let text = fs::read_to_string("/proc/stat")?;
    let line = text.lines().next().unwrap_or_default();
    let times: Vec<u32> = line.split_whitespace().skip(1).filter_map(|n| n.parse().ok()).collect();
    // user nice system idle iowait irq softirq steal; what guests used is in user already.
    let busy = [0, 1, 2, 5, 6, 7].into_iter().filter_map(|at| times.get(at));
    Ok(busy.map(|&ticks| TICK * ticks).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_and_spaces_disturbs_nothing() {
        let line = "17 (a (b) c) S 4 17 17 0 -1 0 0 0 0 0 150 50 3 2 20 0";
        let stat = Stat::parse(line).unwrap();
        assert_eq!(stat.parent, 4);
        assert_eq!(stat.used, Duration::from_secs(2));
        assert_eq!(stat.ended_children, Duration::from_millis(50));
        assert!(Stat::parse("17 (x) S 4").is_none());
    }

    #[test]
    fn this_process_and_this_machine_can_be_read() {
        assert!(Stat::of(std::process::id()).is_some());
        assert!(machine().unwrap() > Duration::ZERO);
    }

    #[test]
    fn what_was_used_is_told_in_shares_and_for_each() {
        let spent = |api: u64, machine: u64| {
            let entries = [("api", api), (GENERATOR, 95), (MACHINE, machine)];
            entries.map(|(name, ticks)| (name, Duration::from_millis(ticks * 10))).into()
        };
        let usage = Usage { wall: Duration::from_secs(1), spent: spent(50, 165) };
        assert_eq!(usage.told(), "api 50 %, generator 95 %, others on this machine 20 %");
        assert!(usage.is_generator_the_limit());
        assert_eq!(usage.micros_each(1000), [("api", 500.0), (GENERATOR, 950.0)]);
    }
}
