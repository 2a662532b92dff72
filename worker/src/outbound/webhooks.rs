//! Webhook receivers, as `docs/webhooks.md` describes them: anybody's servers, at addresses that anybody chose.
use std::{net::SocketAddr, time::Duration};

use anyhow::{Context as _, bail, ensure};
use chrono::{DateTime, Utc};
use reqwest::{
    Response, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header::RETRY_AFTER,
};
use shared::{
    Clock, config,
    notification::{
        WebhookKeys,
        address::PrivateAddresses,
        model::{Answer, Parcel},
        secret::{Credentials, ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER},
        service::endpoint::Question,
    },
};

use super::tls;

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// A connection that rested for longer is not used again: the other side may have closed it.
const REST: Duration = Duration::from_secs(2);
/// The longest answer to a challenge that is read. Answers to deliveries are not read at all.
const ANSWER_LIMIT: usize = 4 * 1024;

/// How we speak with receivers.
pub struct Webhooks {
    keys: WebhookKeys,
    guard: PrivateAddresses,
    http: reqwest::Client,
}

impl Webhooks {
    /// Reads the keys that the settings name; `None`: there are to be no webhooks.
    pub fn open(settings: &config::Webhooks) -> anyhow::Result<Option<Self>> {
        let Some(folder) = &settings.keys else { return Ok(None) };
        let keys = WebhookKeys::read(folder).context("ANYPORT_WEBHOOK_KEYS")?;
        Self::new(keys, settings.private_addresses, PATIENCE).map(Some)
    }

    /// Receivers are given so much time to answer.
    pub fn new(
        keys: WebhookKeys,
        guard: PrivateAddresses,
        patience: Duration,
    ) -> anyhow::Result<Self> {
        // A name is looked up once for each connection, by us, and the connection goes to what we have looked at: a
        // name that means another address a moment later leads nowhere. A redirect would lead around that, and so
        // would a proxy.
        let http = tls::client()?
            .user_agent("Anyport-Webhooks/1")
            .dns_resolver(Guarded(guard))
            .no_proxy()
            .timeout(patience)
            .pool_idle_timeout(REST)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { keys, guard, http })
    }

    #[must_use]
    pub const fn keys(&self) -> &WebhookKeys {
        &self.keys
    }

    /// Tries to deliver once. Whatever goes wrong is an answer too.
    pub async fn deliver(&self, clock: &Clock, parcel: &Parcel) -> Answer {
        let sent = async {
            let body = serde_json::to_vec(&parcel.payload)?;
            let id = parcel.event.to_string();
            self.post(clock, (&parcel.url, &parcel.credentials), &id, body).await
        };
        match sent.await {
            Ok(response) => Answer::Status {
                status: response.status().as_u16(),
                retry_after: retry_after(&response, clock.now()),
            },
            Err(error) => Answer::Nothing(told(&error)),
        }
    }

    /// Asks an address to say a challenge back: as the text of its answer, or in JSON as the member `challenge`.
    pub async fn challenge(&self, clock: &Clock, question: &Question) -> Result<(), String> {
        self.ask(clock, question).await.map_err(|error| told(&error))
    }

    async fn ask(&self, clock: &Clock, question: &Question) -> anyhow::Result<()> {
        let body = serde_json::to_vec(&serde_json::json!({
            "type": "webhook.challenge",
            "timestamp": question.asked_at,
            "data": { "challenge": question.challenge },
        }))?;
        let id = format!("{}-{}", question.endpoint, question.asked_at.timestamp_micros());
        let target = (question.url.as_str(), &question.credentials);
        let mut response = self.post(clock, target, &id, body).await?;
        let status = response.status();
        ensure!(status.is_success(), "it answered {status} to the challenge");
        let mut said = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            ensure!(
                said.len() + chunk.len() <= ANSWER_LIMIT,
                "an answer of more than {ANSWER_LIMIT} bytes"
            );
            said.extend_from_slice(&chunk);
        }
        let in_json = serde_json::from_slice::<serde_json::Value>(&said).ok();
        let in_json = in_json.as_ref().and_then(|json| json.get("challenge")?.as_str());
        let in_text = std::str::from_utf8(&said).unwrap_or_default().trim();
        if in_json.unwrap_or(in_text) != question.challenge {
            bail!("it did not say the challenge back");
        }
        Ok(())
    }

    async fn post(
        &self,
        clock: &Clock,
        (url, credentials): (&str, &Credentials),
        id: &str,
        body: Vec<u8>,
    ) -> anyhow::Result<Response> {
        let url = Url::parse(url).context("the URL of the endpoint")?;
        // A host that is an address is not looked up, so the resolver never sees it.
        let address = url.host_str().unwrap_or_default().trim_matches(['[', ']']).parse();
        if let Ok(address) = address {
            ensure!(self.guard.permit(address), "it is an address of a private network");
        }
        let is_https = url.scheme() == "https";
        ensure!(is_https || self.guard == PrivateAddresses::Allow, "only https is called");
        let now = clock.now();
        let signature = self.keys.sign(credentials, id, now, &body)?;
        let request = self
            .http
            .post(url)
            .header(ID_HEADER, id)
            .header(TIMESTAMP_HEADER, now.timestamp())
            .header(SIGNATURE_HEADER, signature)
            .header("content-type", "application/json")
            .body(body);
        Ok(request.send().await?)
    }
}

/// Looks names up, and leaves out what must not be called.
struct Guarded(PrivateAddresses);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> =
                found.filter(|address| guard.permit(address.ip())).collect();
            if allowed.is_empty() {
                return Err("it has no address outside private networks".into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}

/// Seconds, or a date.
fn retry_after(response: &Response, now: DateTime<Utc>) -> Option<chrono::Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    let pause = match text.parse::<u32>() {
        Ok(seconds) => chrono::Duration::seconds(seconds.into()),
        Err(_) => DateTime::parse_from_rfc2822(text).ok()?.to_utc() - now,
    };
    Some(pause.max(chrono::Duration::zero()))
}

/// What went wrong, for the owner of the endpoint: the innermost cause, without the URL, which may hold a token.
fn told(error: &anyhow::Error) -> String {
    if let Some(error) = error.downcast_ref::<reqwest::Error>()
        && error.is_timeout()
    {
        return "it did not answer in time".to_owned();
    }
    error.root_cause().to_string().chars().take(200).collect()
}
