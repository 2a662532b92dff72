//! The acts of the room. What an answer means for the declaration is decided in `acts::handoff`.
use std::slice;

use sqlx::PgConnection;

use super::{Answer, Handoff, HandoffId, Offer, event::Moved, job::AnswerHandoff, store};
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
        tx.record(&offer.actor, &Moved::of(handoff))?;
        tx.enqueue(&AnswerHandoff { handoff: handoff.id })?;
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
        handoff.answer(answer, tx.now)?;
        tx.record(actor, &Moved::of(handoff))?;
    }
    store::update(tx, &*handoffs).await?;
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
    now: chrono::DateTime<chrono::Utc>,
    limit: i64,
) -> sqlx::Result<Vec<HandoffId>> {
    store::overdue(conn, now, limit).await
}
