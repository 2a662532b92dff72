//! The account when all is quiet: what was said and what was heard, whose each case is, and who acted when. Pure.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

/// A message in the sender's ledger.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) sender: String,
    pub(crate) receiver: String,
    pub(crate) id: Uuid,
    pub(crate) kind: String,
    /// The receiver's, where it has come.
    pub(crate) receipt: Option<Value>,
    /// Why the receiver did not take it in: its receipt says so.
    pub(crate) refusal: Option<String>,
}

/// A message in the receiver's ledger.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) sender: String,
    pub(crate) receiver: String,
    pub(crate) id: Uuid,
    pub(crate) state: String,
    pub(crate) reason: Option<String>,
    /// As it was first given.
    pub(crate) receipt: Value,
}

/// What became of all messages.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Messages {
    pub(crate) sent: usize,
    pub(crate) applied: usize,
    /// Refused or parked with a reason: an operator knows of it.
    pub(crate) refused: Vec<String>,
    /// There is a receipt, and no trace of it.
    pub(crate) lost: Vec<String>,
    /// Without a receipt yet, or without its effect.
    pub(crate) waiting: Vec<String>,
    /// Two receipts for one message.
    pub(crate) contradicted: Vec<String>,
    /// In a receiver's ledger, and nobody sent it.
    pub(crate) unsaid: Vec<String>,
}

/// Holds the senders' side against the receivers'.
pub(crate) fn reconcile(said: &[Said], heard: &[Heard]) -> Messages {
    let mut here: BTreeMap<_, _> = heard
        .iter()
        .map(|one| ((one.sender.as_str(), one.receiver.as_str(), one.id), one))
        .collect();
    let mut messages = Messages { sent: said.len(), ..Messages::default() };
    for one in said {
        let name = format!("{} {} → {} {}", one.id, one.sender, one.receiver, one.kind);
        let found = here.remove(&(one.sender.as_str(), one.receiver.as_str(), one.id));
        if let Some((first, last)) = found.map(|heard| &heard.receipt).zip(one.receipt.as_ref())
            && first != last
        {
            messages.contradicted.push(format!("{name} got {first}, and then {last}"));
        }
        let state = found.map(|heard| (heard.state.as_str(), heard.reason.as_deref()));
        match (state, &one.receipt, &one.refusal) {
            (Some(("APPLIED", _)), Some(_), _) => messages.applied += 1,
            (Some(("REFUSED" | "PARKED", Some(why))), ..) => {
                messages.refused.push(format!("{name}: {why}"));
            }
            (None, _, Some(why)) => messages.refused.push(format!("{name}: {why}")),
            (None, Some(_), None) => messages.lost.push(format!("{name} is not there")),
            (state, receipt, _) => {
                let state = state.map_or("not there", |(state, _)| state);
                let receipt = if receipt.is_some() { "a" } else { "no" };
                messages.waiting.push(format!("{name} has {receipt} receipt, and is {state}"));
            }
        }
    }
    let left = here.into_values();
    messages.unsaid = left.map(|one| format!("{} from {}", one.id, one.sender)).collect();
    messages
}

/// The cases that one ledger knows, and those that it says lie with its bureau.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    pub(crate) known: BTreeSet<Uuid>,
    pub(crate) held: BTreeSet<Uuid>,
}

/// Whose the cases are.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Owners {
    pub(crate) cases: usize,
    pub(crate) two: Vec<Uuid>,
    pub(crate) none: Vec<Uuid>,
}

pub(crate) fn owners(ledgers: &[Standing]) -> Owners {
    let all: BTreeSet<_> = ledgers.iter().flat_map(|ledger| &ledger.known).copied().collect();
    let mut owners = Owners { cases: all.len(), ..Owners::default() };
    for case in all {
        match ledgers.iter().filter(|ledger| ledger.held.contains(&case)).count() {
            0 => owners.none.push(case),
            1 => {}
            _ => owners.two.push(case),
        }
    }
    owners
}

/// Something done with a case at a bureau.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    pub(crate) bureau: String,
    pub(crate) case: Uuid,
    pub(crate) at: DateTime<Utc>,
    pub(crate) done: Done,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// The bureau was told that the case is its own from now on.
    TakenOver,
    /// An officer acted on it.
    Acted(String),
}

