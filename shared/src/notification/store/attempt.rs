//! Attempts, kept with what they bring about.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::notification::model::{Attempt, DeliveryState, EndpointId, Tried};

/// What follows from an attempt: how the delivery stands, and when it is tried again.
pub(in crate::notification) type Verdict<'a> = (&'a Tried, DeliveryState, DateTime<Utc>);

/// Keeps attempts and what follows from them. `attempts` fences: a worker that lost its lease changes nothing, but what
/// it did is logged. What waits for the same record behind a failure waits as long.
pub(in crate::notification) async fn keep(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    verdicts: &[Verdict<'_>],
) -> sqlx::Result<()> {
    let mut columns = Columns::default();
    for verdict in verdicts {
        columns.push(verdict);
    }
    sqlx::query!(
        r#"
        with tried as (
            select * from unnest($1::uuid[], $2::uuid[], $3::int4[], $4::timestamptz[], $5::int4[], $6::int2[],
                $7::text[], $8::text[], $9::timestamptz[])
                as tried(endpoint_id, event_id, number, at, took_ms, status, error, state, due_at)
        ), logged as (
            insert into webhook_attempts (endpoint_id, event_id, number, at, took_ms, status, error)
            select endpoint_id, event_id, number, at, took_ms, status, error from tried
            on conflict do nothing
        )
        update webhook_deliveries d
        set state = tried.state, due_at = tried.due_at, leased_until = null, last_status = tried.status,
            last_error = tried.error, settled_at = case when tried.state = 'WAITING' then null else $10::timestamptz end
        from tried
        where d.endpoint_id = tried.endpoint_id and d.event_id = tried.event_id and d.attempts = tried.number
            and d.state = 'WAITING'
        "#,
        &columns.endpoints,
        &columns.events,
        &columns.numbers,
        &columns.at,
        &columns.took,
        &columns.statuses as &[Option<i16>],
        &columns.errors as &[Option<String>],
        &columns.states as &[&str],
        &columns.due,
        now,
    )
    .execute(&mut *conn)
    .await?;
    let failed: Vec<_> =
        verdicts.iter().filter(|(_, state, _)| *state == DeliveryState::Waiting).collect();
    if failed.is_empty() {
        return Ok(());
    }
    let endpoints: Vec<_> = failed.iter().map(|(tried, ..)| tried.endpoint.0).collect();
    let subjects: Vec<_> = failed.iter().map(|(tried, ..)| tried.subject).collect();
    let due: Vec<_> = failed.iter().map(|(.., due)| *due).collect();
    sqlx::query!(
        r#"
        update webhook_deliveries d set due_at = failed.due_at
        from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as failed(endpoint_id, subject, due_at)
        where d.endpoint_id = failed.endpoint_id and d.subject = failed.subject and d.state = 'WAITING'
            and d.due_at < failed.due_at
        "#,
        &endpoints,
        &subjects,
        &due,
    )
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(Default)]
struct Columns<'a> {
    endpoints: Vec<Uuid>,
    events: Vec<Uuid>,
    numbers: Vec<i32>,
    at: Vec<DateTime<Utc>>,
    took: Vec<i32>,
    statuses: Vec<Option<i16>>,
    errors: Vec<Option<String>>,
    states: Vec<&'a str>,
    due: Vec<DateTime<Utc>>,
}

impl Columns<'_> {
    fn push(&mut self, (tried, state, due): &Verdict<'_>) {
        self.endpoints.push(tried.endpoint.0);
        self.events.push(tried.event);
        self.numbers.push(tried.attempt);
        self.at.push(tried.at);
        self.took.push(i32::try_from(tried.took.num_milliseconds()).unwrap_or(i32::MAX));
        self.statuses.push(tried.answer.status());
        self.errors.push(tried.answer.error());
        self.states.push(state.name());
        self.due.push(*due);
    }
}

/// All attempts of one delivery, oldest first.
pub(in crate::notification) async fn of(
    conn: &mut PgConnection,
    endpoint: EndpointId,
    event: Uuid,
) -> sqlx::Result<Vec<Attempt>> {
    sqlx::query_as!(
        Attempt,
        r#"
        select number, at, took_ms, status, error from webhook_attempts
        where endpoint_id = $1 and event_id = $2 order by number limit 200
        "#,
        endpoint.0,
        event,
    )
    .fetch_all(conn)
    .await
}
