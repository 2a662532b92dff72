//! What every case needs: the way to the implementation, its keys, and words for what was seen.
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::{
    keys::new_key_pair,
    protocol::{
        Answer, Call, Door, MESSAGES, Message, Signer, new_id, receipt_of, verifies_receipt,
    },
};

/// Takes effect harmlessly, whenever it does.
pub(super) const RESEND: &str = "exchange.resend";
/// How long something may take that is done "after a moment".
const PATIENCE: Duration = Duration::from_secs(30);
const GLANCE: Duration = Duration::from_millis(200);

pub(crate) struct Kit {
    pub(super) door: Door,
    /// Somebody whom the implementation does not know, under our name.
    pub(super) stranger: Signer,
    /// The code of the implementation's bureau.
    pub(super) receiver: String,
    /// Its published keys, by their ids.
    keys: Vec<(String, String)>,
}

/// A conversation that there never was.
pub(super) fn nothing() -> Value {
    json!({ "correlation_id": new_id(), "first": 1, "last": 1 })
}

impl Kit {
    pub(super) async fn open(url: &str, signer: Signer) -> anyhow::Result<Self> {
        let (private, _) = new_key_pair()?;
        let stranger = Signer::from_pem(&signer.bureau, &signer.key_id, &private)?;
        let door = Door::new(url, signer)?;
        let (receiver, keys) = Self::read_keys(&door).await?;
        Ok(Self { door, stranger, receiver, keys })
    }

    pub(super) async fn read_keys(door: &Door) -> anyhow::Result<(String, Vec<(String, String)>)> {
        let answer = door.send(Call::get("/v1/exchange/keys"), None).await?;
        ensure!(answer.status == 200, "GET /v1/exchange/keys says {}", answer.status);
        let bureau = answer.body["bureau"].as_str().context("no `bureau` beside the keys")?;
        let keys = answer.body["keys"].as_array().context("no `keys`")?;
        let text = |key: &Value, name: &str| key[name].as_str().map(str::to_owned);
        let keys = keys.iter().map(|key| text(key, "key_id").zip(text(key, "public_key")));
        let keys =
            keys.collect::<Option<Vec<_>>>().context("a key without `key_id` and `public_key`")?;
        ensure!(!keys.is_empty(), "no key is published");
        Ok((bureau.to_owned(), keys))
    }

    pub(super) const fn signer(&self) -> &Signer {
        &self.door.signer
    }

    /// A good message, first of a conversation of its own.
    pub(super) fn message(&self) -> Message {
        self.at((new_id(), 1))
    }

    /// A good message at a place in a conversation.
    pub(super) fn at(&self, place: (Uuid, u32)) -> Message {
        Message::new(self.signer(), &self.receiver, RESEND, place, &nothing())
    }

    /// Brings one message in good order; its receipt, which must be one.
    pub(super) async fn bring(&self, message: &Message) -> anyhow::Result<Value> {
        let answer = self.door.bring(std::slice::from_ref(message)).await?;
        let receipt = self.receipts(&answer, std::slice::from_ref(message))?;
        receipt.into_iter().next().context("no receipt")
    }

    /// One receipt for each message, in their order, each about it and signed.
    pub(super) fn receipts(&self, answer: &Answer, of: &[Message]) -> anyhow::Result<Vec<Value>> {
        ensure!(answer.status == 200, "{}", said(answer));
        let receipts = answer.receipts();
        ensure!(
            receipts.len() == of.len(),
            "{} receipts for {} messages",
            receipts.len(),
            of.len()
        );
        for (receipt, message) in receipts.iter().zip(of) {
            let id = &receipt["message_id"];
            ensure!(*id == message.id(), "a receipt of {id} stands where {} is", message.id());
            self.must_be_signed(receipt)?;
        }
        Ok(receipts.to_vec())
    }

    fn must_be_signed(&self, receipt: &Value) -> anyhow::Result<()> {
        let key = receipt["key_id"].as_str().unwrap_or_default();
        let known = self.keys.iter().find(|(id, _)| id == key);
        let (_, public_key) = known.with_context(|| format!("its key `{key}` is not published"))?;
        ensure!(verifies_receipt(receipt, public_key), "the receipt's signature does not fit");
        Ok(())
    }

