//! How much one caller may ask for: a bucket each, filled at a steady rate, twice a second's worth deep.
//!
//! Known callers are counted by who they are, partner bureaus by who they are and where they call from, all others by
//! the address they come from. What is remembered is bounded: a full bucket and none at all are the same, so full ones
//! are forgotten. What a client takes at one process is missing at the others as well ([`Shared`]).
mod shared;

use std::{
    collections::HashMap,
    mem,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::problem::Problem;

pub use shared::Shared;

/// One request, in the millionths that a bucket is filled by.
const REQUEST: u64 = 1_000_000;
/// No more buckets than this are remembered at a time.
const MOST: usize = 65_536;

/// Whose bucket it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// A client or a person.
    Known(Uuid),
    /// Somebody without a token.
    From(Option<IpAddr>),
    /// A partner bureau, by its code, that has proved itself from that address.
    Partner(Option<IpAddr>, u32),
    /// Whoever tries to sign in under that name, from wherever.
    As(Uuid),
    /// All who come while too many others are remembered.
    Crowd,
}

impl Who {
    /// Whoever comes from that address. One subscriber holds a whole /64 of IPv6.
    #[must_use]
    pub fn at(address: Option<IpAddr>) -> Self {
        Self::From(address.map(|address| match address {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            v4 @ IpAddr::V4(_) => v4,
        }))
    }
}

/// All buckets of one process.
#[derive(Debug)]
pub struct Limits {
    /// Requests per second.
    rate: u64,
    most: usize,
    buckets: Mutex<Buckets>,
}

#[derive(Debug, Default)]
struct Buckets {
    by_caller: HashMap<Who, Bucket>,
    /// At this size the full ones are forgotten.
    sweep_at: usize,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Millionths of a request.
    level: u64,
    /// Microseconds.
    filled_at: i64,
    /// Requests that the other processes have not been told of.
    untold: u64,
}

impl Limits {
    #[must_use]
    pub fn per_second(rate: u32) -> Self {
        Self::remembering(rate, MOST)
    }

    fn remembering(rate: u32, most: usize) -> Self {
        Self { rate: u64::from(rate.max(1)), most, buckets: Mutex::default() }
    }

    /// Takes one request out of the caller's bucket, if there is one in it.
    pub(crate) fn take(&self, who: Who, now: DateTime<Utc>) -> Allowance {
        let now = now.timestamp_micros();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let who = self.make_room(&mut buckets, who, now);
        let full = Bucket { level: self.depth(), filled_at: now, untold: 0 };
        let bucket = buckets.by_caller.entry(who).or_insert(full);
        bucket.level = self.level(*bucket, now);
        bucket.filled_at = now;
        let is_granted = bucket.level >= REQUEST;
        if is_granted {
            bucket.level -= REQUEST;
            bucket.untold += 1;
        }
        Allowance {
            is_granted,
            limit: self.depth() / REQUEST,
            remaining: bucket.level / REQUEST,
            full_in: self.seconds_for(self.depth() - bucket.level),
            next_in: self.seconds_for(REQUEST.saturating_sub(bucket.level)),
            window: self.seconds_for(self.depth()),
        }
    }

    /// Takes one request out of the caller's bucket; whether there was one.
    #[must_use]
    pub fn grants(&self, who: Who, now: DateTime<Utc>) -> bool {
        self.take(who, now).is_granted
    }

    /// Whether the caller's bucket is empty. Takes nothing out of it.
    pub(crate) fn is_spent(&self, who: Who, now: DateTime<Utc>) -> bool {
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.by_caller.get(&who);
        bucket.is_some_and(|bucket| self.level(*bucket, now.timestamp_micros()) < REQUEST)
    }

