//! Telling again: one delivery, or all that happened in a span of time.
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::endpoint;
use crate::{
    kernel::{Actor, Failure, Violations},
    ledger::Tx,
    notification::{
        model::{Endpoint, EndpointId},
        status::EndpointState,
        store,
    },
};

/// How much one replay may bring back.
const MOST: u32 = 10_000;

async fn hold(tx: &mut Tx, actor: &Actor, id: EndpointId) -> Result<Endpoint, Failure> {
    let endpoint = endpoint::hold(tx, actor, id).await?;
    if endpoint.state != EndpointState::Active {
        let detail = "it has to be active: enable it, and let it answer its challenge";
        return Err(Failure::refused("webhook/wrong-state", detail));
    }
    Ok(endpoint)
}

/// Puts one delivery on its way again, under the same id.
pub async fn one(
    tx: &mut Tx,
    actor: &Actor,
    (id, event): (EndpointId, Uuid),
) -> Result<(), Failure> {
    let endpoint = hold(tx, actor, id).await?;
    let now = tx.now;
    let is_there = store::replay::one(tx, endpoint.id, event, now).await?;
    if is_there { Ok(()) } else { Err(Failure::Missing("delivery")) }
}

/// Puts all that happened from one moment to before another on its way, also what the endpoint was never told. Returns
/// how much that is.
pub async fn range(
    tx: &mut Tx,
    actor: &Actor,
    id: EndpointId,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<u64, Failure> {
    let endpoint = hold(tx, actor, id).await?;
    if from >= to {
        let mut wrong = Violations::default();
        wrong.error("/to", "span-empty", "应晚于起始时间", "it has to be after from");
        return Err(wrong.into());
    }
    let now = tx.now;
    let span = (first_id(from), first_id(to));
    let replayed = store::replay::range(tx, &endpoint, span, i64::from(MOST) + 1, now).await?;
    if replayed > u64::from(MOST) {
        let detail = format!("more than {MOST} events happened then: ask for a shorter span");
        return Err(Failure::refused("webhook/replay-too-large", detail));
    }
    Ok(replayed)
}

/// The smallest id of that millisecond: ids of events begin with the moment of their transaction.
fn first_id(at: DateTime<Utc>) -> Uuid {
    let millis = u128::try_from(at.timestamp_millis().max(0)).unwrap_or(0);
    Uuid::from_u128(millis << 80)
}
