//! Another bureau (对方局), played: what it says comes in as any message of a partner does, after the place where its
//! signature is verified. What it may say of a case of the caller's own is decided by the same rules.
mod case;
mod consignment;
mod finding;
mod transfer;

pub use case::{CaseWord, play_bureau_of_case};
pub use consignment::{ConsignmentWord, play_bureau_of_consignment};
pub use finding::{Found, play_finding};
pub use transfer::{TransferWord, play_bureau};

use serde_json::Value;
use uuid::Uuid;

use crate::{
    acts::exchange,
    exchange::{
        Envelope, MessageId, Outgoing, Record,
        service::{inbox, played},
    },
    kernel::{Actor, Failure},
    ledger::Tx,
    reference::Books,
};

/// Who plays, and the house in which it is played.
#[derive(Clone, Copy)]
pub struct Stage<'a> {
    /// The code of our bureau.
    pub own: &'a str,
    pub books: &'a Books,
    /// Whoever plays; the case is their own.
    pub player: &'a Actor,
}

impl Stage<'_> {
    /// Lets that bureau say it: outside the order of the conversation, so that it never takes the place of what the partner
    /// itself says.
    async fn say(
        self,
        tx: &mut Tx,
        sender: &str,
        (kind, correlation): (&'static str, Uuid),
        payload: Value,
    ) -> Result<Record, Failure> {
        let id = MessageId::mint(tx.now);
        let receiver = self.own.to_owned();
        let message = Outgoing { receiver, kind, version: 1, correlation, payload };
        let envelope = Envelope::unsigned(sender, id, 0, tx.now, message)?;
        played::take(tx, self.own, self.player, &envelope, exchange::review).await?;
        self.apply(tx, sender, id).await
    }

    /// Lets a stored message take effect, if it has not yet; as it stands then.
    async fn apply(self, tx: &mut Tx, sender: &str, id: MessageId) -> Result<Record, Failure> {
        exchange::apply(tx, self.books, sender, id).await?;
        inbox::received(tx, sender, id).await
    }
}
