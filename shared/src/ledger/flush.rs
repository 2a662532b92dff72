//! How a transaction's history and promises are written: one statement for both, whatever their number.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{event::Entry, jobs::Promise};

pub(super) async fn flush(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    entries: &[Entry],
    promises: &[Promise],
) -> sqlx::Result<()> {
    let mut history = History::default();
    for entry in entries {
        history.push(entry);
    }
    let mut owed = Owed::default();
    for promise in promises {
        owed.push(promise);
    }
    // The condition is asked before the first row takes its number: a transaction that holds a number has an id. The
    // sequencer of the feed relies on it to know when a number is missing for good.
    sqlx::query!(
        r#"
        with history as (
            insert into events (id, kind, subject, actor_kind, actor_id, organisation, previous, next,
                reason, data, at)
            select *, $1::timestamptz
            from unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::uuid[], $7::text[],
                $8::text[], $9::text[], $10::text[], $11::jsonb[])
            where pg_current_xact_id() is not null
        )
        insert into jobs (id, kind, lane, subject, data, max_attempts, due_at, ring_at, created_at)
        select id, kind, lane, subject, data, max_attempts, due_at, due_at, $1
        from unnest($12::uuid[], $13::text[], $14::text[], $15::uuid[], $16::jsonb[], $17::int4[],
            $18::timestamptz[]) as promise(id, kind, lane, subject, data, max_attempts, due_at)
        "#,
        now,
        &history.ids,
        &history.kinds as &[&str],
        &history.subjects,
        &history.actor_kinds as &[&str],
        &history.actor_ids as &[Option<Uuid>],
        &history.organisations as &[&str],
        &history.previous as &[Option<&str>],
        &history.next as &[Option<&str>],
        &history.reasons as &[Option<&str>],
        &history.data as &[&serde_json::Value],
        &owed.ids,
        &owed.kinds as &[&str],
        &owed.lanes as &[&str],
        &owed.subjects,
        &owed.data as &[&serde_json::Value],
        &owed.attempts,
        &owed.due,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Entries turned on their side, as `unnest` wants them.
#[derive(Default)]
struct History<'a> {
    ids: Vec<Uuid>,
    kinds: Vec<&'static str>,
    subjects: Vec<Uuid>,
    actor_kinds: Vec<&'static str>,
    actor_ids: Vec<Option<Uuid>>,
    organisations: Vec<&'a str>,
    previous: Vec<Option<&'a str>>,
    next: Vec<Option<&'a str>>,
    reasons: Vec<Option<&'a str>>,
    data: Vec<&'a serde_json::Value>,
}

impl<'a> History<'a> {
    fn push(&mut self, entry: &'a Entry) {
        self.ids.push(entry.id);
        self.kinds.push(entry.kind);
        self.subjects.push(entry.subject);
        self.actor_kinds.push(entry.actor_kind);
        self.actor_ids.push(entry.actor_id);
        self.organisations.push(&entry.organisation);
        self.previous.push(entry.previous.as_deref());
        self.next.push(entry.next.as_deref());
        self.reasons.push(entry.reason.as_deref());
        self.data.push(&entry.data);
    }
}

/// Promises turned on their side.
#[derive(Default)]
struct Owed<'a> {
    ids: Vec<Uuid>,
    kinds: Vec<&'static str>,
    lanes: Vec<&'static str>,
    subjects: Vec<Uuid>,
    data: Vec<&'a serde_json::Value>,
    attempts: Vec<i32>,
    due: Vec<DateTime<Utc>>,
}

impl<'a> Owed<'a> {
    fn push(&mut self, promise: &'a Promise) {
        self.ids.push(promise.id.0);
        self.kinds.push(promise.kind);
        self.lanes.push(promise.lane.name());
        self.subjects.push(promise.subject);
        self.data.push(&promise.data);
        self.attempts.push(promise.max_attempts);
        self.due.push(promise.due_at);
    }
}
