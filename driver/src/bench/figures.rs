//! Rounds, medians, ratios and percentiles.
use std::time::Duration;

/// One figure, measured in several rounds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rounds(Vec<f64>);

impl Rounds {
    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    /// The middle one; of an even number the mean of the two in the middle; nought of none.
    pub(crate) fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        match (sorted.get(middle), sorted.len() % 2) {
            (None, _) => 0.0,
            (Some(&value), 1) => value,
            (Some(&value), _) => f64::midpoint(sorted[middle - 1], value),
        }
    }

    /// `median 9487 (9100 9487 9650)`.
    pub(crate) fn told(&self, decimals: usize) -> String {
        let all: Vec<_> = self.0.iter().map(|value| format!("{value:.decimals$}")).collect();
        format!("{:.decimals$} ({})", self.median(), all.join(" "))
    }
}

/// How much more one is than the other, to two decimals; `None` of a peer that did not run.
pub(crate) fn ratio(ours: &Rounds, theirs: &Rounds) -> Option<f64> {
    (theirs.median() > 0.0).then(|| rounded(ours.median() / theirs.median(), 2))
}

pub(crate) fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}

/// So many in that time, for each second.
pub(crate) fn per_second(count: u64, time: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of a run are small")]
    let count = count as f64;
    count / time.as_secs_f64().max(0.001)
}

/// Times, each kept to the microsecond: a run has a few millions at most.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times(Vec<u32>);

impl Times {
    pub(crate) fn note(&mut self, time: Duration) {
        self.0.push(u32::try_from(time.as_micros()).unwrap_or(u32::MAX));
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.0.extend(&other.0);
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The milliseconds that so many of a hundred do not exceed (nearest rank); nought of nothing.
    pub(crate) fn percentiles<const N: usize>(&self, percents: [usize; N]) -> [f64; N] {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        percents.map(|percent| {
            let rank = (sorted.len() * percent).div_ceil(100);
            let micros = sorted.get(rank.max(1) - 1).copied().unwrap_or_default();
            rounded(f64::from(micros) / 1000.0, 1)
        })
    }

    /// `p50 3.4 p95 5.0 p99 6.1 ms`.
    pub(crate) fn told(&self) -> String {
        let [p50, p95, p99] = self.percentiles([50, 95, 99]);
        format!("p50 {p50} p95 {p95} p99 {p99} ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(values: &[f64]) -> Rounds {
        Rounds(values.to_vec())
    }

    #[test]
    fn the_median_is_the_middle_whatever_the_order() {
        assert!((rounds(&[9.0, 1.0, 5.0]).median() - 5.0).abs() < f64::EPSILON);
        assert!((rounds(&[4.0, 2.0]).median() - 3.0).abs() < f64::EPSILON);
        assert!(rounds(&[]).median().abs() < f64::EPSILON);
        assert_eq!(rounds(&[9.0, 1.0, 5.0]).told(0), "5 (9 1 5)");
    }

    #[test]
    fn a_ratio_needs_both_sides() {
        assert_eq!(ratio(&rounds(&[19.0, 21.0, 20.0]), &rounds(&[9.0])), Some(2.22));
        assert_eq!(ratio(&rounds(&[19.0]), &rounds(&[])), None);
    }

    #[test]
    fn percentiles_are_told_in_milliseconds() {
        let mut times = Times::default();
        assert_eq!(times.told(), "p50 0 p95 0 p99 0 ms");
        for millis in (1..=99).rev() {
            times.note(Duration::from_millis(millis));
        }
        let mut slow = Times::default();
        slow.note(Duration::from_secs(10_000));
        times.add(&slow);
        assert_eq!(times.count(), 100);
        assert_eq!(times.told(), "p50 50 p95 95 p99 99 ms");
        let [longest] = times.percentiles([100]);
        assert!(longest > 4_000_000.0, "longer ones count as the longest");
    }
}
