//! One limit for a client at all processes, through a real Redis, and without it.
use std::sync::Arc;

use api::limits::{Limits, Shared, Who};
use chrono::{DateTime, TimeDelta, Utc};
use shared::kernel::id;
use uuid::Uuid;

#[expect(clippy::disallowed_methods, reason = "where the runner says that Redis is")]
fn redis_url() -> String {
    std::env::var("REDIS_URL").unwrap()
}

/// A process that lets everybody ask ten times a second, twenty times at once.
fn process(redis_url: &str) -> (Arc<Limits>, Shared) {
    let limits = Arc::new(Limits::per_second(10));
    (Arc::clone(&limits), Shared::open(limits, redis_url).unwrap())
}

fn noon() -> DateTime<Utc> {
    "2014-05-12T04:00:00Z".parse().unwrap()
}

/// How many requests of a client a process grants at that moment.
fn granted(limits: &Limits, client: Uuid, at: DateTime<Utc>) -> usize {
    (0..100).take_while(|_| limits.grants(Who::Known(client), at)).count()
}

#[tokio::test]
async fn what_a_client_takes_at_one_process_is_missing_at_the_other() {
    let ((first, telling), (second, hearing)) = (process(&redis_url()), process(&redis_url()));
    let client = id::mint(noon());
    let now = noon();
    // Both have met the client before.
    assert!(first.grants(Who::Known(client), now) && second.grants(Who::Known(client), now));
    telling.tell(now).await.unwrap();
    hearing.tell(now).await.unwrap();

    assert_eq!(granted(&first, client, now), 19);
    telling.tell(now).await.unwrap();
    assert!(second.grants(Who::Known(client), now));
    hearing.tell(now).await.unwrap();

    assert_eq!(granted(&second, client, now), 0);
    assert_eq!(granted(&second, client, now + TimeDelta::seconds(1)), 10, "it fills as ever");
}

#[tokio::test]
async fn what_was_taken_long_ago_is_not_taken_once_more() {
    let ((first, telling), (second, hearing)) = (process(&redis_url()), process(&redis_url()));
    let client = id::mint(noon());
    assert!(second.grants(Who::Known(client), noon()));
    hearing.tell(noon()).await.unwrap();
    granted(&first, client, noon());
    telling.tell(noon()).await.unwrap();

    let later = noon() + TimeDelta::seconds(30);
    assert!(second.grants(Who::Known(client), later));
    hearing.tell(later).await.unwrap();

    assert_eq!(granted(&second, client, later), 19);
}

#[tokio::test]
async fn without_redis_each_process_counts_for_itself() {
    // Nothing listens on the port of discard.
    let (limits, shared) = process("redis://127.0.0.1:9");
    let client = id::mint(noon());

    assert_eq!(granted(&limits, client, noon()), 20);
    shared.tell(noon()).await.unwrap_err();

    assert_eq!(granted(&limits, client, noon() + TimeDelta::seconds(1)), 10);
}
