//! The story of a consignment, for people.
use super::{Filing, Tale};
use crate::{
    officer::Case,
    tally,
    wire::{Declaration, FeeNotice, Happening, Kind},
    world::name_of,
};

/// Prints it.
pub(super) fn tell(number: usize, tale: &Tale) {
    let consignment = &tale.consignment;
    println!("\n{number:>2}. {} — {}", consignment.key, consignment.title);
    match &tale.filing {
        Filing::NotStored(fault) => println!("    at {}: {fault}", office(&consignment.decl_org)),
        Filing::Stored { .. } => {
            if let Some(seen) = tale.case.as_ref().and_then(|case| case.seen.as_ref()) {
                println!("    {}", places(seen));
                println!("    {}", papers(seen, &tale.notices));
            }
        }
    }
    for note in &tale.notes {
        println!("    · {note}");
    }
    for line in tale.timeline.iter().filter_map(event) {
        println!("      {line}");
    }
    if let Some(case) = &tale.case {
        println!("    {}", end(case, &tale.timeline));
    }
    if !tale.is_as_planned() {
        println!("    THIS IS NOT HOW THE STORY SHOULD END");
    }
}

fn office(code: &str) -> String {
    format!("{code} {}", name_of(code))
}

fn places(seen: &Declaration) -> String {
    let inspected = seen.insp_org.as_deref().map_or_else(|| "no office yet".to_owned(), office);
    format!(
        "declared at {}, inspected at {inspected}, released at {}",
        office(&seen.decl_org),
        office(&seen.release_org)
    )
}

fn papers(seen: &Declaration, notices: &[FeeNotice]) -> String {
    let kind = match seen.kind {
        Kind::Catalogue => "catalogue goods",
        Kind::OutsideCatalogue => "outside the catalogue",
    };
    let drawn = match seen.is_selected {
        Some(true) => "drawn for inspection",
        Some(false) => "not drawn",
        None => "never accepted",
    };
    let number = seen.decl_no.as_deref().unwrap_or("no number");
    let fees: Vec<_> = notices
        .iter()
        .map(|notice| format!("{} ({} {})", notice.total, notice.notice_no, notice.state))
        .collect();
    let fee =
        if fees.is_empty() { "no fee".to_owned() } else { format!("fee {}", fees.join(", ")) };
    format!("{number}, {kind}, {drawn}, {fee}")
}

/// One line of the timeline, where it is worth telling.
fn event(happened: &Happening) -> Option<String> {
    let is_worth_telling = happened.next.is_some()
        || ["handoff", "clearance", "fee", "payment"]
            .iter()
            .any(|room| happened.kind.starts_with(room));
    is_worth_telling.then(|| tally::line(happened))
}

fn end(case: &Case, timeline: &[Happening]) -> String {
    let Some(seen) = &case.seen else { return "it was never seen again".to_owned() };
    let hands = if tally::went_by_itself(timeline) { "without a person" } else { "by officers" };
    match (tally::release_time(seen), &case.trouble) {
        (Some(time), _) => format!("released {time} ms after filing, {hands}"),
        (None, Some(trouble)) => format!("{}: {trouble}", seen.status.name()),
        (None, None) => format!("ended {}", seen.status.name()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_shanghais_and_small_steps_are_left_out() {
        let happened = |kind: &str, next: Option<&str>| -> Happening {
            serde_json::from_value(json!({ "at": "2014-05-12T02:20:00.061Z", "kind": kind,
                "actor_kind": "SYSTEM", "organisation": "SYSTEM", "next": next, "reason": null }))
            .unwrap()
        };
        assert_eq!(
            event(&happened("declaration.released", Some("RELEASED"))).unwrap(),
            "10:20:00.061  declaration.released → RELEASED by system SYSTEM"
        );
        assert!(event(&happened("handoff.offered", None)).is_some());
        assert!(event(&happened("inspection.signed", None)).is_none());
    }
}
