//! Tokens verified a moment ago, by their SHA-256. Only verified ones get in, so strangers cannot fill it.
use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use shared::kernel::Actor;

/// Entries of one generation; two are kept.
const GENERATION: usize = 8192;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(super) fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

/// A full generation becomes the old one, and the old one is forgotten: bounded, and no entry is ever looked
/// for to make room.
#[derive(Default)]
pub(super) struct Cache(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<Fingerprint, Entry>,
    old: HashMap<Fingerprint, Entry>,
}

struct Entry {
    actor: Arc<Actor>,
    until: DateTime<Utc>,
}

impl Cache {
    pub(super) fn get(&self, token: &Fingerprint, now: DateTime<Utc>) -> Option<Arc<Actor>> {
        let generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = generations.young.get(token).or_else(|| generations.old.get(token))?;
        (now < entry.until).then(|| Arc::clone(&entry.actor))
    }

    pub(super) fn put(&self, token: Fingerprint, actor: Arc<Actor>, until: DateTime<Utc>) {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if generations.young.len() >= GENERATION {
            generations.old = mem::take(&mut generations.young);
        }
        generations.young.insert(token, Entry { actor, until });
    }

    pub(super) fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Generations::default();
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn remember(cache: &Cache, token: &str, until: DateTime<Utc>) {
        cache.put(Fingerprint::of(token), Arc::new(Actor::system()), until);
    }

    #[test]
    fn an_entry_is_believed_until_its_time_and_not_at_it() {
        let cache = Cache::default();
        let until = noon() + Duration::seconds(30);
        remember(&cache, "token", until);

        let known = |at| cache.get(&Fingerprint::of("token"), at).is_some();

        assert!(known(until - Duration::microseconds(1)));
        assert!(!known(until));
        assert!(cache.get(&Fingerprint::of("tokem"), noon()).is_none());
    }

    #[test]
    fn a_later_entry_of_the_same_token_counts() {
        let cache = Cache::default();
        remember(&cache, "token", noon());
        remember(&cache, "token", noon() + Duration::seconds(1));
        assert!(cache.get(&Fingerprint::of("token"), noon()).is_some());
    }

    #[test]
    fn it_never_holds_more_than_two_generations_and_keeps_the_latest() {
        let cache = Cache::default();
        let until = noon() + Duration::seconds(30);
        for number in 0..3 * GENERATION {
            remember(&cache, &number.to_string(), until);
        }

        let generations = cache.0.lock().unwrap();
        assert!(generations.young.len() + generations.old.len() <= 2 * GENERATION);
        drop(generations);
        let known =
            |number: usize| cache.get(&Fingerprint::of(&number.to_string()), noon()).is_some();
        assert!(!known(0));
        assert!(known(3 * GENERATION - 1));
        assert!(known(2 * GENERATION - 1), "the generation before the latest is still there");
    }

    #[test]
    fn clearing_forgets_everything() {
        let cache = Cache::default();
        remember(&cache, "token", noon() + Duration::seconds(30));
        cache.clear();
        assert!(cache.get(&Fingerprint::of("token"), noon()).is_none());
    }
}
