//! What an answer to a handoff means for the case.
use std::{
    collections::{HashMap, HashSet},
    slice,
};

use super::{
    advance::{advance, hand_on},
    between_bureaus,
    release::release_settled,
};
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
    if handoff.is_between_bureaus() {
        between_bureaus::agree(tx, actor, &declaration, &mut handoff).await?;
        return Ok(handoff);
    }
    let (one, offer) = (slice::from_mut(&mut declaration), slice::from_mut(&mut handoff));
    take_on(tx, actor, one, offer).await?;
    declaration::service::save(tx, &mut declaration).await?;
    advance(tx, books, actor, &declaration).await?;
    Ok(handoff)
}

/// Accepts held offers of held declarations: each case now lies with the office that it was offered to. The
/// declarations are not written yet.
async fn take_on(
    tx: &mut Tx,
    actor: &Actor,
    declarations: &mut [Declaration],
    offers: &mut [Handoff],
) -> Result<(), Failure> {
    handoff::service::answer_many(tx, actor, offers, &Answer::Accept).await?;
    let takers: HashMap<_, _> =
        offers.iter().map(|offer| (offer.declaration_id, &offer.to_org)).collect();
    for declaration in declarations {
        if let Some(&taker) = takers.get(&declaration.id) {
            declaration.holder_org.clone_from(taker);
        }
    }
    Ok(())
}

/// Sends it back with a reason; the offerer's duty chief finds it in the work list.
pub async fn refuse_handoff(
    tx: &mut Tx,
    actor: &Actor,
    id: HandoffId,
    code: &str,
    text: Option<&str>,
) -> Result<Handoff, Failure> {
    let (declaration, mut handoff) = hold(tx, actor, id).await?;
    actor.must_be_of(&handoff.to_org)?;
    let answer = Answer::Refuse { code: code.to_owned(), text: text.map(str::to_owned) };
    between_bureaus::may_answer(tx, &declaration, &handoff, &answer).await?;
    handoff::service::answer(tx, actor, &mut handoff, &answer).await?;
    Ok(handoff)
}

/// The offerer takes it back. Until it is offered again the case rests where it is.
pub async fn recall_handoff(tx: &mut Tx, actor: &Actor, id: HandoffId) -> Result<Handoff, Failure> {
    let (declaration, mut handoff) = hold(tx, actor, id).await?;
    actor.must_be_of(&handoff.from_org)?;
    between_bureaus::may_answer(tx, &declaration, &handoff, &Answer::Recall).await?;
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

/// The worker's answers for offices whose policy is automatic; anything else waits for an officer. What then goes by
/// itself is released in the same breath.
///
/// Safe to run twice: an answered handoff is left alone.
pub async fn answer_by_policy(
    tx: &mut Tx,
    books: &Books,
    ids: &[HandoffId],
) -> Result<(), Failure> {
    let system = Actor::system();
    let today = tx.today();
    let is_automatic = |handoff: &Handoff| {
        let office = books.office(&handoff.to_org, today);
        office.is_some_and(|office| office.handoff_policy == HandoffPolicy::Automatic)
    };
    let mut seen = handoff::service::read_many(tx, ids).await?;
    seen.retain(|handoff| handoff.state == State::Offered && is_automatic(handoff));
    if seen.is_empty() {
        return Ok(());
    }
    let (ids, cases): (Vec<_>, Vec<_>) =
        seen.iter().map(|handoff| (handoff.id, handoff.declaration_id)).unzip();
    let mut declarations = declaration::service::lock_many(tx, &cases).await?;
    let mut offers = handoff::service::lock_many(tx, &ids).await?;
    // Some may have been answered between our look and our lock.
    offers.retain(|handoff| handoff.state == State::Offered);
    let still_offered: HashSet<_> = offers.iter().map(|handoff| handoff.declaration_id).collect();
    declarations.retain(|declaration| still_offered.contains(&declaration.id));
    between_bureaus::agree_by_policy(tx, &mut declarations, &mut offers).await?;

    take_on(tx, &system, &mut declarations, &mut offers).await?;
    // A case has one open offer at most, and that was just accepted.
    hand_on(tx, books, &system, &declarations, Vec::new()).await?;
    let mut others = release_settled(tx, declarations).await?;
    declaration::service::save_many(tx, &mut others).await
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
pub(super) async fn hold(
    tx: &mut Tx,
    actor: &Actor,
    id: HandoffId,
) -> Result<(Declaration, Handoff), Failure> {
    let seen = handoff::service::read(tx, actor, id).await?;
    let declaration = declaration::service::lock(tx, &Actor::system(), seen.declaration_id).await?;
    let handoff = handoff::service::lock(tx, id).await?;
    Ok((declaration, handoff))
}
