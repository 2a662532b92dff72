//! The figures of a run: what happened, how soon all was well again, what it cost the callers.
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde_json::{Map, Value, json};

use super::{aftermath::Repeats, audit::Audit, fault::Kind};
use crate::traffic::Call;

/// One fault that happened.
pub(super) struct Past {
    pub(super) kind: Kind,
    pub(super) begun: Instant,
    /// From its end; `None`: not within a minute.
    pub(super) recovery: Option<Duration>,
    pub(super) well_again: Instant,
}

/// A flat object: one key for each kind and figure.
pub(super) fn figures(past: &[Past], calls: &[Call]) -> Map<String, Value> {
    let mut kinds: BTreeMap<Kind, Vec<&Past>> = BTreeMap::new();
    for one in past {
        kinds.entry(one.kind).or_default().push(one);
    }
    let mut figures = Map::new();
    figures.insert("faults".into(), past.len().into());
    for (kind, all) in kinds {
        let name = kind.name();
        let mut times: Vec<_> = all.iter().filter_map(|one| one.recovery).collect();
        times.sort_unstable();
        let mut put = |key: &str, value| figures.insert(format!("{key}_{name}"), value);
        put("fault", all.len().into());
        put("recover_median_s", seconds(times.get(times.len() / 2)));
        put("recover_worst_s", seconds(times.last()));
        put("error_rate", error_rate(&all, calls));
    }
    let late = past.iter().filter(|one| one.recovery.is_none_or(|time| time > one.kind.aim()));
    figures.insert("recovered_late".into(), late.count().into());
    let never = past.iter().filter(|one| one.recovery.is_none()).count();
    figures.insert("never_recovered".into(), never.into());
    figures
}

fn seconds(time: Option<&Duration>) -> Value {
    time.map_or(Value::Null, |time| json!(thousandths(time.as_secs_f64())))
}

/// Of the calls made from the beginning of a fault until all was well again: how many got no receipt.
fn error_rate(past: &[&Past], calls: &[Call]) -> Value {
    let during = calls
        .iter()
        .filter(|call| past.iter().any(|one| (one.begun..one.well_again).contains(&call.at)));
    let (all, failed) = during.fold((0_u32, 0_u32), |(all, failed), call| {
        (all + 1, failed + u32::from(!call.is_answered))
    });
    if all == 0 { Value::Null } else { json!(thousandths(f64::from(failed) / f64::from(all))) }
}

fn thousandths(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

/// Adds what the audit found.
pub(super) fn verdict(figures: &mut Map<String, Value>, audit: &Audit, repeats: &Repeats) {
    let counts = [
        ("stored", audit.stored),
        ("released", audit.released),
        ("waiting_for_money", audit.unpaid),
        ("debits", audit.debits),
        ("refunds", audit.refunds),
        ("bank_days_closed", audit.days),
        ("unanswered", repeats.unanswered),
        ("unanswered_were_filed", repeats.were_filed),
        ("asked_again", repeats.again),
        ("refused", audit.refused.len()),
        ("unbalanced", audit.unbalanced.len()),
        ("lost", audit.lost.len()),
        ("doubled", audit.doubled.len()),
        ("stranded", audit.stranded.len()),
        ("stuck", audit.stuck.len()),
    ];
    figures.extend(counts.map(|(name, count)| (name.to_owned(), count.into())));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_count_for_the_faults_in_whose_time_they_were_made() {
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let past = |kind, begun, well_again| Past {
            kind,
            begun,
            recovery: Some(Duration::from_secs(6)),
            well_again,
        };
        let past = [past(Kind::StopRedis, at(0), at(10)), past(Kind::FlushRedis, at(20), at(30))];
        let call = |at, is_answered| Call { at, is_answered };
        let calls =
            [call(at(1), true), call(at(2), false), call(at(15), false), call(at(21), true)];

        let figures = figures(&past, &calls);

        assert_eq!(figures["error_rate_redis_stopped"], json!(0.5));
        assert_eq!(figures["error_rate_redis_flushed"], json!(0.0));
        assert_eq!(figures["recover_worst_s_redis_stopped"], json!(6.0));
        // Ten seconds are allowed after an emptied Redis, five else.
        assert_eq!((&figures["faults"], &figures["recovered_late"]), (&json!(2), &json!(1)));
    }
}
