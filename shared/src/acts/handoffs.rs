//! What an answer to a handoff means for the case.
use super::advance;
use crate::{
    declaration::{self, Declaration, DeclarationId, holder},
    handoff::{self, Answer, Handoff, HandoffId, State},
    kernel::{Actor, Failure},
    ledger::Tx,
    reference::{Books, HandoffPolicy},
};

/// Takes the case on: responsibility moves here, and nowhere else.
pub async fn accept_handoff(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: HandoffId,
) -> Result<Handoff, Failure> {
    let (mut declaration, mut handoff) = hold(tx, actor, id).await?;
    actor.must_be_of(&handoff.to_org)?;
    handoff::service::answer(tx, actor, &mut handoff, &Answer::Accept).await?;
    declaration.holder_org.clone_from(&handoff.to_org);
    declaration::service::save(tx, &mut declaration).await?;
    advance(tx, books, actor, &declaration).await?;
    Ok(handoff)
}

/// Sends it back with a reason; the offerer's duty chief finds it in the work list.
pub async fn refuse_handoff(
    tx: &mut Tx,
    actor: &Actor,
    id: HandoffId,
    code: &str,
    text: Option<&str>,
) -> Result<Handoff, Failure> {
    let (_, mut handoff) = hold(tx, actor, id).await?;
    actor.must_be_of(&handoff.to_org)?;
    let answer = Answer::Refuse { code: code.to_owned(), text: text.map(str::to_owned) };
    handoff::service::answer(tx, actor, &mut handoff, &answer).await?;
    Ok(handoff)
}

/// The offerer takes it back. Until it is offered again the case rests where it is.
pub async fn recall_handoff(tx: &mut Tx, actor: &Actor, id: HandoffId) -> Result<Handoff, Failure> {
    let (_, mut handoff) = hold(tx, actor, id).await?;
    actor.must_be_of(&handoff.from_org)?;
    handoff::service::answer(tx, actor, &mut handoff, &Answer::Recall).await?;
    Ok(handoff)
}

/// The duty chief of the holder offers it again, after a refusal, an expiry or a recall.
pub async fn offer_handoff(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: DeclarationId,
) -> Result<Declaration, Failure> {
    let declaration = declaration::service::lock(tx, actor, id).await?;
    actor.must_be_of(&declaration.holder_org)?;
    if holder::rightful(&declaration) == declaration.holder_org {
        return Err(Failure::refused(
            "handoff/nothing-to-hand-over",
            "the case lies with the office that must act on it",
        ));
    }
    advance(tx, books, actor, &declaration).await?;
    Ok(declaration)
}

/// The worker's answer for an office whose policy is automatic. Anything else waits for an officer.
///
/// Safe to run twice: an answered handoff is left alone.
pub async fn answer_by_policy(tx: &mut Tx, books: &Books, id: HandoffId) -> Result<(), Failure> {
    let system = Actor::system();
    let handoff = handoff::service::read(tx, &system, id).await?;
    let office = books.office(&handoff.to_org, tx.today());
    let is_automatic =
        office.is_some_and(|office| office.handoff_policy == HandoffPolicy::Automatic);
    if handoff.state != State::Offered || !is_automatic {
        return Ok(());
    }
    match accept_handoff(tx, books, &system, id).await {
        // Answered between our look and our lock.
        Err(Failure::Refused(refusal)) if refusal.code == "handoff/already-answered" => Ok(()),
        other => other.map(|_| ()),
    }
}

/// Lets offers expire whose time is over; returns how many did. The holder's duty chief finds them.
///
/// Safe to run twice: an answered handoff is left alone.
pub async fn expire_handoffs(tx: &mut Tx) -> Result<usize, Failure> {
    let system = Actor::system();
    let now = tx.now;
    let mut expired = 0;
    for id in handoff::service::overdue(tx, now, 200).await? {
        let (_, mut handoff) = hold(tx, &system, id).await?;
        if handoff.state == State::Offered {
            handoff::service::answer(tx, &system, &mut handoff, &Answer::Expire).await?;
            expired += 1;
        }
    }
    Ok(expired)
}

/// Holds the declaration, then the handoff: parents before children, so that two acts never deadlock.
async fn hold(
    tx: &mut Tx,
    actor: &Actor,
    id: HandoffId,
) -> Result<(Declaration, Handoff), Failure> {
    let seen = handoff::service::read(tx, actor, id).await?;
    let declaration = declaration::service::lock(tx, &Actor::system(), seen.declaration_id).await?;
    let handoff = handoff::service::lock(tx, id).await?;
    Ok((declaration, handoff))
}
