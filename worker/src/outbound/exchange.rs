//! Other bureaus, as `docs/exchange-protocol.md` describes them: signed messages out, signed receipts back.
use std::time::Duration;

use anyhow::{Context as _, bail};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use shared::{
    Clock, config,
    exchange::{
        Envelope, OwnKeys, Receipt,
        keys::{BUREAU_HEADER, KEY_HEADER},
        service::outbox::Delivery,
    },
    kernel::signature::{DATE_HEADER, Message, SIGNATURE_HEADER},
};

use super::tls;

/// How long a partner may take to store a call's messages.
const PATIENCE: Duration = Duration::from_secs(20);
/// A line may break behind a request that arrived: then nothing comes back, not even the news of it. Asking the other
/// end after so long, and so often again, finds out.
const SILENCE: Duration = Duration::from_secs(2);
const QUESTIONS: u32 = 4;
/// A line that was idle for longer is not used again: the other side may have closed it.
const IDLE: Duration = Duration::from_secs(2);
/// The longest answer that is read.
const ANSWER_LIMIT: usize = 8 << 20;

/// How we speak with other bureaus.
pub struct Exchange {
    pub keys: OwnKeys,
    /// The longest pause before a partner that cannot be reached is tried again.
    pub longest_pause: chrono::Duration,
    http: reqwest::Client,
}

#[derive(Serialize)]
struct Push<'a> {
    messages: &'a [Envelope],
}

#[derive(Deserialize)]
struct Answer {
    receipts: Vec<Receipt>,
}

impl Exchange {
    /// Reads the keys that the settings name.
    pub fn open(settings: &config::Exchange) -> anyhow::Result<Self> {
        let keys =
            OwnKeys::read(&settings.bureau, &settings.keys).context("ANYPORT_EXCHANGE_KEYS")?;
        Self::new(keys, PATIENCE, settings.longest_pause)
    }

    /// Partners are given so much time to answer, and tried again after `longest_pause` at the latest.
    pub fn new(
        keys: OwnKeys,
        patience: Duration,
        longest_pause: chrono::Duration,
    ) -> anyhow::Result<Self> {
        // A redirect would be followed with our signature on another path: refused there, so never followed.
        let http = tls::client()?
            .tcp_keepalive(SILENCE)
            .tcp_keepalive_interval(SILENCE)
            .tcp_keepalive_retries(QUESTIONS)
            .timeout(patience)
            .pool_idle_timeout(IDLE)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { keys, longest_pause, http })
    }

    /// Pushes messages to a partner; its receipts come back, or why there are none.
    pub async fn push(&self, clock: &Clock, delivery: &Delivery) -> anyhow::Result<Vec<Receipt>> {
        let url = Url::parse(&format!("{}/v1/exchange/messages", delivery.url))
            .context("the partner's URL")?;
        let body = serde_json::to_vec(&Push { messages: &delivery.messages })?;
        let sent = Message { method: "POST", path: url.path(), body: &body };
        let seal = self.keys.seal_request(sent, clock.now());
        let request = self
            .http
            .post(url.clone())
            .header(BUREAU_HEADER, self.keys.bureau())
            .header(KEY_HEADER, self.keys.key_id())
            .header(DATE_HEADER, seal.date)
            .header(SIGNATURE_HEADER, seal.signature)
            .header("content-type", "application/json")
            .body(body);
        let mut response = request.send().await?;
        let status = response.status();
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if answer.len() + chunk.len() > ANSWER_LIMIT {
                bail!("an answer of more than {ANSWER_LIMIT} bytes");
            }
            answer.extend_from_slice(&chunk);
        }
        if !status.is_success() {
            let said: String = String::from_utf8_lossy(&answer).chars().take(300).collect();
            bail!("{status}: {said}");
        }
        let answer: Answer = serde_json::from_slice(&answer).context("receipts we cannot read")?;
        Ok(answer.receipts)
    }
}