    pub(super) fn is_theirs(&self, message: &Message) -> bool {
        let key = message.0["header"]["key_id"].as_str().unwrap_or_default();
        let known = self.keys.iter().find(|(id, _)| id == key);
        known.is_some_and(|(_, public_key)| message.is_good(public_key))
    }

    /// Brings a message that must be stored.
    pub(super) async fn stores(&self, message: &Message) -> anyhow::Result<Value> {
        let receipt = self.bring(message).await?;
        ensure!(receipt["outcome"] == "STORED", "{}", verdict(&receipt));
        Ok(receipt)
    }

    /// Brings a message that must be refused, with this code among its errors.
    pub(super) async fn refuses(&self, message: &Message, code: &str) -> anyhow::Result<String> {
        let receipt = self.bring(message).await?;
        let is_named = errors(&receipt).iter().any(|error| error["code"] == code);
        ensure!(receipt["outcome"] == "REFUSED" && is_named, "{}", verdict(&receipt));
        Ok(verdict(&receipt))
    }

    /// What the implementation says about a message of ours.
    pub(super) async fn asks(&self, message: &Message) -> anyhow::Result<Answer> {
        self.door.call(Call::get(&format!("{MESSAGES}/{}", message.id()))).await
    }

    /// Waits until a message is in this state.
    pub(super) async fn waits_for(&self, message: &Message, state: &str) -> anyhow::Result<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            let answer = self.asks(message).await?;
            if answer.body["state"] == state {
                return Ok(answer.body);
            }
            if Instant::now() > until {
                bail!("{} after {PATIENCE:?}: {}", message.id(), said(&answer));
            }
            sleep(GLANCE).await;
        }
    }

    /// What waits for us.
    pub(super) async fn fetches(&self) -> anyhow::Result<Vec<Message>> {
        let answer = self.door.call(Call::get(MESSAGES)).await?;
        ensure!(answer.status == 200, "{}", said(&answer));
        let messages = answer.body["messages"].as_array().context("no `messages`")?;
        Ok(messages.iter().cloned().map(Message).collect())
    }

    /// Waits until something is said to us that is wanted.
    pub(super) async fn hears(
        &self,
        what: &str,
        is_wanted: impl Fn(&Message) -> bool,
    ) -> anyhow::Result<Message> {
        let until = Instant::now() + PATIENCE;
        loop {
            let mut waiting = self.fetches().await?;
            if let Some(at) = waiting.iter().position(&is_wanted) {
                return Ok(waiting.swap_remove(at));
            }
            // The oldest hundred are handed out: what is not wanted makes room.
            if waiting.len() >= 100 {
                self.acknowledges(&waiting).await?;
            }
            ensure!(Instant::now() < until, "no {what} within {PATIENCE:?}");
            sleep(GLANCE).await;
        }
    }

    /// Gives receipts; how many were believed.
    pub(super) async fn acknowledges(&self, messages: &[Message]) -> anyhow::Result<Answer> {
        let receipts: Vec<_> =
            messages.iter().map(|message| receipt_of(self.signer(), message)).collect();
        self.door.call(Call::post("/v1/exchange/receipts", &json!({ "receipts": receipts }))).await
    }
}

fn errors(receipt: &Value) -> &[Value] {
    receipt["errors"].as_array().map_or(&[], Vec::as_slice)
}

/// `REFUSED: /signature signature-invalid`.
pub(super) fn verdict(receipt: &Value) -> String {
    let errors: Vec<_> = errors(receipt)
        .iter()
        .map(|error| format!("{} {}", word(&error["pointer"]), word(&error["code"])))
        .collect();
    let outcome = word(&receipt["outcome"]);
    if errors.is_empty() { outcome.to_owned() } else { format!("{outcome}: {}", errors.join(", ")) }
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}

/// An answer that was not expected, or is worth showing.
pub(super) fn said(answer: &Answer) -> String {
    let body: String = answer.body.to_string().chars().take(300).collect();
    format!("{} {body}", answer.status)
}
