//! Deliveries on their way.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    kernel::PageRequest,
    notification::{
        model::{Delivery, DeliveryState, EndpointId, Parcel},
        payload::Happened,
        schedule,
        secret::{Credentials, Seed},
    },
};

/// Is anything due? Endpoints that are held or disabled do not count.
pub(in crate::notification) async fn is_due(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"
        select exists (
            select from webhook_endpoints w cross join lateral (
                select from webhook_deliveries d
                where d.endpoint_id = w.id and d.state = 'WAITING' and d.due_at <= $1 limit 1) due
            where w.state = 'ACTIVE' and (w.held_until is null or w.held_until <= $1)) as "is_due!"
        "#,
        now,
    )
    .fetch_one(conn)
    .await
}

/// How much of what one worker may have in hand for one endpoint.
#[derive(Clone, Debug)]
pub(in crate::notification) struct Room<'a> {
    /// Endpoints for which something is in hand, and how much.
    pub busy: &'a [(EndpointId, i64)],
    pub each: i64,
    pub all: i64,
}

/// Takes what is due under a lease: of each record only the first that waits, of each endpoint as much as there is
/// room for, of one that is not well a single one.
pub(in crate::notification) async fn claim(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    room: Room<'_>,
) -> sqlx::Result<Vec<Parcel>> {
    let (ids, counts): (Vec<_>, Vec<_>) =
        room.busy.iter().map(|(id, count)| (id.0, *count)).unzip();
    let rows = sqlx::query!(
        r#"
        with able as (
            select w.*, case when w.failures >= $7 then least(1, $3 - coalesce(o.count, 0))
                else $3 - coalesce(o.count, 0) end as room
            from webhook_endpoints w
            join clients c on c.id = w.client_id and c.state = 'ACTIVE'
            left join unnest($1::uuid[], $2::int8[]) as o(id, count) on o.id = w.id
            where w.state = 'ACTIVE' and (w.held_until is null or w.held_until <= $4)
        ), due as (
            select able.id, able.url, able.key_id, able.generation, able.previous_key_id, able.previous_until,
                able.reg_no, first.event_id
            from able cross join lateral (
                select d.event_id from webhook_deliveries d
                where d.endpoint_id = able.id and d.state = 'WAITING' and d.due_at <= $4
                    and (d.leased_until is null or d.leased_until <= $4)
                    and not exists (select from webhook_deliveries before
                        where before.endpoint_id = d.endpoint_id and before.subject = d.subject
                            and before.state = 'WAITING' and before.position < d.position)
                order by d.due_at, d.position limit greatest(able.room, 0)
                for update of d skip locked) first
            limit $6
        ), taken as (
            update webhook_deliveries d set leased_until = $5, attempts = attempts + 1, tries = tries + 1
            from due where d.endpoint_id = due.id and d.event_id = due.event_id
            returning d.endpoint_id, d.event_id, d.attempts, d.tries
        )
        select t.endpoint_id, t.event_id, t.attempts, t.tries, due.url, due.key_id, due.generation,
            due.previous_key_id, due.previous_until, due.reg_no, e.kind, e.at, e.subject,
            case when c.accepted_at <= e.at then c.decl_no end as decl_no, c.ent_decl_no as "ent_decl_no?",
            e.previous, e.next, e.reason, e.data
        from taken t
        join due on due.id = t.endpoint_id and due.event_id = t.event_id
        join events e on e.id = t.event_id
        left join declarations c on c.id = e.subject
        "#,
        &ids,
        &counts,
        room.each,
        now,
        until,
        room.all,
        schedule::UNWELL,
    )
    .fetch_all(conn)
    .await?;
    let parcel = rows.into_iter().map(|row| {
        let endpoint = EndpointId(row.endpoint_id);
        let previous =
            row.previous_key_id.zip(row.previous_until).filter(|(_, until)| *until > now);
        let before = row.generation - 1;
        Parcel {
            endpoint,
            url: row.url,
            credentials: Credentials {
                endpoint,
                current: Seed { key_id: row.key_id, generation: row.generation },
                previous: previous.map(|(key_id, _)| Seed { key_id, generation: before }),
            },
            event: row.event_id,
            subject: row.subject,
            attempt: row.attempts,
            tries: row.tries,
            payload: Happened {
                kind: row.kind,
                at: row.at,
                subject: row.subject,
                reg_no: row.reg_no,
                decl_no: row.decl_no,
                ent_decl_no: row.ent_decl_no,
                previous: row.previous,
                next: row.next,
                reason: row.reason,
                data: row.data,
            }
            .into(),
        }
    });
    Ok(parcel.collect())
}

macro_rules! deliveries {
    ($which:literal, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            Delivery,
            r#"
            select event_id, position, kind, subject, state as "state: DeliveryState", attempts, due_at, last_status,
                last_error, created_at, settled_at
            from webhook_deliveries
            "# + $which,
            $($argument),*
        )
    };
}

pub(in crate::notification) async fn list(
    conn: &mut PgConnection,
    endpoint: EndpointId,
    state: Option<DeliveryState>,
    page: PageRequest,
) -> sqlx::Result<Vec<Delivery>> {
    deliveries!(
        r#"
        where endpoint_id = $1 and ($2::text is null or state = $2) and ($3::uuid is null or event_id < $3)
          and ($5::timestamptz is null or greatest(created_at, due_at, settled_at) >= $5)
        order by event_id desc limit $4
        "#,
        endpoint.0,
        state.map(DeliveryState::name),
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::notification) async fn find(
    conn: &mut PgConnection,
    endpoint: EndpointId,
    event: Uuid,
) -> sqlx::Result<Option<Delivery>> {
    deliveries!("where endpoint_id = $1 and event_id = $2", endpoint.0, event)
        .fetch_optional(conn)
        .await
}
