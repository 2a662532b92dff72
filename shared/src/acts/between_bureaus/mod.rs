//! Cases that change hands between bureaus: the protocol of [`crate::handoff::protocol`] at work on two ledgers.
//!
//! *Dramatis personae*: the offerer tells the other bureau of its offer ([`tell`]); the other keeps the visiting case
//! ([`visit`]) and its officer or its policy agrees or refuses; the offerer decides, and tells. What is heard takes
//! effect in [`hear`]. While a case visits, its own bureau follows every step ([`progress`]).
mod hear;
mod payload;
mod played;
mod progress;
mod tell;
mod visit;

use std::collections::HashSet;

pub(super) use hear::{hear_answer, hear_decision, hear_offer};
pub(super) use payload::{
    ACCEPTED, CONFIRMED, OFFERED, PROGRESSED, REFUSED, VOIDED, review_answered, review_decided,
    review_offered, review_progressed,
};
pub(super) use played::{Play, would_say};
pub(super) use progress::{follow, tell_home};
pub use tell::tell_partner;

use crate::{
    declaration::Declaration,
    handoff::{
        self, Answer, Handoff, HandoffId, Passage,
        protocol::{Side, Way},
    },
    kernel::{Actor, Failure},
    ledger::Tx,
};

/// An officer, or policy, would take a case that another bureau offers. It waits for that bureau's word.
pub(super) async fn agree(
    tx: &mut Tx,
    actor: &Actor,
    declaration: &Declaration,
    handoff: &mut Handoff,
) -> Result<(), Failure> {
    may_answer(tx, declaration, handoff, &Answer::Agree).await?;
    handoff::service::answer(tx, actor, handoff, &Answer::Agree).await
}

/// Agrees for offices whose policy is automatic to what other bureaus offer; leaves the own offers with the caller.
pub(super) async fn agree_by_policy(
    tx: &mut Tx,
    declarations: &mut Vec<Declaration>,
    offers: &mut Vec<Handoff>,
) -> Result<(), Failure> {
    let theirs: Vec<_> = offers.extract_if(.., |offer| offer.is_between_bureaus()).collect();
    if theirs.is_empty() {
        return Ok(());
    }
    let visiting: HashSet<_> = theirs.iter().map(|offer| offer.declaration_id).collect();
    let visitors: Vec<_> =
        declarations.extract_if(.., |declaration| visiting.contains(&declaration.id)).collect();
    for mut offer in theirs {
        if let Some(visitor) = visitors.iter().find(|visitor| visitor.id == offer.declaration_id) {
            agree(tx, &Actor::system(), visitor, &mut offer).await?;
        }
    }
    Ok(())
}

/// Whether this side may answer so: the protocol has a say where two bureaus deal with each other.
pub(super) async fn may_answer(
    tx: &mut Tx,
    declaration: &Declaration,
    handoff: &Handoff,
    answer: &Answer,
) -> Result<(), Failure> {
    if !handoff.is_between_bureaus() {
        return Ok(());
    }
    let known = Known::of(tx, declaration).await?;
    match known.passage(handoff.id) {
        Some(passage) => {
            let mut side = known.side;
            Ok(side.answer(passage.generation, answer, tx.now)?)
        }
        // An own offer that nobody was told of yet.
        None if handoff.way(&declaration.direct_bureau) == Way::Out => Ok(()),
        None => Err(Failure::Missing("handoff")),
    }
}

/// What another bureau is asked to act on, or acts on, does not change beneath its hands.
pub(super) async fn must_not_be_under_way(
    tx: &mut Tx,
    declaration: &Declaration,
) -> Result<(), Failure> {
    declaration.must_be_at_home()?;
    declaration.must_lie_here()?;
    let open = handoff::service::open_of(tx, std::slice::from_ref(declaration)).await?;
    if open.iter().any(Handoff::is_between_bureaus) {
        return Err(Failure::refused(
            "handoff/under-way",
            "the case is offered to another bureau: recall the offer first",
        ));
    }
    Ok(())
}

/// What this bureau's ledger knows of a held case and its handoffs to and from other bureaus.
struct Known {
    passages: Vec<Passage>,
    side: Side,
}

impl Known {
    async fn of(tx: &mut Tx, declaration: &Declaration) -> Result<Self, Failure> {
        let passages = handoff::service::passages_of(tx, declaration.id).await?;
        let side = Side::of(declaration.lies_here(), &passages);
        Ok(Self { passages, side })
    }

    fn passage(&self, id: HandoffId) -> Option<Passage> {
        self.passages.iter().find(|passage| passage.handoff_id == id).cloned()
    }
}
