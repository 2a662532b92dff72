//! One unit of work: change, history and promises, committed together or not at all.
use std::{
    mem,
    ops::{Deref, DerefMut},
};

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use super::{Event, Job, event::Entry, flush, jobs::Promise};
use crate::{
    Clock,
    kernel::{Actor, Failure, calendar, id},
};

/// Acts ask by keys, of which there are few or many: each statement is planned once for all its connections will ever
/// ask. Left to itself the server plans `id = any($1)` anew for every list that is shorter than it had guessed, which
/// was a quarter of all it did. Lists with filters, which do want a plan for the values at hand, are no acts.
const BEGIN: &str = "begin; set local plan_cache_mode = force_generic_plan";

/// A transaction with one moment, and the history and promises it will leave behind.
///
/// Dropping it undoes everything; only [`Tx::commit`] keeps it.
pub struct Tx {
    inner: Transaction<'static, Postgres>,
    /// Read once: all timestamps of one transaction are equal.
    pub now: DateTime<Utc>,
    /// The revision the caller saw (`If-Match`); whoever locks the record compares.
    pub expected_revision: Option<i64>,
    events: Vec<Entry>,
    promises: Vec<Promise>,
}

impl Tx {
    pub async fn begin(pool: &PgPool, clock: &Clock) -> sqlx::Result<Self> {
        let inner = pool.begin_with(BEGIN).await?;
        Ok(Self {
            inner,
            now: clock.now(),
            expected_revision: None,
            events: Vec::new(),
            promises: Vec::new(),
        })
    }

    /// The Shanghai date of this transaction.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        calendar::day_of(self.now)
    }

    /// Writes history. Committed with the change it describes, or not at all.
    pub fn record<E: Event>(&mut self, actor: &Actor, event: &E) -> anyhow::Result<()> {
        let id = id::mint(self.now);
        self.events.push(Entry::new(id, actor, event)?);
        Ok(())
    }

    /// The steps of a lifecycle that this transaction has recorded about one record, in their order.
    pub fn steps_of(&self, subject: uuid::Uuid) -> impl Iterator<Item = Step<'_>> {
        let entries = self.events.iter().filter(move |entry| entry.subject == subject);
        entries.filter_map(|entry| {
            let (previous, next) = (entry.previous.as_deref()?, entry.next.as_deref()?);
            let reason = entry.reason.as_deref();
            Some(Step { id: entry.id, kind: entry.kind, previous, next, reason })
        })
    }

    /// Promises work. Owed once this transaction commits; never before.
    pub fn enqueue<J: Job>(&mut self, job: &J) -> anyhow::Result<()> {
        self.enqueue_at(job, self.now)
    }

    /// Promises work for later.
    pub fn enqueue_at<J: Job>(&mut self, job: &J, due_at: DateTime<Utc>) -> anyhow::Result<()> {
        self.promise(Promise::new(job, self.now, due_at)?);
        Ok(())
    }

    pub(super) fn promise(&mut self, promise: Promise) {
        self.promises.push(promise);
    }

    /// Refuses with 412 when the caller saw an older (or newer) state of what it acts upon.
    pub fn must_be_current(&self, revision: i64) -> Result<(), Failure> {
        match self.expected_revision {
            Some(expected) if expected != revision => Err(Failure::Stale),
            _ => Ok(()),
        }
    }

    /// Marks a point to return to with [`Tx::undo_to`]: one bad item never fails its neighbours.
    pub async fn savepoint(&mut self) -> sqlx::Result<Savepoint> {
        sqlx::query!("savepoint item").execute(&mut *self.inner).await?;
        Ok(Savepoint { events: self.events.len(), promises: self.promises.len() })
    }

    /// Forgets all that was written, recorded and promised since `point`.
    pub async fn undo_to(&mut self, point: Savepoint) -> sqlx::Result<()> {
        sqlx::query!("rollback to savepoint item").execute(&mut *self.inner).await?;
        self.events.truncate(point.events);
        self.promises.truncate(point.promises);
        Ok(())
    }

    /// Forgets the point itself, so that the one set before it is the nearest again.
    pub async fn release(&mut self) -> sqlx::Result<()> {
        sqlx::query!("release savepoint item").execute(&mut *self.inner).await?;
        Ok(())
    }

    /// Leaves nothing behind, and lets go of every lock before it returns; a transaction that is merely dropped
    /// does so some time later.
    pub async fn roll_back(self) -> sqlx::Result<()> {
        self.inner.rollback().await
    }

    /// Keeps the change with its history and its promises: one statement, whatever their number.
    pub async fn commit(mut self) -> sqlx::Result<()> {
        self.flush().await?;
        self.inner.commit().await
    }

    async fn flush(&mut self) -> sqlx::Result<()> {
        let (events, promises) = (mem::take(&mut self.events), mem::take(&mut self.promises));
        if events.is_empty() && promises.is_empty() {
            return Ok(());
        }
        flush::flush(&mut self.inner, self.now, &events, &promises).await
    }
}

/// A step as it was recorded.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// Of the event that tells of it.
    pub id: uuid::Uuid,
    pub kind: &'static str,
    pub previous: &'a str,
    pub next: &'a str,
    pub reason: Option<&'a str>,
}

/// A place in a transaction to return to.
#[derive(Clone, Copy, Debug)]
pub struct Savepoint {
    events: usize,
    promises: usize,
}

impl Deref for Tx {
    type Target = PgConnection;
    fn deref(&self) -> &PgConnection {
        &self.inner
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.inner
    }
}
