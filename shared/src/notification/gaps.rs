//! Numbers of events that nobody has seen, and when to stop waiting for them. Pure.
//!
//! Numbers are given out in their order, and transactions commit in another. Whoever reads on from the greatest number
//! seen skips what commits later with a smaller one; so every number that was passed over is remembered. It is filled,
//! or it becomes certain that nobody can fill it: a transaction has its id before it takes its first number, so once
//! all transactions have ended that are older than one that began after the gap was seen, the gap is empty for ever.

/// Numbers passed over, from first to last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    pub first: i64,
    pub last: i64,
    /// The id of a transaction that began after the gap was seen; not known yet in the pass that sees it.
    pub younger: Option<i64>,
}

/// What one pass saw, all of it in one snapshot.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// Ids below this belong to transactions that have ended, and whose events are seen.
    pub horizon: i64,
    /// Numbers beyond the greatest seen before, in their order.
    pub beyond: Vec<i64>,
    /// Numbers in gaps that are there now.
    pub filled: Vec<i64>,
}

/// The gaps that are left after a pass. `high` is the greatest number seen before, `own` the id of this pass's
/// transaction.
pub(super) fn after(gaps: &[Gap], high: i64, seen: &Seen, own: i64) -> Vec<Gap> {
    let mut left = Vec::new();
    for gap in gaps {
        // An id from the future is one of a database that was restored from a copy.
        let younger = gap.younger.filter(|&id| id <= own);
        if younger.is_some_and(|id| id < seen.horizon) {
            continue;
        }
        let younger = younger.or(Some(own));
        let mut from = gap.first;
        let mut filled: Vec<_> =
            seen.filled.iter().copied().filter(|seq| gap.holds(*seq)).collect();
        filled.sort_unstable();
        for seq in filled {
            left.extend(Gap::between(from, seq, younger));
            from = seq + 1;
        }
        left.extend(Gap::between(from, gap.last + 1, younger));
    }
    let mut from = high + 1;
    for &seq in &seen.beyond {
        left.extend(Gap::between(from, seq, None));
        from = seq + 1;
    }
    left
}

impl Gap {
    fn between(from: i64, before: i64, younger: Option<i64>) -> Option<Self> {
        (from < before).then_some(Self { first: from, last: before - 1, younger })
    }

    fn holds(&self, seq: i64) -> bool {
        (self.first..=self.last).contains(&seq)
    }

    pub(super) fn numbers(gaps: &[Self]) -> Vec<i64> {
        gaps.iter().flat_map(|gap| gap.first..=gap.last).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    #[test]
    fn what_was_passed_over_is_a_gap_until_it_is_filled() {
        let seen = Seen { horizon: 1, beyond: vec![2, 5, 6], filled: vec![] };
        let gaps = after(&[], 0, &seen, 9);
        let ranges: Vec<_> = gaps.iter().map(|gap| (gap.first, gap.last)).collect();
        assert_eq!(ranges, [(1, 1), (3, 4)]);

        let seen = Seen { horizon: 1, beyond: vec![], filled: vec![4, 1] };
        assert_eq!(after(&gaps, 6, &seen, 10), [Gap { first: 3, last: 3, younger: Some(10) }]);
    }

    #[test]
    fn a_gap_is_given_up_only_when_whoever_could_fill_it_has_ended() {
        let gap = Gap { first: 3, last: 3, younger: Some(10) };
        let nothing = |horizon| Seen { horizon, beyond: vec![], filled: vec![] };

        assert_eq!(after(&[gap], 6, &nothing(10), 20), [gap], "the younger one may still run");
        assert_eq!(after(&[gap], 6, &nothing(11), 20), []);
    }

    #[test]
    fn an_id_of_another_cluster_is_not_waited_for() {
        let gap = Gap { first: 3, last: 3, younger: Some(1_000_000) };
        let seen = Seen { horizon: 7, beyond: vec![], filled: vec![] };

        assert_eq!(after(&[gap], 6, &seen, 8), [Gap { younger: Some(8), ..gap }]);
    }

    /// Transactions as they can be: an id, then numbers, then an end. Postgres gives ids and numbers out in order.
    #[derive(Clone, Copy, Debug)]
    enum Move {
        /// Somebody begins and takes so many numbers.
        Begin(u8),
        /// One of those under way commits or rolls back.
        End {
            which: u8,
            keeps: bool,
        },
        Pass,
    }

    fn moves() -> impl Strategy<Value = Vec<Move>> {
        let one = prop_oneof![
            3 => (1..4_u8).prop_map(Move::Begin),
            3 => (any::<u8>(), any::<bool>()).prop_map(|(which, keeps)| Move::End { which, keeps }),
            2 => Just(Move::Pass),
        ];
        vec(one, 0..80)
    }

    #[derive(Default)]
    struct World {
        next_id: i64,
        next_seq: i64,
        under_way: Vec<(i64, Vec<i64>)>,
        committed: Vec<i64>,
        high: i64,
        gaps: Vec<Gap>,
        told: Vec<i64>,
    }

    impl World {
        fn pass(&mut self) {
            self.next_id += 1;
            let own = self.next_id;
            let horizon = self.under_way.iter().map(|(id, _)| *id).min().unwrap_or(own);
            let missing = Gap::numbers(&self.gaps);
            let mut committed = self.committed.clone();
            committed.sort_unstable();
            let (high, missing) = (self.high, &missing);
            let beyond: Vec<_> =
                committed.iter().copied().filter(|seq| *seq > high).take(5).collect();
            let filled: Vec<_> =
                committed.into_iter().filter(|seq| missing.contains(seq)).collect();
            let seen = Seen { horizon, beyond, filled };
            self.gaps = after(&self.gaps, high, &seen, own);
            self.high = seen.beyond.last().copied().unwrap_or(high);
            self.told.extend(seen.filled.iter().chain(&seen.beyond));
        }
    }

    proptest! {
        /// However transactions overlap: at the end everything committed was told once, and no gap is left.
        #[test]
        fn nothing_is_skipped_and_nothing_comes_twice(moves in moves()) {
            let mut world = World::default();
            for step in moves {
                match step {
                    Move::Begin(count) => {
                        world.next_id += 1;
                        let from = world.next_seq + 1;
                        world.next_seq += i64::from(count);
                        world.under_way.push((world.next_id, (from..=world.next_seq).collect()));
                    }
                    Move::End { which, keeps } if !world.under_way.is_empty() => {
                        let which = usize::from(which) % world.under_way.len();
                        let (_, numbers) = world.under_way.swap_remove(which);
                        if keeps {
                            world.committed.extend(numbers);
                        }
                    }
                    Move::End { .. } => {}
                    Move::Pass => world.pass(),
                }
            }
            for (_, numbers) in std::mem::take(&mut world.under_way) {
                world.committed.extend(numbers);
            }
            for _ in 0..100 {
                world.pass();
            }

            world.told.sort_unstable();
            world.committed.sort_unstable();
            prop_assert_eq!(&world.told, &world.committed);
            prop_assert_eq!(&world.gaps, &[]);
        }
    }
}
