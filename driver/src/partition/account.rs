//! The account after the last cut: what was said and what was heard, whose each case is, and who acted when. Pure.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A message in the sender's ledger.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) sender: String,
    pub(super) receiver: String,
    pub(super) id: Uuid,
    pub(super) kind: String,
    /// Why the receiver did not take it in: its receipt says so.
    pub(super) refusal: Option<String>,
}

/// A message in the receiver's ledger.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub(super) sender: String,
    pub(super) receiver: String,
    pub(super) id: Uuid,
    pub(super) state: String,
    pub(super) reason: Option<String>,
}

/// What became of all messages.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Messages {
    pub(super) sent: usize,
    pub(super) applied: usize,
    /// Refused or parked with a reason: an operator knows of it.
    pub(super) refused: Vec<String>,
    /// Sent, and no trace of it, or none of its effect.
    pub(super) lost: Vec<String>,
    /// In a receiver's ledger, and nobody sent it.
    pub(super) unsaid: Vec<String>,
}

/// Holds the senders' side against the receivers'.
pub(super) fn reconcile(said: &[Said], heard: &[Heard]) -> Messages {
    let mut here: BTreeMap<_, _> = heard
        .iter()
        .map(|one| ((one.sender.as_str(), one.receiver.as_str(), one.id), one))
        .collect();
    let mut messages = Messages { sent: said.len(), ..Messages::default() };
    for one in said {
        let name = format!("{} {} → {} {}", one.id, one.sender, one.receiver, one.kind);
        let found = here.remove(&(one.sender.as_str(), one.receiver.as_str(), one.id));
        let state = found.map(|heard| (heard.state.as_str(), heard.reason.as_deref()));
        match (state, &one.refusal) {
            (Some(("APPLIED", _)), _) => messages.applied += 1,
            (Some(("REFUSED" | "PARKED", Some(why))), _) => {
                messages.refused.push(format!("{name}: {why}"));
            }
            (None, Some(why)) => messages.refused.push(format!("{name}: {why}")),
            (state, _) => {
                let state = state.map_or("not there", |(state, _)| state);
                messages.lost.push(format!("{name} is {state}"));
            }
        }
    }
    let left = here.into_values();
    messages.unsaid = left.map(|one| format!("{} from {}", one.id, one.sender)).collect();
    messages
}

/// The cases that one ledger knows, and those that it says lie with its bureau.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    pub(super) known: BTreeSet<Uuid>,
    pub(super) held: BTreeSet<Uuid>,
}

/// Whose the cases are.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Owners {
    pub(super) cases: usize,
    pub(super) two: Vec<Uuid>,
    pub(super) none: Vec<Uuid>,
}

pub(super) fn owners(ledgers: &[Standing]) -> Owners {
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
pub(super) struct Deed {
    pub(super) bureau: String,
    pub(super) case: Uuid,
    pub(super) at: DateTime<Utc>,
    pub(super) done: Done,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// The bureau was told that the case is its own from now on.
    TakenOver,
    /// An officer acted on it.
    Acted(String),
}

/// Acts by officers of a bureau while another one owned the case. `home` owns every case at first. All bureaus live by
/// the clock of one machine; who lets go does so before the other hears of it, so one order is enough.
pub(super) fn acts_elsewhere(home: &str, mut deeds: Vec<Deed>) -> Vec<String> {
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

    fn said(number: u128, refusal: Option<&str>) -> Said {
        Said {
            sender: "310000".into(),
            receiver: "330000".into(),
            id: id(number),
            kind: "handoff.offered".into(),
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
        }
    }

    #[test]
    fn what_was_sent_was_applied_or_refused_with_a_reason_or_is_lost() {
        let sent = [
            said(1, None),
            said(2, None),
            said(3, None),
            said(4, Some("key-not-good")),
            said(5, None),
        ];
        let stored = [
            heard(1, "APPLIED", None),
            heard(2, "REFUSED", Some("handoff/out-of-step")),
            heard(3, "STORED", None),
            heard(9, "APPLIED", None),
        ];

        let messages = reconcile(&sent, &stored);

        assert_eq!((messages.sent, messages.applied), (5, 1));
        assert_eq!(messages.refused.len(), 2);
        assert_eq!(messages.lost.len(), 2, "{:?}", messages.lost);
        assert!(messages.lost[0].ends_with("is STORED") && messages.lost[1].ends_with("not there"));
        assert_eq!(messages.unsaid, [format!("{} from 310000", id(9))]);
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
