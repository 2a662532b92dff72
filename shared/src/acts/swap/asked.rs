//! Amending at the origin: the port asks, an officer of the inspecting office answers, the port tells what became of it.
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::{
    hear::{ignored, spoken_of},
    hold,
    origin::hold_own,
    tell,
};
use crate::{
    exchange::Message,
    kernel::{Actor, Failure},
    ledger::Tx,
    swap::{
        self, AskedAmendment, AskedAmendmentId, AskedState, Side,
        message::{AmendmentAsked, AmendmentDecided, AmendmentSettled},
    },
};

/// `transfer.amendment_asked` at the origin: it waits for an officer.
pub(in crate::acts) async fn hear_asked(tx: &mut Tx, message: &Message) -> Result<Value, Failure> {
    let said = AmendmentAsked::deserialize(&message.payload)?;
    let seen = spoken_of(tx, message, Side::Origin, &said.transfer_no).await?;
    let (_, mut transfer) = hold(tx, seen.id).await?;
    if said.version <= transfer.port_version {
        return Ok(ignored("the version is not newer"));
    }
    if swap::service::asked_by_port(tx, transfer.id, said.amendment).await?.is_some() {
        return Ok(ignored("it is known"));
    }
    transfer.port_version = said.version;
    swap::service::save(tx, &mut transfer).await?;
    let asked = AskedAmendment {
        id: AskedAmendmentId::mint(tx.now),
        transfer_id: transfer.id,
        transfer_no: said.transfer_no,
        port_amendment: said.amendment,
        reason: said.reason,
        changes: said.changes.into(),
        state: AskedState::Asked,
        asked_at: tx.now,
        decided_at: None,
        decided_by: None,
        decision: None,
        ended_at: None,
        outcome: None,
    };
    swap::service::keep_asked(tx, &asked).await?;
    let partner = Actor::partner(&message.sender);
    let (kind, reason) = ("transfer.amendment_asked", Some(asked.reason.as_str()));
    swap::service::note(tx, &partner, &transfer, kind, reason)?;
    Ok(json!({ "amendment": asked.id }))
}

/// `transfer.amendment_settled` at the origin.
pub(in crate::acts) async fn hear_settled(
    tx: &mut Tx,
    message: &Message,
) -> Result<Value, Failure> {
    let said = AmendmentSettled::deserialize(&message.payload)?;
    let seen = spoken_of(tx, message, Side::Origin, &said.transfer_no).await?;
    let (_, mut transfer) = hold(tx, seen.id).await?;
    if said.version <= transfer.port_version {
        return Ok(ignored("the version is not newer"));
    }
    transfer.port_version = said.version;
    transfer.clearance_no = said.clearance_no;
    transfer.form_valid_until = said.valid_until;
    swap::service::save(tx, &mut transfer).await?;
    // A port that amends alone never asked.
    if let Some(mut asked) = swap::service::asked_by_port(tx, transfer.id, said.amendment).await? {
        asked.end(tx.now, said.is_applied, said.reason.as_deref());
        swap::service::save_asked(tx, &asked).await?;
    }
    let kind = if said.is_applied { "transfer.amended" } else { "transfer.amendment_dropped" };
    let partner = Actor::partner(&message.sender);
    swap::service::note(tx, &partner, &transfer, kind, said.reason.as_deref())?;
    Ok(json!({ "is_applied": said.is_applied, "changes": said.changes }))
}

/// An officer of the inspecting office agrees: the port makes it, if it still can.
pub async fn agree_to_amendment(
    tx: &mut Tx,
    actor: &Actor,
    id: AskedAmendmentId,
    reason: &str,
) -> Result<AskedAmendment, Failure> {
    answer(tx, actor, id, (true, reason)).await
}

/// An officer of the inspecting office says no, and why.
pub async fn refuse_to_amend(
    tx: &mut Tx,
    actor: &Actor,
    id: AskedAmendmentId,
    reason: &str,
) -> Result<AskedAmendment, Failure> {
    answer(tx, actor, id, (false, reason)).await
}

async fn answer(
    tx: &mut Tx,
    actor: &Actor,
    id: AskedAmendmentId,
    (is_agreed, reason): (bool, &str),
) -> Result<AskedAmendment, Failure> {
    let seen = swap::service::asked(tx, actor, id).await?;
    let (_, mut transfer) = hold_own(tx, actor, seen.transfer_id).await?;
    let mut asked = swap::service::asked(tx, actor, id).await?;
    asked.decide(actor, tx.now, is_agreed, reason)?;
    swap::service::save_asked(tx, &asked).await?;
    swap::service::save(tx, &mut transfer).await?;
    let kind = if is_agreed { "transfer.amendment_agreed" } else { "transfer.amendment_refused" };
    swap::service::note(tx, actor, &transfer, kind, Some(reason))?;
    let decided = AmendmentDecided {
        transfer_no: transfer.transfer_no.clone(),
        version: transfer.origin_version,
        amendment: asked.port_amendment,
        is_agreed,
        reason: reason.to_owned(),
    };
    tell(tx, &transfer, "transfer.amendment_decided", serde_json::to_value(decided)?).await?;
    Ok(asked)
}
