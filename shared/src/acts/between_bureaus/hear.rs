//! What the other bureau says about a handoff, taking effect here.
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Known,
    payload::{ACCEPTED, Answered, CONFIRMED, Decided, Offered, VoidReason, moment},
    visit,
};
use crate::{
    acts::advance,
    declaration::{self, Declaration, DeclarationId},
    exchange::Message,
    handoff::{
        self, Answer, Handoff, HandoffId, Passage, State, answer_receipt,
        protocol::{Heard, Side, Void, Way, Word},
    },
    kernel::{Actor, Failure},
    ledger::Tx,
    reference::Books,
};

/// `handoff.offered`: the case comes to visit, or comes home. An office answers it.
pub(in crate::acts) async fn hear_offer(
    tx: &mut Tx,
    books: &Books,
    message: &Message,
) -> Result<Value, Failure> {
    let offered = Offered::deserialize(&message.payload)?;
    let known = declaration::service::lock_if_known(tx, offered.declaration).await?;
    if let Some(case) = &known {
        visit::must_be_theirs_to_offer(case, &message.sender, &offered)?;
    }
    let passages = handoff::service::passages_of(tx, offered.declaration).await?;
    let holds = known.as_ref().is_some_and(Declaration::lies_here);
    let mut side = Side::of(holds, &passages);
    let word = Word::Offered { expires_at: offered.expires_at };
    let heard = side.hear(&message.sender, offered.generation, word, tx.now)?;
    let Heard::Offered { over } = heard else { return Ok(json!({ "outcome": "KNOWN" })) };

    end_offers(tx, &message.sender, &passages, &over).await?;
    if let Some(objection) = visit::objection(tx, books, &message.sender, &offered).await? {
        return visit::refuse_at_the_door(tx, &message.sender, &offered, objection).await;
    }
    if !visit::keep(tx, known, &offered).await? {
        let taken = ("OTHER", Some("编号已被占用 / its number or reference is taken here"));
        return visit::refuse_at_the_door(tx, &message.sender, &offered, taken).await;
    }
    let offered_at = moment(&offered.offered_at).unwrap_or(tx.now);
    let arrived = offered.handoff(offered_at);
    let passage = visit::passage(&offered, &message.sender);
    handoff::service::receive(tx, &Actor::partner(&message.sender), &arrived, &passage).await?;
    Ok(json!({ "outcome": "OFFERED", "handoff": offered.handoff }))
}

/// Offers of lower generations are over: whoever holds the case has made a new one.
async fn end_offers(
    tx: &mut Tx,
    sender: &str,
    passages: &[Passage],
    over: &[i32],
) -> Result<(), Failure> {
    for passage in passages.iter().filter(|passage| over.contains(&passage.generation)) {
        let mut handoff = handoff::service::lock(tx, passage.handoff_id).await?;
        let actor = Actor::partner(sender);
        handoff::service::answer(tx, &actor, &mut handoff, &Answer::Recall).await?;
    }
    Ok(())
}

/// `handoff.accepted` and `handoff.refused`: to what we offered. Here it is decided whose the case is.
pub(in crate::acts) async fn hear_answer(tx: &mut Tx, message: &Message) -> Result<Value, Failure> {
    let answered = Answered::deserialize(&message.payload)?;
    let word = if message.kind == ACCEPTED { Word::Accepted } else { Word::Refused };
    let mut held = Held::of(tx, message, answered.handoff, answered.generation).await?;
    let heard = held.known.side.hear(&message.sender, answered.generation, word, tx.now)?;
    let answer = match heard {
        Heard::Answered(answer) => answer,
        Heard::SayAgain => {
            handoff::service::say_again(tx, answered.handoff).await?;
            return Ok(json!({ "outcome": "SAID_AGAIN" }));
        }
        Heard::Nothing | Heard::Offered { .. } => return Ok(json!({ "outcome": "KNOWN" })),
    };
    let actor = Actor::partner(&message.sender);
    let handoff = &mut held.handoff;
    if answer == Answer::Expire {
        handoff::service::answer(tx, &Actor::system(), handoff, &Answer::Expire).await?;
        return Ok(json!({ "outcome": handoff.state.name() }));
    }
    let said = if answer == Answer::Accept { State::Accepted } else { State::Refused };
    let given = (answered.answered_at.as_str(), answered.answer_receipt.clone());
    if answer_receipt(&handoff.offer_receipt, said, given.0) != given.1 {
        return Err(Failure::refused(
            "handoff/receipt-wrong",
            "the receipt is not one of our offer and this answer",
        ));
    }
    let answer = match answer {
        Answer::Refuse { .. } => {
            Answer::Refuse { code: answered.code.unwrap_or_default(), text: answered.text }
        }
        other => other,
    };
    let answered_at = moment(given.0).unwrap_or(tx.now);
    handoff::service::answer_as_told(tx, &actor, handoff, &answer, (answered_at, given.1)).await?;
    if answer == Answer::Accept {
        // Let go: from this moment on the case does not lie here.
        held.declaration.holder_org.clone_from(&handoff.to_org);
        declaration::service::save(tx, &mut held.declaration).await?;
    }
    Ok(json!({ "outcome": held.handoff.state.name() }))
}

