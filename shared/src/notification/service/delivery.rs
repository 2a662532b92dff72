//! Deliveries: taken under a lease, tried, and what follows from the answer.
use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::endpoint;
use crate::{
    kernel::{Actor, Failure, Page, PageRequest},
    ledger::Tx,
    notification::{
        model::{Attempt, Delivery, DeliveryState, Endpoint, EndpointId, Parcel, Tried},
        schedule,
        status::{DisabledBecause, EndpointAction},
        store::{self, delivery::Room},
    },
};

/// How long deliveries are kept after they were settled.
const KEPT: Duration = Duration::days(30);

/// Is anything due to anybody?
pub async fn is_due(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<bool> {
    store::delivery::is_due(conn, now).await
}

/// Takes what is due, for endpoints one of which has so much in hand, up to `each` for one and `all` for all. What is
/// not settled when the lease is over is taken again; its id stays the same, so that its receiver knows it.
pub async fn claim(
    conn: &mut PgConnection,
    (now, lease): (DateTime<Utc>, Duration),
    busy: &[(EndpointId, i64)],
    (each, all): (i64, i64),
) -> sqlx::Result<Vec<Parcel>> {
    store::delivery::claim(conn, now, now + lease, Room { busy, each, all }).await
}

/// Keeps what endpoints answered, and draws the conclusions: tried again later, given up, held, disabled.
pub async fn settle(tx: &mut Tx, tried: &[Tried]) -> Result<(), Failure> {
    let now = tx.now;
    let mut by_endpoint: BTreeMap<EndpointId, Vec<&Tried>> = BTreeMap::new();
    for one in tried {
        by_endpoint.entry(one.endpoint).or_default().push(one);
    }
    let is_bad = |answers: &Vec<&Tried>| answers.iter().any(|one| !one.answer.is_good());
    let bad: Vec<Uuid> =
        by_endpoint.iter().filter(|(_, all)| is_bad(all)).map(|(id, _)| id.0).collect();
    let well: Vec<Uuid> =
        by_endpoint.iter().filter(|(_, all)| !is_bad(all)).map(|(id, _)| id.0).collect();
    // Endpoints before their deliveries, as whoever replays does.
    let held = store::endpoint::lock_any(tx, &bad).await?;
    let verdicts: Vec<_> = tried.iter().map(|one| verdict(one, now)).collect();
    store::attempt::keep(tx, now, &verdicts).await?;
    if !well.is_empty() {
        store::health::recovered(tx, &well, now).await?;
    }
    for mut endpoint in held {
        let answers = &by_endpoint[&endpoint.id];
        judge(tx, &mut endpoint, answers).await?;
    }
    Ok(())
}

fn verdict(tried: &Tried, now: DateTime<Utc>) -> (&Tried, DeliveryState, DateTime<Utc>) {
    if tried.answer.is_good() {
        return (tried, DeliveryState::Delivered, now);
    }
    match schedule::pause_after(tried.tries, tried.event) {
        Some(pause) => {
            let asked = tried.answer.pause().unwrap_or_default().min(schedule::LONGEST_HOLD);
            (tried, DeliveryState::Waiting, now + pause.max(asked))
        }
        None => (tried, DeliveryState::GivenUp, now),
    }
}

/// What its answers, one of which at least is bad, say of an endpoint.
async fn judge(tx: &mut Tx, endpoint: &mut Endpoint, answers: &[&Tried]) -> Result<(), Failure> {
    let now = tx.now;
    // What was tried together fails together, and counts once.
    if answers.iter().any(|one| one.answer.is_good()) {
        (endpoint.failures, endpoint.failing_since) = (0, None);
    } else {
        endpoint.failures = endpoint.failures.saturating_add(1);
        endpoint.failing_since = endpoint.failing_since.or(Some(now));
    }
    let asked = answers.iter().filter_map(|one| one.answer.pause()).max();
    let asked = asked.map(|pause| pause.min(schedule::LONGEST_HOLD));
    let hold = asked.max(schedule::hold_after(endpoint.failures));
    endpoint.held_until = hold.map(|pause| now + pause);
    endpoint.updated_at = now;
    let is_gone = answers.iter().any(|one| one.answer.is_gone());
    let is_lost = endpoint.failing_since.is_some_and(|since| now - since >= schedule::PATIENCE);
    let because = match (is_gone, is_lost) {
        (true, _) => Some(DisabledBecause::Gone),
        (_, true) => Some(DisabledBecause::Failing),
        _ => None,
    };
    match because.filter(|_| endpoint.state.after(EndpointAction::Disable).is_some()) {
        Some(because) => {
            tracing::warn!(endpoint = %endpoint.id, reg_no = endpoint.reg_no, ?because, "a webhook endpoint was disabled");
            endpoint::stop(tx, &Actor::system(), endpoint, because).await
        }
        None => Ok(store::endpoint::update(tx, endpoint).await?),
    }
}

/// What is or was on its way to an endpoint, newest first.
pub async fn list(
    conn: &mut PgConnection,
    actor: &Actor,
    id: EndpointId,
    (state, page): (Option<DeliveryState>, PageRequest),
) -> Result<Page<Delivery>, Failure> {
    let endpoint = endpoint::get(conn, actor, id).await?;
    Ok(Page::cut(store::delivery::list(conn, endpoint.id, state, page).await?, page))
}

/// One of them, with every attempt.
pub async fn get(
    conn: &mut PgConnection,
    actor: &Actor,
    (id, event): (EndpointId, Uuid),
) -> Result<(Delivery, Vec<Attempt>), Failure> {
    let endpoint = endpoint::get(conn, actor, id).await?;
    let delivery = store::delivery::find(conn, endpoint.id, event).await?;
    let delivery = delivery.ok_or(Failure::Missing("delivery"))?;
    Ok((delivery, store::attempt::of(conn, endpoint.id, event).await?))
}

/// Forgets what was settled a month ago. Returns how many deliveries.
pub async fn forget(tx: &mut Tx) -> sqlx::Result<i64> {
    let before = tx.now - KEPT;
    store::health::forget(tx, before, 50_000).await
}
