//! When filings are due, and when a burst is over: pure.
use std::time::Duration;

/// A stretch of time with a steady rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    /// A second.
    pub(super) rate: u32,
    pub(super) time: Duration,
}

/// The moments of all stretches, one after the other, evenly spaced in each.
pub(super) fn arrivals(stretches: &[Stretch]) -> Vec<Duration> {
    let mut begins = Duration::ZERO;
    let mut due = Vec::new();
    for Stretch { rate, time } in stretches {
        let space = Duration::from_secs(1) / (*rate).max(1);
        let mut offset = Duration::ZERO;
        while offset < *time {
            due.push(begins + offset);
            offset += space;
        }
        begins += *time;
    }
    due
}

/// Old jobs up to this age, in seconds, are nothing unusual, whatever was seen before the burst.
const USUAL_AGE: f64 = 0.25;
/// So many seconds must it stay so.
const CALM: f64 = 1.0;

/// How a burst is judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recovery {
    pub(super) burst_begins: Duration,
    pub(super) burst_ends: Duration,
}

impl Recovery {
    /// Seconds from the end of the burst until the oldest job is as young as before it, and stays so for a second.
    /// `None`: it did not come to that while it was watched.
    pub(super) fn seconds(&self, ages: &[(f64, f64)]) -> Option<f64> {
        let (begins, ends) = (self.burst_begins.as_secs_f64(), self.burst_ends.as_secs_f64());
        let before = ages.iter().filter(|(at, _)| *at < begins).map(|(_, age)| *age);
        let usual = before.fold(USUAL_AGE, f64::max);
        let watched_until = ages.last()?.0;
        let is_calm_from = |from: f64| {
            let next = ages.iter().filter(|(at, _)| (from..=from + CALM).contains(at));
            from + CALM <= watched_until && next.clone().all(|(_, age)| *age <= usual)
        };
        let moments = ages.iter().map(|(at, _)| *at).filter(|at| *at >= ends);
        moments.into_iter().find(|at| is_calm_from(*at)).map(|at| at - ends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn filings_are_due_evenly_in_each_stretch() {
        let slow = Stretch { rate: 1, time: seconds(2) };
        let fast = Stretch { rate: 4, time: seconds(1) };
        let due = arrivals(&[slow, fast, slow]);
        let millis: Vec<_> = due.iter().map(Duration::as_millis).collect();
        assert_eq!(millis, [0, 1000, 2000, 2250, 2500, 2750, 3000, 4000]);
    }

    #[test]
    fn a_burst_is_over_when_the_oldest_job_is_young_again_for_good() {
        let recovery = Recovery { burst_begins: seconds(2), burst_ends: seconds(4) };
        let ages =
            [(1.0, 0.3), (3.0, 1.5), (4.0, 0.9), (4.5, 0.2), (5.0, 0.9), (6.0, 0.3), (7.0, 0.2)];
        assert_eq!(recovery.seconds(&ages), Some(2.0));
        assert_eq!(recovery.seconds(&ages[..5]), None);
        assert_eq!(recovery.seconds(&[(1.0, 0.2), (4.0, 0.2), (5.0, 0.1)]), Some(0.0));
    }
}
