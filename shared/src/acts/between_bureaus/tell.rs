//! What the other bureau is told: always where the handoff stands here, once.
use serde::Serialize;

use super::{
    Known,
    payload::{
        ACCEPTED, Answered, CONFIRMED, Decided, Drawn, OFFERED, Offered, REFUSED, VOIDED, Visit,
        VoidReason, correlation_of,
    },
};
use crate::{
    acts::handoffs::hold,
    declaration::{self, Declaration, DeclarationId},
    exchange::{Outgoing, service::outbox},
    handoff::{
        self, Handoff, HandoffId, Passage,
        protocol::{Crossing, Void, Way, Word},
    },
    inspection,
    kernel::{Actor, Failure},
    ledger::Tx,
};

/// Tells the other bureau where a handoff between the two stands here.
///
/// Safe to run twice: what was told last is kept beside the handoff, and is not told again.
pub async fn tell_partner(tx: &mut Tx, id: HandoffId) -> Result<(), Failure> {
    let (declaration, handoff) = hold(tx, &Actor::system(), id).await?;
    let Some(passage) = passage_of(tx, &declaration, &handoff).await? else { return Ok(()) };
    let crossing = Crossing { state: handoff.state, ..passage.crossing() };
    let Some(word) = crossing.word().filter(|_| passage.told != Some(handoff.state)) else {
        return Ok(());
    };
    let (receiver, case) = (passage.partner.clone(), declaration.id);
    let generation = passage.generation;
    match word {
        Word::Offered { .. } => {
            let offered = offered(tx, &declaration, &handoff, generation).await?;
            say(tx, receiver, OFFERED, case, &offered).await?;
        }
        Word::Accepted => {
            say(tx, receiver, ACCEPTED, case, &answered(&handoff, generation)).await?;
        }
        Word::Refused => say(tx, receiver, REFUSED, case, &answered(&handoff, generation)).await?,
        Word::Confirmed => {
            let decided_at = handoff.receipt_at.unwrap_or(tx.now);
            let decided = Decided { handoff: id, generation, decided_at, reason: None };
            say(tx, receiver, CONFIRMED, case, &decided).await?;
        }
        Word::Voided(void) => {
            let reason = Some(match void {
                Void::Recalled => VoidReason::Recalled,
                Void::Expired => VoidReason::Expired,
            });
            let decided_at = handoff.answered_at.unwrap_or(tx.now);
            let decided = Decided { handoff: id, generation, decided_at, reason };
            say(tx, receiver, VOIDED, case, &decided).await?;
        }
    }
    Ok(handoff::service::told(tx, id, handoff.state).await?)
}

/// What is known beside a handoff. An own offer that nobody was told of gets its generation now, if it still stands;
/// otherwise there is nothing to tell.
async fn passage_of(
    tx: &mut Tx,
    declaration: &Declaration,
    handoff: &Handoff,
) -> Result<Option<Passage>, Failure> {
    let mut known = Known::of(tx, declaration).await?;
    if let Some(passage) = known.passage(handoff.id) {
        return Ok(Some(passage));
    }
    let own = &declaration.direct_bureau;
    if handoff.way(own) == Way::In || !handoff.state.is_open() {
        return Ok(None);
    }
    let partner = handoff.partner(own);
    let passage = Passage {
        handoff_id: handoff.id,
        declaration_id: declaration.id,
        generation: known.side.offer(&partner, handoff.expires_at)?,
        partner,
        way: Way::Out,
        told: None,
        state: Some(handoff.state),
        expires_at: Some(handoff.expires_at),
    };
    handoff::service::remember(tx, &passage).await?;
    Ok(Some(passage))
}

async fn offered(
    tx: &mut Tx,
    declaration: &Declaration,
    handoff: &Handoff,
    generation: i32,
) -> Result<Offered, Failure> {
    let case = if declaration.is_visiting() { None } else { Some(visit(tx, declaration).await?) };
    Ok(Offered {
        handoff: handoff.id,
        generation,
        declaration: declaration.id,
        from_org: handoff.from_org.clone(),
        to_org: handoff.to_org.clone(),
        cause: declaration.status,
        offered_at: handoff.offered_at.to_rfc3339(),
        expires_at: handoff.expires_at,
        offer_receipt: handoff.offer_receipt.clone(),
        case,
    })
}

async fn visit(tx: &mut Tx, declaration: &Declaration) -> Result<Visit, Failure> {
    let (id, version) = (declaration.id, declaration.version);
    let content = declaration::service::version(tx, id, version).await?.content;
    let drawn = inspection::service::selection_of(tx, id).await?;
    let drawn = drawn.ok_or_else(|| anyhow::anyhow!("{id} was never drawn"))?.selection;
    let selection = Drawn {
        reason: drawn.reason.name().to_owned(),
        rate_ppm: drawn.rate.ppm(),
        is_mandatory: declaration.is_mandatory,
    };
    Ok(Visit::of(declaration, &content, selection)?)
}

fn answered(handoff: &Handoff, generation: i32) -> Answered {
    Answered {
        handoff: handoff.id,
        generation,
        answered_at: handoff.answered_at.unwrap_or_default().to_rfc3339(),
        answer_receipt: handoff.answer_receipt.clone().unwrap_or_default(),
        code: handoff.refusal_code.clone(),
        text: handoff.refusal_text.clone(),
    }
}

/// Says something about a case, in the order of its conversation.
pub(super) async fn say(
    tx: &mut Tx,
    receiver: String,
    kind: &'static str,
    case: DeclarationId,
    payload: &impl Serialize,
) -> Result<(), Failure> {
    let payload = serde_json::to_value(payload)?;
    let correlation = correlation_of(case);
    outbox::send(tx, Outgoing { receiver, kind, version: 1, correlation, payload }).await?;
    Ok(())
}
