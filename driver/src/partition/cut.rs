//! Which links are cut, how, and for how long: drawn from the seed.
use std::time::Duration;

use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};

/// From one bureau to another, by their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Way {
    pub(super) from: usize,
    pub(super) to: usize,
}

impl Way {
    pub(super) const fn back(self) -> Self {
        Self { from: self.to, to: self.from }
    }
}

/// What becomes of whatever goes a way that is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// It is lost, and nobody is told.
    Silent,
    /// The sender is told at once: its connections are reset.
    Reset,
    /// Lost now, carried a moment later, lost again.
    Flapping,
}

/// One cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) ways: Vec<Way>,
    pub(super) manner: Manner,
    pub(super) length: Duration,
    /// Undisturbed business before it.
    pub(super) calm: Duration,
}

/// Pairs of bureaus; most of the business is between the first and another.
const LINKS: [Way; 5] = [
    Way { from: 0, to: 1 },
    Way { from: 0, to: 2 },
    Way { from: 0, to: 1 },
    Way { from: 0, to: 2 },
    Way { from: 1, to: 2 },
];
const BUREAUS: usize = 3;

/// The cuts of a run: the same seed always brings the same.
pub(super) fn cuts(seed: u64, count: usize) -> Vec<Cut> {
    let mut luck = StdRng::seed_from_u64(seed);
    (0..count).map(|_| one(&mut luck)).collect()
}

fn one(luck: &mut StdRng) -> Cut {
    let link = LINKS.choose(luck).copied().unwrap_or(LINKS[0]);
    let ways = match luck.random_range(0..10) {
        // One direction only: what is said arrives, what is answered does not; or the other way round.
        0..2 => vec![link],
        2..4 => vec![link.back()],
        4..8 => vec![link, link.back()],
        // One bureau alone.
        _ => {
            let alone = luck.random_range(0..BUREAUS);
            let others = (0..BUREAUS).filter(|other| *other != alone);
            let to = |other| Way { from: alone, to: other };
            others.flat_map(|other| [to(other), to(other).back()]).collect()
        }
    };
    let manner = match luck.random_range(0..10) {
        0..5 => Manner::Silent,
        5..8 => Manner::Reset,
        _ => Manner::Flapping,
    };
    let length = Duration::from_millis(luck.random_range(1000..=8000));
    Cut { ways, manner, length, calm: Duration::from_millis(luck.random_range(300..=2000)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_always_cuts_the_same_and_another_seed_does_not() {
        assert_eq!(cuts(7, 20), cuts(7, 20));
        assert_ne!(cuts(7, 20), cuts(8, 20));
    }

    #[test]
    fn cuts_are_short_and_of_every_kind() {
        let cuts = cuts(1, 200);

        assert!(cuts.iter().all(|cut| (1..=8).contains(&cut.length.as_secs())));
        for manner in [Manner::Silent, Manner::Reset, Manner::Flapping] {
            assert!(cuts.iter().any(|cut| cut.manner == manner), "{manner:?}");
        }
        for ways in [1, 2, 4] {
            assert!(cuts.iter().any(|cut| cut.ways.len() == ways), "{ways} ways");
        }
        assert!(cuts.iter().flat_map(|cut| &cut.ways).all(|way| way.from != way.to));
    }
}
