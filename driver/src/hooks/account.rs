//! Was everything told, and in its order?
use std::collections::{HashMap, HashSet};

use super::Log;

/// Places in the feed, by event; and for how many endpoints of ours each was meant.
pub(crate) type Places = HashMap<String, (i64, u64)>;

/// What receivers took, held against what was meant for them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) told: u64,
    pub(crate) twice: u64,
    /// Came for the first time after a later one of its declaration.
    pub(crate) disordered: u64,
    pub(crate) missing: u64,
}

pub(crate) fn account(logs: impl Iterator<Item = Log>, places: &Places) -> Account {
    let mut account = Account::default();
    let mut taken = HashMap::<String, u64>::new();
    for log in logs {
        let (mut seen, mut latest) = (HashSet::new(), HashMap::new());
        for (event, subject) in log.took {
            account.told += 1;
            if !seen.insert(event.clone()) {
                account.twice += 1;
                continue;
            }
            *taken.entry(event.clone()).or_default() += 1;
            let place = places.get(&event).map_or(0, |(place, _)| *place);
            let last = latest.entry(subject).or_insert(0);
            if place < *last {
                account.disordered += 1;
            }
            *last = place.max(*last);
        }
    }
    for (event, (_, wanted)) in places {
        account.missing += wanted - taken.get(event).copied().unwrap_or(0).min(*wanted);
    }
    account
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_doubled_or_out_of_order_is_counted() {
        let places = [("a", 1), ("b", 2), ("c", 3)];
        let places = places.map(|(event, place)| (event.to_owned(), (place, 1))).into();
        let took = ["b", "a", "b"].map(|event| (event.to_owned(), "case".to_owned())).to_vec();

        let found = account([Log { took, refused: 0 }].into_iter(), &places);

        assert_eq!(found, Account { told: 3, twice: 1, disordered: 1, missing: 1 });
    }
}
