//! Messages and receipts as JSON, well made or spoiled on purpose.
use chrono::{DateTime, SecondsFormat, Utc};
use rand::RngCore as _;
use serde_json::{Value, json};
use uuid::{Builder, Uuid};

use super::signer::{Signer, digest, verifies};

/// The tester's own moment.
#[expect(clippy::disallowed_methods, reason = "a stranger to Anyport lives by its machine's clock")]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// A new random id.
pub(crate) fn new_id() -> Uuid {
    let mut bytes = [0; 16];
    rand::rng().fill_bytes(&mut bytes);
    Builder::from_random_bytes(bytes).into_uuid()
}

/// One message, as it travels.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Message(pub(crate) Value);

impl Message {
    /// A good one, said now.
    pub(crate) fn new(
        signer: &Signer,
        receiver: &str,
        kind: &str,
        (correlation, sequence): (Uuid, u32),
        payload: &Value,
    ) -> Self {
        let header = json!({
            "protocol": "bureau-exchange/1", "id": new_id(), "sender": signer.bureau, "receiver": receiver,
            "type": kind, "version": 1, "sent_at": written(now()), "correlation_id": correlation,
            "sequence": sequence, "payload_hash": digest(payload), "key_id": signer.key_id,
        });
        let signature = signer.sign(&header);
        Self(json!({ "header": header, "payload": payload, "signature": signature }))
    }

    /// The same with another value in its header, and signed again.
    pub(crate) fn with(&self, signer: &Signer, name: &str, value: Value) -> Self {
        let mut changed = self.clone();
        changed.0["header"][name] = value;
        changed.sign(signer);
        changed
    }

    /// The same with another payload, and the right hash of it.
    pub(crate) fn with_payload(&self, signer: &Signer, payload: Value) -> Self {
        let mut changed = self.clone();
        changed.0["header"]["payload_hash"] = digest(&payload).into();
        changed.0["payload"] = payload;
        changed.sign(signer);
        changed
    }

    /// The same as others would see it who changed it on its way: whatever is done, the signature stays.
    pub(crate) fn spoiled(&self, spoil: impl FnOnce(&mut Value)) -> Self {
        let mut changed = self.clone();
        spoil(&mut changed.0);
        changed
    }

    pub(crate) fn sign(&mut self, signer: &Signer) {
        self.0["signature"] = signer.sign(&self.0["header"]).into();
    }

    pub(crate) fn id(&self) -> &str {
        self.0["header"]["id"].as_str().unwrap_or_default()
    }

    pub(crate) fn kind(&self) -> &str {
        self.0["header"]["type"].as_str().unwrap_or_default()
    }

    /// Whether its payload has the hash of its header, and somebody who holds that key signed the header.
    pub(crate) fn is_good(&self, public_key: &str) -> bool {
        let signature = self.0["signature"].as_str().unwrap_or_default();
        self.0["header"]["payload_hash"] == digest(&self.0["payload"]).as_str()
            && verifies(public_key, &self.0["header"], signature)
    }
}

/// `2014-05-12T02:20:00.000Z`.
pub(crate) fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A receipt that says: it is stored here.
pub(crate) fn receipt_of(signer: &Signer, message: &Message) -> Value {
    let header = &message.0["header"];
    let mut receipt = json!({
        "protocol": "bureau-exchange/1", "message_id": header["id"], "sender": header["sender"],
        "receiver": signer.bureau, "payload_hash": header["payload_hash"],
        "received_at": written(now()), "outcome": "STORED", "errors": [], "key_id": signer.key_id,
    });
    receipt["signature"] = signer.sign(&receipt).into();
    receipt
}

/// Whether that key signed a receipt, as it came.
pub(crate) fn verifies_receipt(receipt: &Value, public_key: &str) -> bool {
    let mut bare = receipt.clone();
    let signature = bare.as_object_mut().and_then(|members| members.remove("signature"));
    let signature = signature.as_ref().and_then(Value::as_str).unwrap_or_default();
    verifies(public_key, &bare, signature)
}
