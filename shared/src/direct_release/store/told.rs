//! What partners tell us of their enterprises: a thousand records in two statements.
use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::direct_release::{EnterpriseId, enterprise::Status, message::EnterpriseRecord};

/// What became of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Kept {
    Applied(EnterpriseId),
    /// We hold the same version, or a newer one.
    Older,
    /// It was suspended less than a year before.
    WithinYear,
    /// We grant it ourselves, or another partner told us of it.
    OfAnother,
}

/// Keeps those records that are newer than what we hold; says of each what became of it, in their order.
pub(in super::super) async fn keep(
    conn: &mut PgConnection,
    sender: &str,
    records: &[(i32, EnterpriseRecord)],
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<(i32, Kept)>> {
    let newest = newest_of_each(records);
    let rows = Rows::of(&newest, now);
    let applied = upsert(conn, sender, &rows, now).await?;
    let applied: HashMap<(&str, &str), EnterpriseId> = applied
        .iter()
        .map(|row| ((row.reg_no.as_str(), row.direction.as_str()), EnterpriseId(row.id)))
        .collect();
    // Where all of them were applied there is nothing to look up.
    let is_all = applied.len() == records.len();
    let held = if is_all { Vec::new() } else { held(conn, &rows).await? };
    let held: HashMap<(&str, &str), &Held> =
        held.iter().map(|row| ((row.reg_no.as_str(), row.direction.as_str()), row)).collect();
    let places: HashSet<i32> = newest.iter().map(|(place, _)| *place).collect();
    let kept = records.iter().map(|(place, record)| {
        let key = (record.reg_no.as_str(), record.direction.name());
        let is_newest = places.contains(place);
        let kept = match (applied.get(&key).filter(|_| is_newest), held.get(&key)) {
            (Some(id), _) => Kept::Applied(*id),
            (None, Some(row)) if row.partner.as_deref() != Some(sender) => Kept::OfAnother,
            (None, Some(row)) if is_newest && row.version < record.version => Kept::WithinYear,
            _ => Kept::Older,
        };
        (*place, kept)
    });
    Ok(kept.collect())
}

/// Of several records about one enterprise and direction the newest; of equal ones the first.
fn newest_of_each(records: &[(i32, EnterpriseRecord)]) -> Vec<&(i32, EnterpriseRecord)> {
    let mut newest: HashMap<(&str, &str), &(i32, EnterpriseRecord)> = HashMap::new();
    for one in records {
        let key = (one.1.reg_no.as_str(), one.1.direction.name());
        let best = newest.entry(key).or_insert(one);
        if one.1.version > best.1.version {
            *best = one;
        }
    }
    // Rows are locked in the order of their keys, whoever else is at them.
    let mut newest: Vec<_> = newest.into_iter().collect();
    newest.sort_unstable_by_key(|(key, _)| *key);
    newest.into_iter().map(|(_, one)| one).collect()
}

/// Records, turned on their side.
#[derive(Default)]
struct Rows {
    ids: Vec<Uuid>,
    reg_nos: Vec<String>,
    directions: Vec<String>,
    states: Vec<String>,
    versions: Vec<i64>,
    granted_on: Vec<NaiveDate>,
    suspended_on: Vec<Option<NaiveDate>>,
    suspended_until: Vec<Option<NaiveDate>>,
    grounds: Vec<Option<String>>,
    reasons: Vec<Option<String>>,
}

impl Rows {
    fn of(records: &[&(i32, EnterpriseRecord)], now: DateTime<Utc>) -> Self {
        let mut rows = Self::default();
        for (_, record) in records {
            rows.ids.push(EnterpriseId::mint(now).0);
            rows.reg_nos.push(record.reg_no.clone());
            rows.directions.push(record.direction.name().to_owned());
            rows.states.push(record.state.name().to_owned());
            rows.versions.push(record.version);
            rows.granted_on.push(record.granted_on);
            rows.suspended_on.push(record.suspended_on);
            rows.suspended_until.push(record.suspended_until);
            rows.grounds.push(record.ground.map(|ground| ground.name().to_owned()));
            rows.reasons.push(record.reason.clone());
        }
        rows
    }
}

struct Applied {
    id: Uuid,
    reg_no: String,
    direction: String,
}

/// A suspension is never shortened, nor is an enterprise granted before its year is over (domain invariant 23).
async fn upsert(
    conn: &mut PgConnection,
    sender: &str,
    rows: &Rows,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<Applied>> {
    sqlx::query_as!(
        Applied,
        r#"
        insert into direct_enterprises as held (id, reg_no, direction, state, version, granted_on, suspended_on,
            suspended_until, ground, reason, partner, created_at, updated_at)
        select *, $11, $12, $12 from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[],
            $6::date[], $7::date[], $8::date[], $9::text[], $10::text[])
        on conflict (reg_no, direction) where state <> 'REFUSED' do update
        set state = excluded.state, version = excluded.version, granted_on = excluded.granted_on,
            suspended_on = coalesce(excluded.suspended_on, held.suspended_on),
            suspended_until = greatest(excluded.suspended_until, held.suspended_until),
            ground = excluded.ground, reason = excluded.reason, updated_at = excluded.updated_at
        where held.partner = excluded.partner and held.version < excluded.version
          and (excluded.state <> $13 or held.suspended_until is null
               or excluded.granted_on >= held.suspended_until
               or (held.state = $13 and excluded.granted_on = held.granted_on))
        returning id, reg_no, direction
        "#,
        &rows.ids,
        &rows.reg_nos,
        &rows.directions,
        &rows.states,
        &rows.versions,
        &rows.granted_on,
        &rows.suspended_on as &[Option<NaiveDate>],
        &rows.suspended_until as &[Option<NaiveDate>],
        &rows.grounds as &[Option<String>],
        &rows.reasons as &[Option<String>],
        sender,
        now,
        Status::Approved.name(),
    )
    .fetch_all(conn)
    .await
}

struct Held {
    reg_no: String,
    direction: String,
    partner: Option<String>,
    version: i64,
}

async fn held(conn: &mut PgConnection, rows: &Rows) -> sqlx::Result<Vec<Held>> {
    sqlx::query_as!(
        Held,
        r#"
        select reg_no, direction, partner, version from direct_enterprises
        where (reg_no, direction) in (select * from unnest($1::text[], $2::text[])) and state <> 'REFUSED'
        "#,
        &rows.reg_nos,
        &rows.directions,
    )
    .fetch_all(conn)
    .await
}
