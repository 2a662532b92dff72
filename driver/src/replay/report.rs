//! The report of a replay, for people, and its last line.
use super::outcome::{Outcome, Sent, Sum, rules};
use crate::tally;

/// Prints what happened to each and in sum; true if all is in order.
pub(super) fn tell(sent: &[Sent]) -> bool {
    for one in sent {
        println!("{}", line(one));
    }
    let sum = Sum::of(sent);
    println!(
        "\n{} sent: {} stored, {} unreadable; {} lines were no imports.",
        sum.sent, sum.stored, sum.unreadable, sum.not_for_us
    );
    println!(
        "Of those stored: {} accepted at once, {} seen by an officer first, {} returned; {} released.",
        sum.accepted_at_once, sum.manual_review, sum.returned, sum.released
    );
    if let (Some(p50), Some(p95)) = (sum.p50_ms, sum.p95_ms) {
        println!(
            "Filing to release without a person: {p50} ms at the median, {p95} ms at the 95th percentile."
        );
    }
    table(sent);
    println!();
    tally::report(&sum.report());
    sum.is_ok()
}

fn line(one: &Sent) -> String {
    let what = match &one.outcome {
        Outcome::NotForUs => "not an import".to_owned(),
        Outcome::Unreadable(why) => format!("unreadable: {why}"),
        Outcome::Lost(why) => format!("LOST: {why}"),
        Outcome::Stored(_) => story(one),
    };
    format!("line {:>4}  {:<4} {what}", one.line, one.kind)
}

fn story(one: &Sent) -> String {
    let mut words = Vec::new();
    if let Some(receipt) = one.receipt() {
        words.push(receipt.status.name().to_owned());
    }
    if let Some(case) = one.case() {
        match &case.seen {
            Some(seen) if one.receipt().is_none_or(|first| first.status != seen.status) => {
                words.push(format!("→ {}", seen.status.name()));
            }
            Some(_) => {}
            None => words.push("never seen again".to_owned()),
        }
        if let Some(time) = one.release_time() {
            words.push(format!("after {time} ms"));
        }
        if let (false, Some(trouble)) = (case.is_settled(), &case.trouble) {
            words.push(format!("STUCK: {trouble}"));
        }
    }
    let codes = one.receipt().map(codes).unwrap_or_default();
    if !codes.is_empty() {
        words.push(format!("[{}]", codes.join(", ")));
    }
    words.join(" ")
}

/// Each code once.
fn codes(receipt: &crate::wire::Receipt) -> Vec<&str> {
    let mut codes: Vec<&str> = Vec::new();
    for defect in &receipt.defects {
        if !codes.contains(&defect.code.as_str()) {
            codes.push(&defect.code);
        }
    }
    codes
}

fn table(sent: &[Sent]) {
    let rules = rules(sent);
    if rules.is_empty() {
        return;
    }
    println!("\nWhat the rules said (ERROR returns, WARNING asks an officer, INFO is only told):");
    println!(
        "{:<8} {:<32} {:>12} {:>8}  the first time",
        "severity", "rule", "declarations", "findings"
    );
    for spoke in rules {
        println!(
            "{:<8} {:<32} {:>12} {:>8}  {}",
            spoke.severity.name(),
            spoke.code,
            spoke.declarations,
            spoke.findings,
            spoke.words
        );
    }
}
