//! The acts of the room. What an answer means for the declaration is decided in `acts::handoff`.
use std::slice;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{
    Answer, Handoff, HandoffId, Offer, Passage, State,
    event::Moved,
    job::{AnswerHandoff, TellPartner},
    store,
};
use crate::{
    declaration::{Declaration, DeclarationId},
    kernel::{Actor, Failure, Page, PageRequest},
    ledger::Tx,
};

const MISSING: Failure = Failure::Missing("handoff");

/// Offers cases, each promised to the worker. Whoever holds the declarations' locks may offer.
pub async fn offer_many(tx: &mut Tx, offers: &[Offer]) -> Result<Vec<Handoff>, Failure> {
    if offers.is_empty() {
        return Ok(Vec::new());
    }
    let made: Vec<Handoff> = offers.iter().map(|offer| offer.made(tx.now)).collect();
    store::insert(tx, &made).await?;
    for (offer, handoff) in offers.iter().zip(&made) {
        tx.record(&offer.actor, &Moved::offered(handoff))?;
        if handoff.is_between_bureaus() {
            tx.enqueue(&TellPartner { handoff: handoff.id })?;
        } else {
            tx.enqueue(&AnswerHandoff { handoff: handoff.id })?;
        }
    }
    Ok(made)
}

/// Reads a handoff that goes out from or comes in to the actor's office, or concerns the actor's own case.
pub async fn read(
    conn: &mut PgConnection,
    actor: &Actor,
    id: HandoffId,
) -> Result<Handoff, Failure> {
    store::find(conn, actor.scope(), id).await?.ok_or(MISSING)
}

/// Reads many, for the system. All of them are there.
pub async fn read_many(
    conn: &mut PgConnection,
    ids: &[HandoffId],
) -> Result<Vec<Handoff>, Failure> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    let found = store::find_many(conn, &ids).await?;
    if found.len() < ids.len() {
        return Err(MISSING);
    }
    Ok(found)
}

/// Reads and holds it. Its declaration must be held already: parents before children.
pub async fn lock(tx: &mut Tx, id: HandoffId) -> Result<Handoff, Failure> {
    lock_many(tx, &[id]).await?.pop().ok_or(MISSING)
}

/// Reads and holds many; their declarations are held already.
pub async fn lock_many(tx: &mut Tx, ids: &[HandoffId]) -> sqlx::Result<Vec<Handoff>> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    store::lock(tx, &ids).await
}

/// The open offers of these held declarations: one each at most. They are held as well.
pub async fn open_of(tx: &mut Tx, declarations: &[Declaration]) -> sqlx::Result<Vec<Handoff>> {
    let ids: Vec<_> = declarations.iter().map(|declaration| declaration.id.0).collect();
    store::open_of(tx, &ids).await
}

/// All handoffs of a declaration, oldest first.
pub async fn of_declaration(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> sqlx::Result<Vec<Handoff>> {
    store::of_declaration(conn, declaration).await
}

/// Answers a held handoff: the row, the receipt, the event.
pub async fn answer(
    tx: &mut Tx,
    actor: &Actor,
    handoff: &mut Handoff,
    answer: &Answer,
) -> Result<(), Failure> {
    answer_many(tx, actor, slice::from_mut(handoff), answer).await
}

/// Answers held handoffs, all alike. One that was answered already refuses for all.
pub async fn answer_many(
    tx: &mut Tx,
    actor: &Actor,
    handoffs: &mut [Handoff],
    answer: &Answer,
) -> Result<(), Failure> {
    if handoffs.is_empty() {
        return Ok(());
    }
    for handoff in &mut *handoffs {
        let was = handoff.state;
        handoff.answer(answer, tx.now)?;
        settled(tx, actor, was, handoff)?;
    }
    store::update(tx, &*handoffs).await?;
    Ok(())
}

/// Answers a held handoff as the other bureau did: at its moment, with its receipt.
pub async fn answer_as_told(
    tx: &mut Tx,
    actor: &Actor,
    handoff: &mut Handoff,
    answer: &Answer,
    (answered_at, receipt): (DateTime<Utc>, String),
) -> Result<(), Failure> {
    let was = handoff.state;
    handoff.answer(answer, tx.now)?;
    (handoff.answered_at, handoff.answer_receipt) = (Some(answered_at), Some(receipt));
    settled(tx, actor, was, handoff)?;
    store::update(tx, [&*handoff]).await?;
    Ok(())
}

/// The event, and what the other bureau is told.
fn settled(tx: &mut Tx, actor: &Actor, was: State, handoff: &Handoff) -> Result<(), Failure> {
    tx.record(actor, &Moved::from(was, handoff))?;
    if handoff.is_between_bureaus() {
        tx.enqueue(&TellPartner { handoff: handoff.id })?;
    }
    Ok(())
}

/// Takes in an offer of another bureau; whose office it is answers it, by policy or by an officer.
pub async fn receive(
    tx: &mut Tx,
    actor: &Actor,
    handoff: &Handoff,
    passage: &Passage,
) -> Result<(), Failure> {
    store::insert(tx, std::slice::from_ref(handoff)).await?;
    store::passage::insert(tx, passage).await?;
    tx.record(actor, &Moved::offered(handoff))?;
    tx.enqueue(&AnswerHandoff { handoff: handoff.id })?;
    Ok(())
}

/// Remembers a handoff between bureaus: an own one that is told now, or one of theirs that never came to stand here.
pub async fn remember(tx: &mut Tx, passage: &Passage) -> sqlx::Result<()> {
    store::passage::insert(tx, passage).await
}

/// All handoffs of a case with other bureaus, by generation. Hold its declaration, where there is one.
pub async fn passages_of(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> sqlx::Result<Vec<Passage>> {
    store::passage::of_declaration(conn, declaration).await
}

/// Keeps what the other bureau was told last of a handoff.
pub async fn told(tx: &mut Tx, id: HandoffId, state: State) -> sqlx::Result<()> {
    store::passage::told(tx, id, Some(state)).await
}

/// The other bureau has missed what it was told: it is told again.
pub async fn say_again(tx: &mut Tx, id: HandoffId) -> Result<(), Failure> {
    store::passage::told(tx, id, None).await?;
    tx.enqueue(&TellPartner { handoff: id })?;
    Ok(())
}

/// What is offered to the actor's office.
pub async fn coming_in(
    conn: &mut PgConnection,
    actor: &Actor,
    page: PageRequest,
) -> Result<Page<Handoff>, Failure> {
    let office = actor.office().ok_or(Failure::Forbidden("only offices have work lists"))?;
    Ok(Page::cut(store::coming_in(conn, office, page).await?, page))
}

/// What the actor's office offered and nobody took yet: open, refused and expired ones.
pub async fn going_out(
    conn: &mut PgConnection,
    actor: &Actor,
    page: PageRequest,
) -> Result<Page<Handoff>, Failure> {
    let office = actor.office().ok_or(Failure::Forbidden("only offices have work lists"))?;
    Ok(Page::cut(store::going_out(conn, office, page).await?, page))
}

/// Open offers whose time is over.
pub async fn overdue(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<HandoffId>> {
    store::overdue(conn, now, limit).await
}
