//! Figures of a run, and the one line of JSON that ends it.
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::wire::{Declaration, Happening, Status};

/// Milliseconds from filing to release, by the server's own times.
pub(crate) fn release_time(declaration: &Declaration) -> Option<i64> {
    let released_at: DateTime<Utc> = declaration.released_at?;
    let is_released = matches!(declaration.status, Status::Released | Status::Closed);
    is_released.then(|| (released_at - declaration.filed_at).num_milliseconds())
}

/// One line of a timeline: Shanghai time, what happened, where it stands then, by whom, and why.
pub(crate) fn line(happened: &Happening) -> String {
    let at = (happened.at + TimeDelta::hours(8)).format("%H:%M:%S%.3f");
    let arrow = happened.next.as_ref().map_or_else(String::new, |next| format!(" → {next}"));
    let why = happened.reason.as_ref().map_or_else(String::new, |reason| format!(" ({reason})"));
    let Happening { kind, organisation, .. } = happened;
    let who = happened.actor_kind.to_lowercase();
    format!("{at}  {kind}{arrow} by {who} {organisation}{why}")
}

/// Nobody of any office laid hands on it.
pub(crate) fn went_by_itself(timeline: &[Happening]) -> bool {
    !timeline.is_empty() && timeline.iter().all(|happened| happened.actor_kind != "STAFF")
}

/// The value that `percent` of a hundred do not exceed (nearest rank); `None` of nothing.
pub(crate) fn percentile(times: &[i64], percent: usize) -> Option<i64> {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.max(1) - 1).copied()
}

/// Prints the report: the last line, one flat object.
pub(crate) fn report(report: &Value) {
    println!("{report}");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_times() {
        let times: Vec<i64> = (1..=20).rev().collect();
        assert_eq!((percentile(&times, 50), percentile(&times, 95)), (Some(10), Some(19)));
        assert_eq!((percentile(&[7], 50), percentile(&[7], 95)), (Some(7), Some(7)));
        assert_eq!(percentile(&[], 50), None);
    }

    #[test]
    fn one_act_of_a_person_is_enough_to_count_as_manual() {
        let happened = |actor: &str| -> Happening {
            serde_json::from_value(
                json!({ "at": "2014-05-12T02:20:00Z", "kind": "declaration.filed",
                "actor_kind": actor, "organisation": "3100601234", "next": null }),
            )
            .unwrap()
        };
        assert!(went_by_itself(&[happened("CLIENT"), happened("SYSTEM")]));
        assert!(!went_by_itself(&[happened("CLIENT"), happened("STAFF")]));
        assert!(!went_by_itself(&[]));
    }
}