    /// What clients took since this was last asked.
    fn untold(&self) -> Vec<(Uuid, u64)> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = buckets.by_caller.iter_mut().filter_map(|(who, bucket)| match who {
            Who::Known(client) if bucket.untold > 0 => {
                Some((*client, mem::take(&mut bucket.untold)))
            }
            _ => None,
        });
        taken.collect()
    }

    /// Takes out of the caller's bucket what it took elsewhere, as far as there is anything in it.
    fn spend(&self, who: Who, requests: u64, now: DateTime<Utc>) {
        let now = now.timestamp_micros();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.by_caller.get_mut(&who) {
            let level = self.level(*bucket, now);
            bucket.level = level.saturating_sub(requests.saturating_mul(REQUEST));
            bucket.filled_at = now;
        }
    }

    /// Forgets what was kept about clients whose buckets are forgotten.
    fn forget_strangers<T>(&self, kept: &mut HashMap<Uuid, T>) {
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|client, _| buckets.by_caller.contains_key(&Who::Known(*client)));
    }

    const fn depth(&self) -> u64 {
        2 * self.rate * REQUEST
    }

    /// A clock that was put back fills nothing and takes nothing away.
    fn level(&self, bucket: Bucket, now: i64) -> u64 {
        let elapsed = u64::try_from(now - bucket.filled_at).unwrap_or(0);
        bucket.level.saturating_add(elapsed.saturating_mul(self.rate)).min(self.depth())
    }

    fn seconds_for(&self, level: u64) -> u64 {
        level.div_ceil(self.rate * REQUEST)
    }

    fn make_room(&self, buckets: &mut Buckets, who: Who, now: i64) -> Who {
        if buckets.by_caller.len() >= buckets.sweep_at.max(1024.min(self.most)) {
            buckets.by_caller.retain(|_, bucket| self.level(*bucket, now) < self.depth());
            buckets.sweep_at = (buckets.by_caller.len() * 2).min(self.most);
        }
        if buckets.by_caller.len() >= self.most && !buckets.by_caller.contains_key(&who) {
            return Who::Crowd;
        }
        who
    }
}

/// What became of one request, and how many more the caller has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Allowance {
    pub is_granted: bool,
    limit: u64,
    remaining: u64,
    /// Seconds until all are there again, until the next one is, and that filling an empty bucket takes.
    full_in: u64,
    next_in: u64,
    window: u64,
}

impl Allowance {
    /// Says so in the head of an answer (draft-ietf-httpapi-ratelimit-headers, and the three names before it).
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        let Self { limit, remaining, full_in, window, .. } = self;
        let fields = [
            ("ratelimit-policy", format!("\"default\";q={limit};w={window}")),
            ("ratelimit", format!("\"default\";r={remaining};t={full_in}")),
            ("ratelimit-limit", limit.to_string()),
            ("ratelimit-remaining", remaining.to_string()),
            ("ratelimit-reset", full_in.to_string()),
        ];
        for (name, value) in fields {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }

    pub(crate) fn refusal(&self) -> Problem {
        let seconds = self.next_in.max(1).to_string();
        Problem::too_many()
            .detail(format!("ask again in {seconds} s"))
            .header(RETRY_AFTER, &seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::Duration::milliseconds(1_400_000_000_000 + millis)
    }

    fn caller(number: u128) -> Who {
        Who::Known(Uuid::from_u128(number))
    }

    #[test]
    fn twice_a_seconds_worth_may_come_at_once_and_then_no_more() {
        let limits = Limits::per_second(3);

        let granted = (0..10).filter(|_| limits.take(caller(1), at(0)).is_granted).count();

        assert_eq!(granted, 6);
        assert!(limits.take(caller(2), at(0)).is_granted, "another caller has a bucket of its own");
    }

    #[test]
    fn the_bucket_fills_at_the_rate() {
        let limits = Limits::per_second(2);
        (0..4).for_each(|_| assert!(limits.take(caller(1), at(0)).is_granted));

        assert!(!limits.take(caller(1), at(499)).is_granted);
        assert!(limits.take(caller(1), at(500)).is_granted);
        assert!(!limits.take(caller(1), at(500)).is_granted);
    }

    #[test]
    fn a_clock_that_is_put_back_locks_nobody_out() {
        let limits = Limits::per_second(1);
        (0..2).for_each(|_| assert!(limits.take(caller(1), at(3_600_000)).is_granted));

        assert!(!limits.take(caller(1), at(0)).is_granted);
        assert!(limits.take(caller(1), at(1_000)).is_granted);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let limits = Limits::remembering(1, 10);

        for number in 0..1_000 {
            limits.take(caller(number), at(0));
        }
        let remembered = || limits.buckets.lock().unwrap().by_caller.len();
        assert!(remembered() <= 11, "ten and the crowd");
        assert!(!limits.take(caller(5_000), at(0)).is_granted, "the crowd shares one bucket");

        limits.take(caller(0), at(60_000));
        assert!(remembered() <= 2, "full buckets are forgotten");
    }

    #[test]
    fn a_subscriber_cannot_hide_among_its_own_addresses() {
        let address = |text: &str| Who::at(Some(text.parse().unwrap()));

        assert_eq!(address("2001:db8:1:2::3"), address("2001:db8:1:2:ffff::4"));
        assert_ne!(address("2001:db8:1:2::3"), address("2001:db8:1:3::3"));
        assert_ne!(address("192.0.2.1"), address("192.0.2.2"));
    }
}
