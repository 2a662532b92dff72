//! What a bureau says, in good order: messages, receipts and requests, signed with its key.
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;
use shared::{
    exchange::{
        Envelope, Header, MessageId, Outcome, OwnKeys, PROTOCOL, Receipt,
        keys::{self, BUREAU_HEADER, KEY_HEADER},
    },
    kernel::{
        Violation, id,
        signature::{DATE_HEADER, Message, SIGNATURE_HEADER},
    },
};
use uuid::Uuid;

/// A bureau as the one speaks to the other.
#[derive(Clone)]
pub struct Voice {
    pub keys: OwnKeys,
    /// Code of the bureau that it speaks to.
    pub receiver: String,
}

impl Voice {
    /// The message that it would say then.
    pub fn says(
        &self,
        at: DateTime<Utc>,
        kind: &str,
        (correlation_id, sequence): (Uuid, i32),
        payload: Value,
    ) -> anyhow::Result<Envelope> {
        let header = Header {
            protocol: PROTOCOL.to_owned(),
            id: MessageId(id::mint(at)),
            sender: self.keys.bureau().to_owned(),
            receiver: self.receiver.clone(),
            kind: kind.to_owned(),
            version: 1,
            sent_at: at.to_rfc3339_opts(SecondsFormat::Millis, true),
            correlation_id,
            sequence,
            payload_hash: keys::digest(&payload)?,
            key_id: self.keys.key_id().to_owned(),
        };
        self.signed(header, payload)
    }

    /// Signs a header as it is: what it says may be wrong, its signature is good.
    pub fn signed(&self, header: Header, payload: Value) -> anyhow::Result<Envelope> {
        Ok(Envelope { signature: self.keys.sign(&header)?, header, payload })
    }

    /// What it says about a message that came.
    pub fn receipt(
        &self,
        header: &Header,
        at: DateTime<Utc>,
        outcome: Outcome,
        errors: Vec<Violation>,
    ) -> anyhow::Result<Receipt> {
        Receipt::seal(&self.keys, header, at, outcome, errors)
    }

    /// The four headers of a request that is made then.
    #[must_use]
    pub fn seal(&self, request: Message<'_>, at: DateTime<Utc>) -> [(&'static str, String); 4] {
        let seal = self.keys.seal_request(request, at);
        [
            (BUREAU_HEADER, self.keys.bureau().to_owned()),
            (KEY_HEADER, self.keys.key_id().to_owned()),
            (DATE_HEADER, seal.date),
            (SIGNATURE_HEADER, seal.signature),
        ]
    }

    /// Somebody who claims to be this bureau and does not have its key.
    pub(super) fn impostor(&self) -> Self {
        let keys = OwnKeys::from_seed(self.keys.bureau(), self.keys.key_id(), &[0xBA; 32]);
        Self { keys, receiver: self.receiver.clone() }
    }
}
