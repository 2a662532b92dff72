//! How long releases took, as a histogram: those of days and offices can be added, their medians cannot.
use crate::kernel::Share;

/// Buckets in an octave; `release_bucket` in the schema puts a time into the same one.
const PER_OCTAVE: f64 = 8.0;

/// Batches by bucket, from the first one on: there are some hundred of them at most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ReleaseTimes(Vec<i64>);

impl ReleaseTimes {
    /// Adds a histogram: so many batches for each bucket.
    pub(super) fn add(&mut self, buckets: &[i16], batches: &[i64]) {
        for (bucket, batches) in buckets.iter().zip(batches) {
            self.count(*bucket, *batches);
        }
    }

    /// Adds a histogram as `packed_histogram` of the schema wrote it, or takes it away: a bucket in two bytes, its
    /// batches in eight, and so on, the highest byte first.
    pub(super) fn add_packed(&mut self, histogram: &[u8], sign: i64) {
        for [b0, b1, batches @ ..] in histogram.as_chunks::<10>().0 {
            self.count(i16::from_be_bytes([*b0, *b1]), sign * i64::from_be_bytes(*batches));
        }
    }

    fn count(&mut self, bucket: i16, batches: i64) {
        // Nothing takes less than a millisecond, the first bucket.
        let bucket = usize::try_from(bucket).unwrap_or_default();
        if self.0.len() <= bucket {
            self.0.resize(bucket + 1, 0);
        }
        self.0[bucket] += batches;
    }

    /// Half of the batches took at most about this long, in milliseconds.
    pub(super) fn median(&self) -> Option<i64> {
        let all: i64 = self.0.iter().sum();
        let mut seen = 0;
        let middle = self.0.iter().position(|batches| {
            seen += batches;
            seen > 0 && seen >= all - all / 2
        });
        middle.map(middle_of)
    }

    /// How far a median may be from the time in the middle, as a part of that time.
    pub(super) fn error() -> Share {
        let error = (0.5 / PER_OCTAVE).exp2() - 1.0;
        Share(format!("{:.4}", (error * 10_000.0).ceil() / 10_000.0))
    }
}

/// The middle of a bucket on the scale of its logarithm, in whole milliseconds.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "there are no more buckets than an i16 has values"
)]
fn middle_of(bucket: usize) -> i64 {
    ((bucket as f64 + 0.5) / PER_OCTAVE).exp2().round() as i64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As the schema does it.
    #[expect(clippy::cast_possible_truncation, reason = "times of tests are short")]
    fn bucket_of(millis: u32) -> i16 {
        (PER_OCTAVE * f64::from(millis.max(1)).log2()).floor() as i16
    }

    #[test]
    fn nothing_has_no_median() {
        assert_eq!(ReleaseTimes::default().median(), None);
        let mut taken_back = ReleaseTimes::default();
        taken_back.add(&[7, 9], &[1, 1]);
        taken_back.add(&[9, 7], &[-1, -1]);
        assert_eq!(taken_back.median(), None);
    }

    #[test]
    fn a_packed_histogram_is_added_and_taken_away() {
        let packed = [0, 7, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0];
        let (mut packed_in, mut added) = (ReleaseTimes::default(), ReleaseTimes::default());

        packed_in.add_packed(&packed, 1);
        added.add(&[7, 256], &[3, 256]);
        assert_eq!(packed_in, added);

        packed_in.add_packed(&packed, -1);
        assert_eq!(packed_in.median(), None);
    }

    #[test]
    fn the_error_is_told_rounded_up() {
        assert_eq!(ReleaseTimes::error().0, "0.0443");
    }

    proptest! {
        /// The median of a histogram is off by no more than it says, and half a millisecond of rounding.
        #[test]
        fn the_median_is_as_exact_as_it_says(mut times in prop::collection::vec(1_u32..40_000_000, 1..60)) {
            let mut histogram = ReleaseTimes::default();
            for time in &times {
                histogram.add(&[bucket_of(*time)], &[1]);
            }
            times.sort_unstable();
            let exact = f64::from(times[(times.len() - 1) / 2]);

            let told = f64::from(u32::try_from(histogram.median().unwrap()).unwrap());

            let error: f64 = ReleaseTimes::error().0.parse().unwrap();
            prop_assert!((told - exact).abs() <= exact * error + 0.5, "{told} for {exact}");
        }

        /// Adding histograms is the same as counting everything into one.
        #[test]
        fn histograms_add_up(times in prop::collection::vec((1_u32..1_000_000, any::<bool>()), 0..40)) {
            let (mut whole, mut first, mut second) =
                (ReleaseTimes::default(), ReleaseTimes::default(), ReleaseTimes::default());
            for (time, is_first) in times {
                whole.add(&[bucket_of(time)], &[1]);
                if is_first { &mut first } else { &mut second }.add(&[bucket_of(time)], &[1]);
            }
            for (bucket, batches) in (0..).zip(second.0) {
                if batches > 0 {
                    first.add(&[bucket], &[batches]);
                }
            }
            prop_assert_eq!(first, whole);
        }
    }
}
