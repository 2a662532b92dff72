//! The bureau at work: what it says to Anyport, and what it makes of what Anyport says.
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, ensure};
use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::{
    Clock,
    exchange::{Envelope, Outcome, Receipt},
    kernel::{
        Violation, Violations, id,
        signature::{CheckingKey, Message},
    },
};
use uuid::Uuid;

use super::{
    fault::{Call, Fault, MESSAGES},
    inbox::{Inbox, Kept},
    manner::{Answer, Manner},
    settings::Settings,
    voice::Voice,
};

/// One bureau, shared by all requests.
pub struct Bureau {
    pub(super) clock: Clock,
    voice: Voice,
    /// Where Anyport listens.
    anyport: String,
    late: Duration,
    http: reqwest::Client,
    manner: Mutex<Manner>,
    inbox: Mutex<Inbox>,
    /// Anyport's published keys, as they were last read.
    keys: Mutex<BTreeMap<String, String>>,
}

/// Something to say.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saying {
    #[serde(rename = "type")]
    pub kind: String,
    /// None: a conversation of its own.
    pub correlation_id: Option<Uuid>,
    pub sequence: i32,
    pub payload: Value,
}

/// What Anyport answered to a call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Heard {
    pub status: u16,
    pub body: Value,
}

impl Bureau {
    pub(super) fn open(settings: Settings) -> anyhow::Result<Self> {
        // A line of its own for each call: one that was idle may be closed by now.
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0);
        let http = http.timeout(Duration::from_mins(1));
        Ok(Self {
            clock: settings.clock,
            voice: Voice { keys: settings.keys, receiver: settings.anyport_bureau },
            anyport: settings.anyport_url,
            late: settings.late,
            http: http.build()?,
            manner: Mutex::default(),
            inbox: Mutex::default(),
            keys: Mutex::default(),
        })
    }

    /// Behaves like this from now on.
    pub fn behave(&self, manner: Manner) {
        *lock(&self.manner) = manner;
    }

    /// All that was brought and stored.
    #[must_use]
    pub fn inbox(&self) -> Vec<Kept> {
        lock(&self.inbox).all()
    }

    #[must_use]
    pub const fn voice(&self) -> &Voice {
        &self.voice
    }

    /// The messages that it would say now.
    pub fn compose(&self, sayings: &[Saying]) -> anyhow::Result<Vec<Envelope>> {
        let now = self.clock.now();
        let compose = |saying: &Saying| {
            let correlation = saying.correlation_id.unwrap_or_else(|| id::mint(now));
            let place = (correlation, saying.sequence);
            self.voice.says(now, &saying.kind, place, saying.payload.clone())
        };
        sayings.iter().map(compose).collect()
    }

    /// Says messages with a fault, or none. What Anyport answered, call by call.
    pub async fn say(
        &self,
        messages: &[Envelope],
        fault: Fault,
        is_lines: bool,
    ) -> anyhow::Result<Vec<Heard>> {
        let now = self.clock.now();
        let mut heard = Vec::new();
        for call in fault.calls(&self.voice, messages.to_vec(), now, is_lines)? {
            heard.push(self.send(Method::POST, MESSAGES, call).await?);
        }
        Ok(heard)
    }

    /// Comes for what waits, stores it, and brings receipts as its manner has it. What Anyport said to them.
    pub async fn fetch(&self) -> anyhow::Result<Heard> {
        let waiting = self.call(Method::GET, MESSAGES, Vec::new()).await?;
        ensure!(waiting.status == 200, "{}: {}", waiting.status, waiting.body);
        let messages: Vec<Envelope> = serde_json::from_value(waiting.body["messages"].clone())?;
        match self.take(&messages).await? {
            Answer::Body(_, receipts) | Answer::After(_, receipts) => {
                self.call(Method::POST, "/v1/exchange/receipts", receipts).await
            }
            Answer::Elsewhere | Answer::Never => Ok(waiting),
        }
    }

    async fn call(&self, method: Method, path: &str, body: Vec<u8>) -> anyhow::Result<Heard> {
        let request = Message { method: method.as_str(), path, body: &body };
        let headers = self.voice.seal(request, self.clock.now());
        self.send(method, path, Call { content_type: "application/json", headers, body }).await
    }

    async fn send(&self, method: Method, path: &str, call: Call) -> anyhow::Result<Heard> {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.anyport));
        for (name, value) in call.headers {
            request = request.header(name, value);
        }
        if method == Method::POST {
            request = request.header("content-type", call.content_type).body(call.body);
        }
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await?;
        Ok(Heard { status, body: serde_json::from_slice(&body).unwrap_or_default() })
    }

    /// Whether Anyport signed this request just now.
    pub(super) async fn believes(
        &self,
        request: Message<'_>,
        [bureau, key, date, signature]: [Option<&str>; 4],
    ) -> bool {
        let (Some(bureau), Some(key)) = (bureau, key) else { return false };
        if bureau != self.voice.receiver {
            return false;
        }
        let known =
            self.key_of_anyport(key).await.and_then(|key| CheckingKey::from_base64(&key).ok());
        known.is_some_and(|known| known.check(request, date, signature, self.clock.now()).is_ok())
    }

    /// Takes messages: what is stored, and what is answered.
    pub(super) async fn take(&self, messages: &[Envelope]) -> anyhow::Result<Answer> {
        let manner = *lock(&self.manner);
        let now = self.clock.now();
        let mut receipts = Vec::with_capacity(messages.len());
        for message in messages {
            let key = self.key_of_anyport(&message.header.key_id).await;
            receipts.push(self.store(message, key.as_deref(), manner, now)?);
        }
        manner.answer(&self.voice, messages, receipts, self.late)
    }

    fn store(
        &self,
        message: &Envelope,
        key: Option<&str>,
        manner: Manner,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Receipt> {
        let mut inbox = lock(&self.inbox);
        if let Some(first) = inbox.again(message) {
            return Ok(first);
        }
        let mut wrong = self.faults_of(message, key);
        if inbox.holds(message.header.id) {
            let (zh, en) = ("消息编号已用于其他内容", "this id was given to another message");
            wrong.error("/header/id", "message-id-reused", zh, en);
        }
        if manner == Manner::Refusing {
            let (zh, en) = ("本局一概不收", "this bureau refuses everything");
            wrong.error("", "not-today", zh, en);
        }
        let errors: Vec<Violation> = wrong.into_vec();
        let outcome = if errors.is_empty() { Outcome::Stored } else { Outcome::Refused };
        let receipt = self.voice.receipt(&message.header, now, outcome, errors)?;
        if outcome == Outcome::Stored && manner.stores() {
            inbox.keep(message, &receipt);
        }
        Ok(receipt)
    }

    /// Form, addresses and signature, as section 5 of the page has them.
    fn faults_of(&self, message: &Envelope, key: Option<&str>) -> Violations {
        let mut wrong = message.review();
        if message.header.sender != self.voice.receiver {
            let (zh, en) = ("发送方与调用方不符", "the sender is not the caller");
            wrong.error("/header/sender", "sender-not-caller", zh, en);
        }
        if message.header.receiver != self.voice.keys.bureau() {
            let (zh, en) = ("接收方不是本局", "it is addressed to another bureau");
            wrong.error("/header/receiver", "receiver-wrong", zh, en);
        }
        match key {
            None => {
                let (zh, en) = ("密钥未知", "the key is unknown");
                wrong.error("/header/key_id", "key-not-good", zh, en);
            }
            Some(key) if !message.is_signed_by(key) => {
                let (zh, en) = ("签名无效", "the signature does not fit");
                wrong.error("/signature", "signature-invalid", zh, en);
            }
            Some(_) => {}
        }
        wrong
    }

    /// A published key of Anyport; what is not known is asked for once more.
    async fn key_of_anyport(&self, key_id: &str) -> Option<String> {
        if let Some(key) = lock(&self.keys).get(key_id) {
            return Some(key.clone());
        }
        match self.published().await {
            Ok(keys) => {
                let key = keys.get(key_id).cloned();
                *lock(&self.keys) = keys;
                key
            }
            Err(error) => {
                tracing::warn!("the keys of Anyport: {error:#}");
                None
            }
        }
    }

    async fn published(&self) -> anyhow::Result<BTreeMap<String, String>> {
        let answer = self.http.get(format!("{}/v1/exchange/keys", self.anyport)).send().await?;
        let body: Value = answer.error_for_status()?.json().await?;
        ensure!(body["bureau"] == self.voice.receiver.as_str(), "it is {}", body["bureau"]);
        let keys = body["keys"].as_array().context("no `keys`")?.iter();
        let pair = |key: &Value| {
            let text = |name: &str| key[name].as_str().map(str::to_owned);
            text("key_id").zip(text("public_key"))
        };
        Ok(keys.filter_map(pair).collect())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
