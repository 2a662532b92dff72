//! What a partner would say and nobody signed: in test mode somebody plays it (see `rehearsal`). Anyport never holds a
//! partner's key, so this enters the inbox after the signature, and the inbox keeps who played it.
use sqlx::PgConnection;
use uuid::Uuid;

use super::{inbox::Review, partner, sender::Sender};
use crate::{
    exchange::{
        envelope::Envelope,
        model::{Memorandum, Message},
        store::{self, inbox::Arrived},
    },
    kernel::{Actor, Failure},
    ledger::Tx,
};

/// Takes it in. But for the signature the door asks what it asks of any message; what is stored is applied like any other.
/// The same message again changes nothing.
pub async fn take(
    tx: &mut Tx,
    own: &str,
    player: &Actor,
    envelope: &Envelope,
    review: fn(&Envelope, &[Memorandum]) -> Review,
) -> Result<(), Failure> {
    let player = player.id.ok_or(Failure::Forbidden("this act needs a caller with a name"))?;
    let now = tx.now;
    let partner = partner::get(tx, &envelope.header.sender).await?;
    let sender = Sender::of(tx, &partner).await?;
    sender.find_faults_but_of_proof(own, &partner.code, envelope, now).finish(Some(()))?;
    let reviewed = review(envelope, &sender.memoranda);
    reviewed.errors.finish(Some(()))?;
    let arrived = Arrived {
        envelope,
        sent_at: envelope.sent_at().unwrap_or(now),
        refused_records: reviewed.refused_records,
        receipt: None,
        played_by: Some(player),
    };
    store::inbox::insert(tx, &partner.code, now, &[arrived]).await?;
    Ok(())
}

/// The message that was played last in a conversation.
pub async fn last(
    conn: &mut PgConnection,
    sender: &str,
    correlation: Uuid,
) -> Result<Option<Message>, Failure> {
    Ok(store::inbox::last_played(conn, sender, correlation).await?)
}
