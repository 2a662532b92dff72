//! What the worker counts, all in one place.
use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use shared::ledger::{Lane, flow::Flow, jobs::Outcome};

/// Says once what each number means.
pub fn describe() {
    describe_counter!("jobs_settled_total", "Jobs settled, by kind and outcome");
    describe_histogram!("job_wait_seconds", "From being due to being claimed, by kind");
    describe_histogram!("job_run_seconds", "From the claim of a bell to its settlement, by kind");
    describe_counter!("bells_rung_total", "Bells pushed to Redis, by lane");
    describe_gauge!("bells_waiting", "Bells in Redis that no worker has taken, by lane");
    describe_counter!(
        "webhook_attempts_total",
        "Attempts to deliver to webhook receivers, by outcome"
    );
    describe_counter!("relay_failures_total", "Ticks of the relay that failed");
    describe_gauge!("jobs_unsettled", "Jobs that are not done, by state");
    describe_gauge!("oldest_job_seconds", "For how long the oldest unfinished job has been due");
}

/// The outcome as a label.
pub(crate) const fn label(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Retry { .. } => "retry",
        Outcome::Dead { .. } => "dead",
    }
}

pub(crate) fn settled(kind: &str, outcome: &'static str) {
    counter!("jobs_settled_total", "kind" => kind.to_owned(), "outcome" => outcome).increment(1);
}

pub(crate) fn claimed(kind: &str, waited: chrono::Duration) {
    let waited = waited.to_std().unwrap_or_default();
    histogram!("job_wait_seconds", "kind" => kind.to_owned()).record(waited);
}

pub(crate) fn ran(kind: &str, took: Duration) {
    histogram!("job_run_seconds", "kind" => kind.to_owned()).record(took);
}

pub(crate) fn rung(lane: Lane, bells: usize) {
    counter!("bells_rung_total", "lane" => lane.name()).increment(bells as u64);
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float; these numbers are small")]
pub(crate) fn waiting(lane: Lane, bells: usize) {
    gauge!("bells_waiting", "lane" => lane.name()).set(bells as f64);
}

pub(crate) fn webhook(is_good: bool) {
    let outcome = if is_good { "delivered" } else { "failed" };
    counter!("webhook_attempts_total", "outcome" => outcome).increment(1);
}

pub(crate) fn relay_failed() {
    counter!("relay_failures_total").increment(1);
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float; these numbers are small")]
pub(crate) fn flow(flow: &Flow, oldest_age: chrono::Duration) {
    let states = [("ready", flow.ready), ("running", flow.running), ("dead", flow.dead)];
    for (state, count) in states {
        gauge!("jobs_unsettled", "state" => state).set(count as f64);
    }
    gauge!("oldest_job_seconds").set(oldest_age.as_seconds_f64());
}
