//! Where passwords are hashed and compared: slow on purpose, so a few at once and off the threads that serve.
use std::{
    num::NonZero,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use actix_web::{
    http::{StatusCode, header},
    web,
};
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use shared::identity::{
    password::{self, Memory},
    staff::Proof,
};
use tokio::{sync::Semaphore, time::timeout};
use uuid::Uuid;

use crate::{
    body::Sent,
    limits::{Limits, Who},
    problem::Problem,
};

/// How long somebody waits for their turn before they are asked to come back.
const PATIENCE: Duration = Duration::from_secs(2);

/// Tries a second from one address: an office of a hundred behind one address gets in within ten seconds.
const FROM_ONE_ADDRESS: u32 = 10;
/// Tries a second under one login, wherever they come from.
const UNDER_ONE_LOGIN: u32 = 2;

/// The few places in which passwords are worked on. A flood of them waits here and starves nobody else; one address
/// or one login has no more than its share of the places.
pub struct Passwords {
    places: Arc<Semaphore>,
    /// One for each place, from its first use on.
    memories: Arc<Mutex<Vec<Memory>>>,
    addresses: Limits,
    logins: Limits,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::sharing(FROM_ONE_ADDRESS, UNDER_ONE_LOGIN)
    }
}

impl Passwords {
    /// Half of the processors, and one at least; so many tries a second from one address and under one login, and
    /// twice as many at once.
    #[must_use]
    pub fn sharing(from_one_address: u32, under_one_login: u32) -> Self {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            places: Arc::new(Semaphore::new((processors / 2).max(1))),
            memories: Arc::default(),
            addresses: Limits::per_second(from_one_address),
            logins: Limits::per_second(under_one_login),
        }
    }

    /// Whether somebody may try to sign in once more; asked before anything is looked up. A login that nobody has
    /// is counted like any other.
    pub(crate) fn may_try(
        &self,
        login: &str,
        from: Who,
        now: DateTime<Utc>,
    ) -> Result<(), Problem> {
        let mut name = [0; 16];
        name.copy_from_slice(&Sha256::digest(login.as_bytes())[..16]);
        for (limits, who) in
            [(&self.addresses, from), (&self.logins, Who::As(Uuid::from_bytes(name)))]
        {
            let allowance = limits.take(who, now);
            if !allowance.is_granted {
                return Err(allowance.refusal());
            }
        }
        Ok(())
    }

    /// The hash to keep.
    pub async fn hash(&self, password: String) -> Result<String, Problem> {
        Ok(self.work(move |memory| password::hash(&password, memory)).await??)
    }

    /// Compares with what is kept; where there is nobody to compare with, it takes as long and says no.
    pub async fn compare(&self, password: String, kept: Option<String>) -> Result<Proof, Problem> {
        self.work(move |memory| match kept {
            Some(kept) => password::compare(&password, &kept, memory),
            None => password::compare_with_nobody(&password, memory),
        })
        .await
    }

    /// Tells one request with a password in it from another, without leaving behind what a fast search through
    /// likely passwords could be tried on.
    pub async fn veil(&self, password: String, rest: String) -> Result<Veiled, Problem> {
        let salt: [u8; 32] = Sha256::digest(rest.as_bytes()).into();
        Ok(Veiled(self.work(move |memory| password::veil(&password, &salt, memory)).await??))
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let place = timeout(PATIENCE, Arc::clone(&self.places).acquire_owned()).await;
        let Ok(Ok(place)) = place else { return Err(busy()) };
        // The place goes along: a caller who hangs up does not make room while the work goes on.
        let memories = Arc::clone(&self.memories);
        let done = web::block(move || {
            let free = || memories.lock().unwrap_or_else(PoisonError::into_inner);
            let mut memory = free().pop().unwrap_or_default();
            let result = work(&mut memory);
            free().push(memory);
            drop(place);
            result
        });
        done.await.map_err(|_| Problem::unavailable())
    }
}

fn busy() -> Problem {
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Please try again in a moment")
        .header(header::RETRY_AFTER, "2")
}

/// A request with a password in it, as `Idempotency-Key` remembers it.
pub struct Veiled([u8; 32]);

impl Sent for Veiled {
    fn digest(&self) -> [u8; 32] {
        self.0
    }
}
