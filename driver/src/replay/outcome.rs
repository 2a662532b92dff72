//! What became of the lines, and the sum of it. Pure.
use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    officer::Case,
    tally,
    wire::{Receipt, Severity, Status},
};

/// One line that was not blank.
pub(super) struct Sent {
    /// Its number in the file, from 1.
    pub(super) line: usize,
    /// `IMA` and its like; empty where it could not be read.
    pub(super) kind: String,
    pub(super) outcome: Outcome,
}

pub(super) enum Outcome {
    /// No import: skipped, and not counted as sent.
    NotForUs,
    /// No consignment could be read in it, or none that is stored as a declaration.
    Unreadable(String),
    /// The server failed, or could not be reached.
    Lost(String),
    Stored(Box<Stored>),
}

/// A declaration that came of a line.
pub(super) struct Stored {
    pub(super) receipt: Receipt,
    /// How far it came, once officers had seen it through.
    pub(super) case: Option<Case>,
    /// Released without a person.
    pub(super) went_by_itself: bool,
}

impl Outcome {
    pub(super) fn stored(receipt: Receipt) -> Self {
        Self::Stored(Box::new(Stored { receipt, case: None, went_by_itself: false }))
    }
}

impl Sent {
    fn stored(&self) -> Option<&Stored> {
        match &self.outcome {
            Outcome::Stored(stored) => Some(stored),
            _ => None,
        }
    }

    pub(super) fn receipt(&self) -> Option<&Receipt> {
        self.stored().map(|stored| &stored.receipt)
    }

    pub(super) fn case(&self) -> Option<&Case> {
        self.stored()?.case.as_ref()
    }

    fn is_automatic(&self) -> bool {
        self.stored().is_some_and(|stored| stored.went_by_itself)
    }

    fn ended(&self) -> Option<Status> {
        self.case()?.seen.as_ref().map(|seen| seen.status)
    }

    pub(super) fn release_time(&self) -> Option<i64> {
        tally::release_time(self.case()?.seen.as_ref()?)
    }
}

/// How often a rule spoke.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spoke {
    pub(super) severity: Severity,
    pub(super) code: String,
    pub(super) declarations: usize,
    pub(super) findings: usize,
    /// What it said, the first time.
    pub(super) words: String,
}

/// Which rules spoke, those that refuse first, the most frequent first.
pub(super) fn rules(sent: &[Sent]) -> Vec<Spoke> {
    let mut spoken: BTreeMap<(Severity, &str), Spoke> = BTreeMap::new();
    for receipt in sent.iter().filter_map(Sent::receipt) {
        let mut told = Vec::new();
        for defect in &receipt.defects {
            let key = (defect.severity, defect.code.as_str());
            let spoke = spoken.entry(key).or_insert_with(|| Spoke {
                severity: defect.severity,
                code: defect.code.clone(),
                declarations: 0,
                findings: 0,
                words: defect.message_en.clone(),
            });
            spoke.findings += 1;
            if !told.contains(&key) {
                told.push(key);
                spoke.declarations += 1;
            }
        }
    }
    let mut rules: Vec<_> = spoken.into_values().collect();
    rules.sort_by_key(|spoke| (spoke.severity, std::cmp::Reverse(spoke.declarations)));
    rules
}

/// The sum of a run.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) not_for_us: usize,
    pub(super) sent: usize,
    pub(super) stored: usize,
    pub(super) unreadable: usize,
    pub(super) accepted_at_once: usize,
    pub(super) manual_review: usize,
    pub(super) returned: usize,
    /// Findings in all receipts, of every severity.
    pub(super) defects: usize,
    pub(super) released: usize,
    pub(super) settled: usize,
    pub(super) p50_ms: Option<i64>,
    pub(super) p95_ms: Option<i64>,
}

impl Sum {
    pub(super) fn of(all: &[Sent]) -> Self {
        let count = |test: &dyn Fn(&Sent) -> bool| all.iter().filter(|one| test(one)).count();
        let at_first = |status: Status| {
            count(&|one| one.receipt().is_some_and(|receipt| receipt.status == status))
        };
        let not_for_us = count(&|one| matches!(one.outcome, Outcome::NotForUs));
        let accepted = |receipt: &Receipt| receipt.decl_no.is_some();
        let times: Vec<_> = all.iter().filter(|one| one.is_automatic()).collect();
        let times: Vec<_> = times.into_iter().filter_map(Sent::release_time).collect();
        Self {
            not_for_us,
            sent: all.len() - not_for_us,
            stored: count(&|one| one.receipt().is_some()),
            unreadable: count(&|one| matches!(one.outcome, Outcome::Unreadable(_))),
            accepted_at_once: count(&|one| one.receipt().is_some_and(accepted)),
            manual_review: at_first(Status::ManualReview),
            returned: at_first(Status::NeedsCorrection),
            defects: all
                .iter()
                .filter_map(Sent::receipt)
                .map(|receipt| receipt.defects.len())
                .sum(),
            released: count(&|one| one.ended() == Some(Status::Released)),
            settled: count(&|one| one.ended().is_some_and(Status::is_settled)),
            p50_ms: tally::percentile(&times, 50),
            p95_ms: tally::percentile(&times, 95),
        }
    }