/// Acts by officers of a bureau while another one owned the case. `home` owns every case at first. All bureaus live by
/// the clock of one machine; who lets go does so before the other hears of it, so one order is enough.
pub(crate) fn acts_elsewhere(home: &str, mut deeds: Vec<Deed>) -> Vec<String> {
    deeds.sort_by_key(|deed| deed.at);
    let mut owner = BTreeMap::new();
    let mut wrong = Vec::new();
    for Deed { bureau, case, at, done } in deeds {
        match done {
            Done::TakenOver => {
                owner.insert(case, bureau);
            }
            Done::Acted(kind) => {
                let owner = owner.get(&case).map_or(home, String::as_str);
                if owner != bureau {
                    wrong.push(format!("{kind} of {case} at {at} by {bureau}; {owner} had it"));
                }
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn receipt(number: u128) -> Value {
        format!("the receipt of {number}").into()
    }

    fn said(number: u128, refusal: Option<&str>) -> Said {
        Said {
            sender: "310000".into(),
            receiver: "330000".into(),
            id: id(number),
            kind: "handoff.offered".into(),
            receipt: Some(receipt(number)),
            refusal: refusal.map(str::to_owned),
        }
    }

    fn heard(number: u128, state: &str, reason: Option<&str>) -> Heard {
        Heard {
            sender: "310000".into(),
            receiver: "330000".into(),
            id: id(number),
            state: state.into(),
            reason: reason.map(str::to_owned),
            receipt: receipt(number),
        }
    }

    #[test]
    fn what_was_sent_was_applied_or_refused_or_waits_or_is_lost() {
        let on_its_way = |number| Said { receipt: None, ..said(number, None) };
        let sent = [
            said(1, None),
            said(2, None),
            said(3, None),
            said(4, Some("key-not-good")),
            said(5, None),
            on_its_way(6),
            on_its_way(7),
        ];
        let stored = [
            heard(1, "APPLIED", None),
            heard(2, "REFUSED", Some("handoff/out-of-step")),
            heard(3, "STORED", None),
            heard(7, "APPLIED", None),
            heard(9, "APPLIED", None),
        ];

        let messages = reconcile(&sent, &stored);

        assert_eq!((messages.sent, messages.applied), (7, 1));
        assert_eq!(messages.refused.len(), 2);
        let named = |which: &[String]| -> Vec<_> {
            which.iter().map(|one| one.split_once(' ').unwrap().0.to_owned()).collect()
        };
        assert_eq!(named(&messages.lost), [id(5).to_string()]);
        assert_eq!(named(&messages.waiting), [3, 6, 7].map(|number| id(number).to_string()));
        assert_eq!(messages.unsaid, [format!("{} from 310000", id(9))]);
        assert_eq!(messages.contradicted, [""; 0]);
    }

    #[test]
    fn a_receiver_that_gives_another_receipt_later_is_named() {
        let other = Said { receipt: Some("another".into()), ..said(1, None) };

        let messages = reconcile(&[other], &[heard(1, "APPLIED", None)]);

        assert_eq!((messages.applied, messages.contradicted.len()), (1, 1));
    }

    #[test]
    fn a_message_to_one_bureau_is_not_accounted_for_by_another() {
        let elsewhere = Heard { receiver: "320000".into(), ..heard(1, "APPLIED", None) };

        let messages = reconcile(&[said(1, None)], &[elsewhere]);

        assert_eq!((messages.lost.len(), messages.unsaid.len()), (1, 1));
    }

    #[test]
    fn a_case_has_one_owner_two_or_none() {
        let set = |ids: &[u128]| ids.iter().map(|number| id(*number)).collect();
        let port = Standing { known: set(&[1, 2, 3]), held: set(&[1, 3]) };
        let inland = Standing { known: set(&[2, 3]), held: set(&[3]) };

        let owners = owners(&[port, inland]);

        assert_eq!(owners, Owners { cases: 3, two: vec![id(3)], none: vec![id(2)] });
    }

    #[test]
    fn whoever_acts_on_a_case_that_another_took_over_is_named() {
        let at = |second| DateTime::from_timestamp(second, 0).unwrap();
        let deed = |bureau: &str, second, done| Deed {
            bureau: bureau.into(),
            case: id(1),
            at: at(second),
            done,
        };
        let acted = || Done::Acted("inspection.started".into());
        let deeds = vec![
            deed("330000", 3, acted()),
            deed("330000", 2, Done::TakenOver),
            deed("310000", 1, acted()),
            deed("310000", 4, acted()),
            deed("310000", 5, Done::TakenOver),
            deed("310000", 6, acted()),
        ];

        let wrong = acts_elsewhere("310000", deeds);

        assert_eq!(wrong.len(), 1);
        assert!(wrong[0].contains("by 310000; 330000 had it"), "{}", wrong[0]);
    }
}
