//! Callers who wait for changes. One question to the tables serves all of them; while nobody waits none is asked.
use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use shared::notification::service::feed;
use sqlx::PgPool;
use tokio::{
    sync::oneshot,
    time::{Instant, interval, timeout_at},
};

/// How often the tables are asked.
const BEAT: Duration = Duration::from_millis(200);

/// All who wait in this process.
#[derive(Clone, Default)]
pub struct LongPoll(Arc<Inner>);

#[derive(Default)]
struct Inner {
    waiters: Mutex<Waiters>,
}

#[derive(Default)]
struct Waiters {
    next: i64,
    by_number: HashMap<i64, Waiter>,
}

struct Waiter {
    reg_no: String,
    after: i64,
    bell: oneshot::Sender<()>,
}

impl LongPoll {
    /// Starts on the current runtime.
    #[must_use]
    pub fn start(pool: &PgPool) -> Self {
        let waiting = Self::default();
        tokio::spawn(keep_ringing(Arc::downgrade(&waiting.0), pool.clone()));
        waiting
    }

    /// Waits until something concerns them after that position; false: the time is over.
    pub(crate) async fn wait(&self, reg_no: &str, after: i64, until: Instant) -> bool {
        let (bell, rung) = oneshot::channel();
        let waiter = Waiter { reg_no: reg_no.to_owned(), after, bell };
        let number = self.0.lock().enter(waiter);
        // Whoever hangs up is dropped here, and leaves the room.
        let _place = Place { room: &self.0, number };
        timeout_at(until, rung).await.is_ok_and(|rung| rung.is_ok())
    }

    /// How many wait.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.lock().by_number.len()
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Waiters> {
        self.waiters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiters {
    fn enter(&mut self, waiter: Waiter) -> i64 {
        self.next += 1;
        self.by_number.insert(self.next, waiter);
        self.next
    }
}

struct Place<'a> {
    room: &'a Inner,
    number: i64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.room.lock().by_number.remove(&self.number);
    }
}

/// Rings until nobody can wait any more.
async fn keep_ringing(room: Weak<Inner>, pool: PgPool) {
    let mut beat = interval(BEAT);
    loop {
        beat.tick().await;
        let Some(room) = room.upgrade() else { return };
        let waiters: Vec<_> = {
            let room = room.lock();
            let waiter =
                |(number, waiter): (&i64, &Waiter)| (*number, waiter.reg_no.clone(), waiter.after);
            room.by_number.iter().map(waiter).collect()
        };
        if waiters.is_empty() {
            continue;
        }
        let asked = async {
            let mut conn = pool.acquire().await?;
            feed::concerned(&mut conn, &waiters).await
        };
        match asked.await {
            Ok(concerned) => {
                let mut room = room.lock();
                for number in concerned {
                    if let Some(waiter) = room.by_number.remove(&number) {
                        let _ = waiter.bell.send(());
                    }
                }
            }
            // They look for themselves: the answer tells them what is wrong.
            Err(_) => drop(mem::take(&mut room.lock().by_number)),
        }
    }
}
