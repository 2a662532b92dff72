//! What can go wrong, and in which order it does: a seed decides.
use std::time::Duration;

use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};

use crate::town::{Between, Way, Weather};

/// Who is killed or frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Victim {
    Api,
    Worker,
    Bank,
    Redis,
    Postgres,
}

/// How a line is spoilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spoil {
    Latency,
    Stall,
    HalfClose,
    Reset,
    Truncation,
}

/// One kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Kill(Victim),
    Freeze(Victim),
    /// Killed, and everything it remembered removed.
    EmptyRedis,
    /// FLUSHALL.
    FlushRedis,
    /// Away for a while.
    StopRedis,
    Line(Spoil),
    /// Callers who go away in the middle of a request, or without waiting for the answer.
    HangUp,
    FullDisk(Victim),
    MoveClock,
}

impl Kind {
    pub(super) const ALL: [Self; 22] = {
        use Spoil::*;
        use Victim::*;
        [
            Self::Kill(Api),
            Self::Kill(Worker),
            Self::Kill(Bank),
            Self::Kill(Redis),
            Self::Kill(Postgres),
            Self::Freeze(Api),
            Self::Freeze(Worker),
            Self::Freeze(Bank),
            Self::Freeze(Redis),
            Self::Freeze(Postgres),
            Self::EmptyRedis,
            Self::FlushRedis,
            Self::StopRedis,
            Self::Line(Latency),
            Self::Line(Stall),
            Self::Line(HalfClose),
            Self::Line(Reset),
            Self::Line(Truncation),
            Self::HangUp,
            Self::FullDisk(Redis),
            Self::FullDisk(Postgres),
            Self::MoveClock,
        ]
    };

    /// As it stands in the report.
    pub(super) fn name(self) -> String {
        let of = |victim: Victim| format!("{victim:?}").to_lowercase();
        match self {
            Self::Kill(victim) => format!("kill_{}", of(victim)),
            Self::Freeze(victim) => format!("freeze_{}", of(victim)),
            Self::EmptyRedis => "redis_restarted_empty".to_owned(),
            Self::FlushRedis => "redis_flushed".to_owned(),
            Self::StopRedis => "redis_stopped".to_owned(),
            Self::Line(Spoil::Latency) => "line_latency".to_owned(),
            Self::Line(Spoil::Stall) => "line_stall".to_owned(),
            Self::Line(Spoil::HalfClose) => "line_half_close".to_owned(),
            Self::Line(Spoil::Reset) => "line_reset".to_owned(),
            Self::Line(Spoil::Truncation) => "line_truncation".to_owned(),
            Self::HangUp => "callers_hang_up".to_owned(),
            Self::FullDisk(victim) => format!("disk_full_{}", of(victim)),
            Self::MoveClock => "clock_moved".to_owned(),
        }
    }

    pub(super) const fn needs_a_disk(self) -> bool {
        matches!(self, Self::FullDisk(_))
    }

    /// How soon all should be well again after its end.
    pub(super) const fn aim(self) -> Duration {
        match self {
            Self::EmptyRedis | Self::FlushRedis => Duration::from_secs(10),
            _ => Duration::from_secs(5),
        }
    }
}

/// How long things last. A run of three minutes has no time for the long ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lengths {
    pub(super) frozen: Duration,
    pub(super) away: Duration,
    pub(super) spoilt: Duration,
    pub(super) full: Duration,
}

impl Lengths {
    pub(super) const fn of_a_run(minutes: u64) -> Self {
        let (frozen, away, spoilt, full) = match minutes {
            0..2 => (3, 4, 2, 2),
            2..10 => (5, 10, 3, 4),
            _ => (10, 30, 5, 8),
        };
        Self {
            frozen: Duration::from_secs(frozen),
            away: Duration::from_secs(away),
            spoilt: Duration::from_secs(spoilt),
            full: Duration::from_secs(full),
        }
    }
}

/// One fault, drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) kind: Kind,
    /// Which of two processes.
    pub(super) which: usize,
    /// Which line, of those that have a name.
    pub(super) line: usize,
    /// Whether the weather is the same between the bureaus.
    pub(super) between: Option<Between>,
    pub(super) weather: Weather,
    /// By how many seconds the clock is moved.
    pub(super) seconds: i64,
}

/// Every kind once, in an order of the seed's; then all again in another order.
pub(super) struct Deck {
    luck: StdRng,
    kinds: Vec<Kind>,
    cards: Vec<Kind>,
}

impl Deck {
    pub(super) fn new(seed: u64, kinds: Vec<Kind>) -> Self {
        Self { luck: StdRng::seed_from_u64(seed), kinds, cards: Vec::new() }
    }

    /// The next fault, on one of so many lines.
    pub(super) fn draw(&mut self, lines: usize) -> Option<Fault> {
        if self.cards.is_empty() {
            self.cards.clone_from(&self.kinds);
            self.cards.shuffle(&mut self.luck);
        }
        let kind = self.cards.pop()?;
        let way = if self.luck.random_bool(0.5) { Way::There } else { Way::Back };
        let weather = match kind {
            Kind::Line(Spoil::Latency) => Weather::Slow,
            Kind::Line(Spoil::Stall) => Weather::Stalled,
            Kind::Line(Spoil::HalfClose) => Weather::HalfClosed(way),
            Kind::Line(Spoil::Reset) => Weather::Reset,
            Kind::Line(Spoil::Truncation) => Weather::Truncated,
            _ => Weather::Fair,
        };
        Some(Fault {
            kind,
            which: self.luck.random_range(0..2),
            line: self.luck.random_range(0..lines),
            between: [None, Some(Between::There), Some(Between::Back), Some(Between::Both)]
                [self.luck.random_range(0..4)],
            weather,
            seconds: [-2, 3, 20, 90][self.luck.random_range(0..4)],
        })
    }

    /// A pause before the next one.
    pub(super) fn pause(&mut self) -> Duration {
        Duration::from_millis(self.luck.random_range(300..1500))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_seed_always_brings_the_same_faults_and_every_kind_once_in_a_round() {
        let run = |seed| {
            let mut deck = Deck::new(seed, Kind::ALL.to_vec());
            (0..Kind::ALL.len()).filter_map(|_| deck.draw(6)).collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
        let kinds: BTreeSet<_> = run(7).iter().map(|fault| fault.kind).collect();
        assert_eq!(kinds.len(), Kind::ALL.len());
    }

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        let names: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), Kind::ALL.len());
    }
}
