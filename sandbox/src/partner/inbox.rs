//! What was brought to the bureau: each message once, with the receipt that it got.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::exchange::{Envelope, MessageId, Receipt};
use uuid::Uuid;

/// A message that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub id: MessageId,
    #[serde(rename = "type")]
    pub kind: String,
    pub correlation_id: Uuid,
    pub sequence: i32,
    pub payload: Value,
    /// How often it was brought.
    pub times: u32,
    pub receipt: Receipt,
    /// Tells the same message from another under its id.
    pub signature: String,
}

/// All of them, in memory: a bureau that is started again has forgotten everything.
#[derive(Debug, Default)]
pub(super) struct Inbox(BTreeMap<Uuid, Kept>);

impl Inbox {
    /// The receipt of this very message, if it is kept; counts that it was brought again.
    pub(super) fn again(&mut self, message: &Envelope) -> Option<Receipt> {
        let kept = self.0.get_mut(&message.header.id.0)?;
        if kept.signature != message.signature {
            return None;
        }
        kept.times += 1;
        Some(kept.receipt.clone())
    }

    pub(super) fn keep(&mut self, message: &Envelope, receipt: &Receipt) {
        let header = &message.header;
        let kept = Kept {
            id: header.id,
            kind: header.kind.clone(),
            correlation_id: header.correlation_id,
            sequence: header.sequence,
            payload: message.payload.clone(),
            times: 1,
            receipt: receipt.clone(),
            signature: message.signature.clone(),
        };
        self.0.insert(header.id.0, kept);
    }

    pub(super) fn holds(&self, id: MessageId) -> bool {
        self.0.contains_key(&id.0)
    }

    /// In the order of their ids, which is that of their making.
    pub(super) fn all(&self) -> Vec<Kept> {
        self.0.values().cloned().collect()
    }
}
