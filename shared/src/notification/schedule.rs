//! When a delivery is tried again, and when an endpoint is given up: the schedule of Standard Webhooks. Pure.
use chrono::Duration;
use uuid::Uuid;

/// The pauses before the second try and those after it: with the first at once, ten tries in three days.
const PAUSES: [Duration; 9] = [
    Duration::seconds(5),
    Duration::minutes(5),
    Duration::minutes(30),
    Duration::hours(2),
    Duration::hours(5),
    Duration::hours(10),
    Duration::hours(14),
    Duration::hours(20),
    Duration::hours(24),
];

/// How long an endpoint may fail without one success before it is disabled.
pub const PATIENCE: Duration = Duration::days(5);

/// The longest that a `Retry-After` is obeyed.
pub const LONGEST_HOLD: Duration = Duration::hours(24);

/// Failures in a row after which the whole endpoint is left alone for a while, not only what failed; then it is sent one
/// message at a time, until one is taken.
pub const UNWELL: i32 = 3;

/// How long to wait after that many tries; `None`: that was the last. A tenth is added or not, by the event's id, so
/// that what failed together does not come back together.
#[must_use]
pub fn pause_after(tries: i32, event: Uuid) -> Option<Duration> {
    let pause = *PAUSES.get(usize::try_from(tries - 1).ok()?)?;
    let share = i32::from(event.as_bytes()[15]);
    Some(pause + pause * share / 2_560)
}

/// How long an endpoint that failed so often in a row is sent nothing at all: 5 s, 10 s … five minutes.
#[must_use]
pub fn hold_after(failures: i32) -> Option<Duration> {
    let more = u32::try_from(failures - UNWELL).ok()?;
    Some(Duration::seconds(300.min(5_i64 << more.min(6))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_tried_ten_times_over_three_days() {
        let calm = Uuid::nil();
        let pauses: Vec<_> = (1..).map_while(|tries| pause_after(tries, calm)).collect();

        assert_eq!(pauses.len(), 9);
        assert_eq!(pauses[0], Duration::seconds(5));
        let whole = pauses.iter().copied().fold(Duration::zero(), |sum, pause| sum + pause);
        assert!(whole > Duration::days(3) && whole < Duration::days(4), "{whole}");
    }

    #[test]
    fn what_failed_together_does_not_come_back_together() {
        let last = Uuid::from_u128(255);

        let pause = pause_after(2, last).unwrap();

        assert!(pause > Duration::minutes(5) && pause < Duration::seconds(331), "{pause}");
    }

    #[test]
    fn an_endpoint_that_keeps_failing_is_asked_every_five_minutes() {
        assert_eq!(hold_after(2), None);
        assert_eq!(hold_after(3), Some(Duration::seconds(5)));
        assert_eq!(hold_after(500), Some(Duration::minutes(5)));
    }
}
