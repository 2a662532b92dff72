//! What a bureau says, signed, about a message that came.
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use super::{
    envelope::{Header, PROTOCOL},
    keys::{self, OwnKeys},
    model::MessageId,
};
use crate::kernel::Violation;

/// What became of a message at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = ReceiptOutcome)]
pub enum Outcome {
    /// It is kept, and will be applied in its order. Sending it again changes nothing.
    Stored,
    /// It will not be kept: the faults say why. Sending it again as it is will not help.
    Refused,
}

/// A receipt (回执): given for every message that names its sender and its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// `bureau-exchange/1`.
    #[schema(max_length = 40, pattern = "^bureau-exchange/1$")]
    pub protocol: String,
    pub message_id: MessageId,
    /// Who sent the message.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub sender: String,
    /// Who gives the receipt.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub receiver: String,
    /// Of the message, so that a receipt proves what was received.
    #[schema(max_length = 72, pattern = "^sha-256:[0-9a-f]{64}$")]
    pub payload_hash: String,
    /// UTC with milliseconds.
    #[schema(max_length = 24, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[.]\d{3}Z$")]
    pub received_at: String,
    pub outcome: Outcome,
    /// Everything that is wrong. With `STORED`: the records that were left out, by their pointers.
    #[schema(max_items = 10000)]
    pub errors: Vec<Violation>,
    /// The receiver's key.
    #[schema(max_length = 64, pattern = "^[0-9A-Za-z._-]{1,64}$")]
    pub key_id: String,
    /// Ed25519 over the RFC 8785 spelling of all other members, in base64.
    #[schema(max_length = 88, pattern = "^[0-9A-Za-z+/]{86}==$")]
    pub signature: String,
}

impl Receipt {
    /// Signs what became of a message.
    pub fn seal(
        keys: &OwnKeys,
        header: &Header,
        received_at: DateTime<Utc>,
        outcome: Outcome,
        errors: Vec<Violation>,
    ) -> anyhow::Result<Self> {
        let mut receipt = Self {
            protocol: PROTOCOL.to_owned(),
            message_id: header.id,
            sender: header.sender.clone(),
            receiver: keys.bureau().to_owned(),
            payload_hash: header.payload_hash.clone(),
            received_at: received_at.to_rfc3339_opts(SecondsFormat::Millis, true),
            outcome,
            errors,
            key_id: keys.key_id().to_owned(),
            signature: String::new(),
        };
        receipt.signature = keys.sign(&receipt.statement()?)?;
        Ok(receipt)
    }

    /// Is it what that receiver says about a message of that sender, in words that can be kept?
    #[must_use]
    pub fn is_between(&self, sender: &str, receiver: &str) -> bool {
        let can_be_kept = |error: &Violation| {
            let texts = [&error.pointer, &error.code, &error.message_zh, &error.message_en];
            texts.iter().all(|text| !text.contains('\0'))
        };
        self.protocol == PROTOCOL
            && self.sender == sender
            && self.receiver == receiver
            && self.errors.iter().all(can_be_kept)
    }

    /// Did the holder of that key sign it?
    #[must_use]
    pub fn is_signed_by(&self, public_key: &str) -> bool {
        self.statement()
            .is_ok_and(|statement| keys::is_signed(public_key, &statement, &self.signature))
    }

    /// Everything but the signature.
    fn statement(&self) -> serde_json::Result<serde_json::Value> {
        let mut statement = serde_json::to_value(self)?;
        if let Some(members) = statement.as_object_mut() {
            members.remove("signature");
        }
        Ok(statement)
    }
}
