//! Partners that proved themselves lately, each with the address that it called from.
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Duration, Utc};

use crate::limits::Who;

/// For how long a good signature is remembered.
const LATELY: Duration = Duration::hours(1);
/// No more than this are remembered: all partners from several addresses each.
const MOST: usize = 4_096;

/// All of them. Only good signatures come in here, so nobody else can fill it.
#[derive(Debug, Default)]
pub(super) struct Acquaintances(Mutex<HashMap<Who, DateTime<Utc>>>);

impl Acquaintances {
    pub(super) fn note(&self, partner: Who, now: DateTime<Utc>) {
        let mut seen = self.lock();
        if seen.len() >= MOST && !seen.contains_key(&partner) {
            seen.retain(|_, at| now - *at < LATELY);
        }
        if seen.len() < MOST || seen.contains_key(&partner) {
            seen.insert(partner, now);
        }
    }

    pub(super) fn knows(&self, partner: Who, now: DateTime<Utc>) -> bool {
        self.lock().get(&partner).is_some_and(|at| now - *at < LATELY)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Who, DateTime<Utc>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partner(code: u32) -> Who {
        Who::Partner(None, code)
    }

    #[test]
    fn a_partner_is_forgotten_an_hour_after_its_last_call() {
        let (seen, noon) = (Acquaintances::default(), DateTime::UNIX_EPOCH);
        seen.note(partner(330_000), noon);
        seen.note(partner(330_000), noon + Duration::minutes(30));

        assert!(seen.knows(partner(330_000), noon + Duration::minutes(89)));
        assert!(!seen.knows(partner(330_000), noon + Duration::minutes(90)));
        assert!(!seen.knows(partner(320_000), noon));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (seen, noon) = (Acquaintances::default(), DateTime::UNIX_EPOCH);
        for code in 0..10_000 {
            seen.note(partner(code), noon);
        }
        assert_eq!(seen.lock().len(), MOST);

        seen.note(partner(10_000), noon + Duration::hours(2));
        assert!(seen.knows(partner(10_000), noon + Duration::hours(2)), "the old ones made room");
    }
}