/// `handoff.confirmed` and `handoff.voided`: about what was offered to us.
pub(in crate::acts) async fn hear_decision(
    tx: &mut Tx,
    books: &Books,
    message: &Message,
) -> Result<Value, Failure> {
    let decided = Decided::deserialize(&message.payload)?;
    let word = match decided.reason {
        _ if message.kind == CONFIRMED => Word::Confirmed,
        Some(VoidReason::Expired) => Word::Voided(Void::Expired),
        _ => Word::Voided(Void::Recalled),
    };
    if matches!(word, Word::Voided(_)) && overtakes_its_offer(tx, message, &decided, word).await? {
        return Ok(json!({ "outcome": "REMEMBERED" }));
    }
    let mut held = Held::of(tx, message, decided.handoff, decided.generation).await?;
    let heard = held.known.side.hear(&message.sender, decided.generation, word, tx.now)?;
    let Heard::Answered(answer) = heard else { return Ok(json!({ "outcome": "KNOWN" })) };
    let actor = Actor::partner(&message.sender);
    handoff::service::answer(tx, &actor, &mut held.handoff, &answer).await?;
    if answer == Answer::Accept {
        // From this moment on it lies here, and nowhere else.
        held.declaration.holder_org.clone_from(&held.handoff.to_org);
        declaration::service::save(tx, &mut held.declaration).await?;
        advance(tx, books, &Actor::system(), &held.declaration).await?;
    }
    Ok(json!({ "outcome": held.handoff.state.name() }))
}

/// The end of an offer that never came to stand here: it is remembered, so that the offer changes nothing when it comes.
async fn overtakes_its_offer(
    tx: &mut Tx,
    message: &Message,
    decided: &Decided,
    word: Word,
) -> Result<bool, Failure> {
    let declaration_id = DeclarationId(message.correlation_id);
    let case = declaration::service::lock_if_known(tx, declaration_id).await?;
    let passages = handoff::service::passages_of(tx, declaration_id).await?;
    let mut side = Side::of(case.is_some_and(|case| case.lies_here()), &passages);
    if side.crossings.contains_key(&decided.generation) {
        return Ok(false);
    }
    side.hear(&message.sender, decided.generation, word, tx.now)?;
    if side.crossings.contains_key(&decided.generation) {
        let passage = Passage {
            handoff_id: decided.handoff,
            declaration_id,
            generation: decided.generation,
            partner: message.sender.clone(),
            way: Way::In,
            told: None,
            state: None,
            expires_at: None,
        };
        handoff::service::remember(tx, &passage).await?;
    }
    Ok(true)
}

/// A case and a handoff that the other bureau speaks of, held.
struct Held {
    declaration: Declaration,
    handoff: Handoff,
    known: Known,
}

impl Held {
    /// Nothing is told of a handoff that the sender has no part in: it is as if there were none.
    async fn of(
        tx: &mut Tx,
        message: &Message,
        id: HandoffId,
        generation: i32,
    ) -> Result<Self, Failure> {
        let case = DeclarationId(message.correlation_id);
        let declaration = declaration::service::lock_if_known(tx, case).await?;
        let declaration = declaration.ok_or(Failure::Missing("handoff"))?;
        let known = Known::of(tx, &declaration).await?;
        let is_theirs = known.passage(id).is_some_and(|passage| {
            passage.generation == generation && passage.partner == message.sender
        });
        if !is_theirs {
            return Err(Failure::Missing("handoff"));
        }
        let handoff = handoff::service::lock(tx, id).await?;
        Ok(Self { declaration, handoff, known })
    }
}
