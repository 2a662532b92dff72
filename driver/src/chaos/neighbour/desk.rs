//! The neighbour's own book: what it said and who has it, what it heard and how often. Nothing here is ever lost.
use std::collections::BTreeMap;

use rand::{Rng as _, rngs::StdRng, seq::SliceRandom as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::protocol::{Message, Signer, new_id, receipt_of};

/// How many messages one call brings.
const CALL: usize = 40;
/// How many of those that have arrived are brought once more.
const AGAIN: usize = 3;
const PING: &str = "exchange.ping";

/// Something the neighbour says.
struct Said {
    message: Message,
    /// The other side has it: its receipt is here.
    is_received: bool,
}

/// Something it heard.
pub(super) struct Heard {
    pub(super) message: Message,
    receipt: Value,
}

pub(super) struct Desk {
    signer: Signer,
    /// To whom it speaks, and the key with which that bureau signs.
    other: (String, String),
    said: Vec<Said>,
    pub(super) heard: BTreeMap<String, Heard>,
    /// Its last sequence in each conversation.
    sequences: BTreeMap<Uuid, u32>,
    pings: Uuid,
    /// Came more than once.
    pub(super) repeated: usize,
    /// Refused by the other side, or not signed by it.
    pub(super) wrong: Vec<String>,
}

impl Desk {
    pub(super) fn new(signer: Signer, other: (String, String)) -> Self {
        Self {
            signer,
            other,
            said: Vec::new(),
            heard: BTreeMap::new(),
            sequences: BTreeMap::new(),
            pings: new_id(),
            repeated: 0,
            wrong: Vec::new(),
        }
    }

    /// One more ping, in the conversation of all of them.
    pub(super) fn ping(&mut self) {
        self.say(PING, self.pings, &json!({}));
    }

    fn say(&mut self, kind: &str, correlation: Uuid, payload: &Value) {
        let sequence = self.sequences.entry(correlation).or_default();
        *sequence += 1;
        let place = (correlation, *sequence);
        let message = Message::new(&self.signer, &self.other.0, kind, place, payload);
        self.said.push(Said { message, is_received: false });
    }

    /// What the next call brings: what has no receipt, in any order, and some of what has one.
    pub(super) fn to_bring(&self, luck: &mut StdRng) -> Vec<Message> {
        let waiting = self.said.iter().filter(|one| !one.is_received).take(CALL);
        let mut batch: Vec<_> = waiting.map(|one| one.message.clone()).collect();
        if !batch.is_empty() && luck.random_bool(0.3) {
            let arrived = self.said.iter().rev().filter(|one| one.is_received).take(AGAIN);
            batch.extend(arrived.map(|one| one.message.clone()));
        }
        batch.shuffle(luck);
        batch
    }

    /// Notes the other side's receipts.
    pub(super) fn acknowledged(&mut self, receipts: &[Value]) {
        for receipt in receipts {
            let id = receipt["message_id"].as_str().unwrap_or_default();
            if receipt["outcome"] != "STORED" {
                self.wrong.push(format!("{id} was refused: {}", receipt["errors"]));
            }
            if let Some(one) = self.said.iter_mut().find(|one| one.message.id() == id) {
                one.is_received = true;
            }
        }
    }

    /// Takes in what the other side brings: receipts for all of it, the first one again for what was here before.
    pub(super) fn take(&mut self, messages: Vec<Message>) -> Vec<Value> {
        messages.into_iter().map(|message| self.take_one(message)).collect()
    }

    fn take_one(&mut self, message: Message) -> Value {
        if let Some(first) = self.heard.get(message.id()) {
            self.repeated += 1;
            if first.message != message {
                self.wrong.push(format!("{} came with another content", message.id()));
            }
            return first.receipt.clone();
        }
        if !message.is_good(&self.other.1) {
            self.wrong.push(format!("{} is not signed as it should be", message.id()));
        }
        let receipt = receipt_of(&self.signer, &message);
        if message.kind() == PING {
            let correlation = message.0["header"]["correlation_id"].as_str();
            let correlation = correlation.and_then(|text| text.parse().ok()).unwrap_or_default();
            self.say("exchange.pong", correlation, &json!({ "message_id": message.id() }));
        }
        let heard = Heard { message, receipt: receipt.clone() };
        self.heard.insert(heard.message.id().to_owned(), heard);
        receipt
    }

    /// Ids and kinds of all it said, and whether the other side has them.
    pub(super) fn said(&self) -> impl Iterator<Item = (&str, &str, bool)> {
        self.said.iter().map(|one| (one.message.id(), one.message.kind(), one.is_received))
    }

    pub(super) fn is_done(&self) -> bool {
        self.said.iter().all(|one| one.is_received)
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;
    use crate::keys::new_key_pair;

    fn signer(bureau: &str) -> Signer {
        Signer::from_pem(bureau, "k", &new_key_pair().unwrap().0).unwrap()
    }

    #[test]
    fn a_message_that_comes_twice_is_counted_and_gets_its_first_receipt() {
        let bureau = signer("310000");
        let other = ("310000".to_owned(), bureau.public_key());
        let mut desk = Desk::new(signer("330000"), other);
        let ping = Message::new(&bureau, "330000", PING, (new_id(), 1), &json!({}));

        let first = desk.take(vec![ping.clone()]);
        let again = desk.take(vec![ping]);

        assert_eq!((first, desk.repeated), (again, 1));
        assert_eq!(desk.said().count(), 1, "one pong for one ping");
        assert!(desk.wrong.is_empty(), "{:?}", desk.wrong);
    }

    #[test]
    fn what_has_no_receipt_is_brought_until_it_has_one() {
        let bureau = signer("310000");
        let mut desk = Desk::new(signer("330000"), ("310000".to_owned(), bureau.public_key()));
        let mut luck = StdRng::seed_from_u64(1);
        desk.ping();

        let batch = desk.to_bring(&mut luck);
        let unanswered = desk.to_bring(&mut luck);
        desk.acknowledged(&[receipt_of(&bureau, &batch[0])]);

        assert_eq!(batch, unanswered);
        assert!(desk.is_done() && desk.to_bring(&mut luck).is_empty());
    }
}
