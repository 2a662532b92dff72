//! What the other bureau would say about a case of ours, for whoever plays it in test mode.
use chrono::Duration;
use serde_json::Value;

use super::{
    Known,
    payload::{
        ACCEPTED, Answered, CONFIRMED, Decided, OFFERED, Offered, PROGRESSED, Progressed, REFUSED,
        Result as Signed,
    },
};
use crate::{
    declaration::{self, Action, Declaration},
    handoff::{self, HandoffId, Passage, State, answer_receipt, protocol::Way},
    inspection::{Fault, Finding, Verdict},
    kernel::{Actor, Failure},
    ledger::Tx,
};

/// What it is to say.
#[derive(Clone, Copy, Debug)]
pub(in crate::acts) enum Play {
    Accept,
    Refuse,
    /// A step of its inspectors.
    Step(Action),
    /// The case comes home.
    Offer,
    Confirm,
}

/// A message without its envelope.
pub(in crate::acts) struct Would {
    pub bureau: String,
    pub kind: &'static str,
    pub payload: Value,
}

/// What the bureau with which a case last had to do would say of it.
pub(in crate::acts) async fn would_say(
    tx: &mut Tx,
    declaration: &Declaration,
    play: Play,
    reason: Option<&str>,
) -> Result<Would, Failure> {
    let known = Known::of(tx, declaration).await?;
    let latest = known.passages.iter().max_by_key(|passage| passage.generation).cloned();
    let latest = latest.ok_or(Failure::Missing("handoff to another bureau"))?;
    let (kind, payload) = match play {
        Play::Accept => {
            (ACCEPTED, serde_json::to_value(answered(tx, &latest, State::Accepted, reason).await?)?)
        }
        Play::Refuse => {
            (REFUSED, serde_json::to_value(answered(tx, &latest, State::Refused, reason).await?)?)
        }
        Play::Step(action) => {
            let told = progressed(tx, declaration, (&latest, action), reason).await?;
            (PROGRESSED, serde_json::to_value(told)?)
        }
        Play::Offer => (OFFERED, serde_json::to_value(offered(tx, declaration, &latest))?),
        Play::Confirm => {
            let decided = Decided {
                handoff: latest.handoff_id,
                generation: latest.generation,
                decided_at: tx.now,
                reason: None,
            };
            (CONFIRMED, serde_json::to_value(decided)?)
        }
    };
    Ok(Would { bureau: latest.partner, kind, payload })
}

async fn answered(
    tx: &mut Tx,
    passage: &Passage,
    said: State,
    reason: Option<&str>,
) -> Result<Answered, Failure> {
    let handoff = handoff::service::read(tx, &Actor::system(), passage.handoff_id).await?;
    let answered_at = tx.now.to_rfc3339();
    let is_refusal = said == State::Refused;
    Ok(Answered {
        handoff: handoff.id,
        generation: passage.generation,
        answer_receipt: answer_receipt(&handoff.offer_receipt, said, &answered_at),
        answered_at,
        code: is_refusal.then(|| "OTHER".to_owned()),
        text: reason.filter(|_| is_refusal).map(str::to_owned),
    })
}

async fn progressed(
    tx: &mut Tx,
    declaration: &Declaration,
    (passage, action): (&Passage, Action),
    reason: Option<&str>,
) -> Result<Progressed, Failure> {
    let verdict = match action {
        Action::Pass => Some(Verdict::Pass),
        Action::Fail => Some(Verdict::Fail),
        _ => None,
    };
    let result = match verdict {
        Some(verdict) => Some(signed(tx, declaration, verdict).await?),
        None => None,
    };
    Ok(Progressed {
        generation: passage.generation,
        act: action.event().to_owned(),
        from: declaration.status,
        to: declaration.status.take(action)?,
        at: tx.now,
        office: declaration.holder_org.clone(),
        reason: reason.map(str::to_owned),
        result,
    })
}

/// What two inspectors of it signed, line by line.
async fn signed(
    tx: &mut Tx,
    declaration: &Declaration,
    verdict: Verdict,
) -> Result<Signed, Failure> {
    let version = declaration::service::version(tx, declaration.id, declaration.version).await?;
    let lines = version.content["goods"].as_array().cloned().unwrap_or_default();
    let numbers = lines.iter().filter_map(|line| i32::try_from(line["goods_no"].as_i64()?).ok());
    Ok(Signed {
        round: 1,
        signatures: 2,
        verdict,
        code: (verdict == Verdict::Fail).then_some(Fault::Pest),
        findings: numbers.map(|goods_no| Finding { goods_no, verdict, remark: None }).collect(),
    })
}

/// An offer of the case to the office that releases it.
fn offered(tx: &Tx, declaration: &Declaration, latest: &Passage) -> Offered {
    let offered_at = tx.now.to_rfc3339();
    // The same again while it stands; else the next.
    let stands = latest.way == Way::In && latest.state.is_some_and(State::is_open);
    let mut offer = Offered {
        handoff: HandoffId::mint(tx.now),
        generation: latest.generation + i32::from(!stands),
        declaration: declaration.id,
        from_org: declaration.holder_org.clone(),
        to_org: declaration.release_org.clone(),
        cause: declaration.status,
        offered_at,
        expires_at: tx.now + Duration::minutes(30),
        offer_receipt: String::new(),
        case: None,
    };
    offer.offer_receipt = offer.handoff(tx.now).receipt_of_offer(&offer.offered_at);
    offer
}