    /// Every readable line is stored, and every stored one settled.
    pub(super) fn is_ok(&self) -> bool {
        self.sent == self.stored + self.unreadable && self.settled == self.stored
    }

    pub(super) fn report(&self) -> Value {
        json!({
            "sent": self.sent, "stored": self.stored, "unreadable": self.unreadable,
            "accepted_at_once": self.accepted_at_once, "manual_review": self.manual_review,
            "returned": self.returned, "defects": self.defects, "released": self.released,
            "p50_ms": self.p50_ms, "p95_ms": self.p95_ms, "ok": self.is_ok(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::officer::Finding;

    fn stored(line: usize, first: &str, last: &str, defects: &Value) -> Sent {
        let accepted = !matches!(first, "NEEDS_CORRECTION" | "MANUAL_REVIEW");
        let receipt = serde_json::from_value(json!({ "id": "d", "version": 1, "status": first,
            "decl_no": accepted.then_some("310900114000123"), "fee_notice": null, "defects": defects,
            "filed_at": "2014-05-12T02:20:00Z" }))
        .unwrap();
        let seen = serde_json::from_value(json!({ "id": "d", "decl_no": null,
            "kind": "OUTSIDE_CATALOGUE", "status": last, "decl_org": "310900", "release_org": "310700",
            "insp_org": "310700", "holder_org": "310700", "is_selected": false, "has_result": false,
            "filed_at": "2014-05-12T02:20:00Z", "released_at": (last == "RELEASED")
                .then_some("2014-05-12T02:20:00.061Z"), "updated_at": "2014-05-12T02:20:00.061Z" }))
        .unwrap();
        let mut case = Case::new("d".into(), "3100608901".into(), Finding::Conforming);
        case.seen = Some(seen);
        let went_by_itself = accepted && last == "RELEASED";
        Sent {
            line,
            kind: "IMA".into(),
            outcome: Outcome::Stored(Box::new(Stored {
                receipt,
                case: Some(case),
                went_by_itself,
            })),
        }
    }

    fn other(line: usize, outcome: Outcome) -> Sent {
        Sent { line, kind: String::new(), outcome }
    }

    fn finding(severity: &str, code: &str) -> Value {
        json!({ "pointer": "/goods/0", "code": code, "severity": severity, "message_zh": "", "message_en": code })
    }

    #[test]
    fn the_sum_is_the_sum_of_the_lines() {
        let none = json!([]);
        let bad = json!([finding("ERROR", "a"), finding("ERROR", "a"), finding("INFO", "b")]);
        let all = [
            other(1, Outcome::NotForUs),
            stored(2, "CONFORMING", "RELEASED", &none),
            stored(3, "NEEDS_CORRECTION", "NEEDS_CORRECTION", &bad),
            stored(4, "MANUAL_REVIEW", "RELEASED", &json!([finding("WARNING", "c")])),
            other(5, Outcome::Unreadable("not JSON".into())),
        ];
        let sum = Sum::of(&all);
        assert!(sum.is_ok());
        assert_eq!(
            sum.report(),
            json!({ "sent": 4, "stored": 3, "unreadable": 1, "accepted_at_once": 1, "manual_review": 1,
                "returned": 1, "defects": 4, "released": 2, "p50_ms": 61, "p95_ms": 61, "ok": true })
        );
        let told: Vec<_> = rules(&all)
            .into_iter()
            .map(|spoke| (spoke.code, spoke.declarations, spoke.findings))
            .collect();
        assert_eq!(told, [("a".into(), 1, 2), ("c".into(), 1, 1), ("b".into(), 1, 1)]);
    }

    #[test]
    fn a_lost_filing_or_a_case_left_open_is_not_ok() {
        let none = json!([]);
        assert!(!Sum::of(&[other(1, Outcome::Lost("500".into()))]).is_ok());
        assert!(!Sum::of(&[stored(1, "SELECTED", "SELECTED", &none)]).is_ok());
        assert!(Sum::of(&[]).is_ok());
    }
}
