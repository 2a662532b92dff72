//! Signed requests to a bureau.
use anyhow::Context as _;
use chrono::TimeDelta;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::{
    message::{Message, now, written},
    signer::{Signer, hex_of_hash},
};

pub(crate) const MESSAGES: &str = "/v1/exchange/messages";
const JSON: &str = "application/json";

/// The way to a bureau's doors.
pub(crate) struct Door {
    http: Client,
    base: String,
    pub(crate) signer: Signer,
}

/// What it answered; no JSON is `null`.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn receipts(&self) -> &[Value] {
        self.body["receipts"].as_array().map_or(&[], Vec::as_slice)
    }
}

/// The four headers of a signed request.
#[derive(Clone, Debug)]
pub(crate) struct Seal {
    pub(crate) bureau: String,
    pub(crate) key: String,
    pub(crate) date: String,
    pub(crate) signature: String,
}

/// A request before it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) kind: &'static str,
    pub(crate) body: Vec<u8>,
}

impl Call {
    pub(crate) fn get(path: &str) -> Self {
        Self { method: Method::GET, path: path.to_owned(), kind: JSON, body: Vec::new() }
    }

    pub(crate) fn post(path: &str, body: &Value) -> Self {
        let body = body.to_string().into_bytes();
        Self { method: Method::POST, path: path.to_owned(), kind: JSON, body }
    }

    pub(crate) fn bring(messages: &[Message]) -> Self {
        let messages: Vec<_> = messages.iter().map(|message| &message.0).collect();
        Self::post(MESSAGES, &json!({ "messages": messages }))
    }

    /// One message a line.
    pub(crate) fn bring_lines(lines: &[String]) -> Self {
        let body = lines.join("\n").into_bytes();
        let (method, path) = (Method::POST, MESSAGES.to_owned());
        Self { method, path, kind: "application/x-ndjson", body }
    }

    /// Signs it, dated so far from now.
    pub(crate) fn seal(&self, signer: &Signer, off: TimeDelta) -> Seal {
        let date = written(now() + off);
        let hash = hex_of_hash(&self.body);
        let text = format!("{}\n{}\n{date}\n{hash}", self.method, self.path);
        let signature = signer.sign_bytes(text.as_bytes());
        Seal { bureau: signer.bureau.clone(), key: signer.key_id.clone(), date, signature }
    }
}

impl Door {
    pub(crate) fn new(base: &str, signer: Signer) -> anyhow::Result<Self> {
        let http = Client::builder().no_proxy().timeout(std::time::Duration::from_mins(1));
        let base = base.trim_end_matches('/').to_owned();
        Ok(Self { http: http.build()?, base, signer })
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// A request in good order.
    pub(crate) async fn call(&self, call: Call) -> anyhow::Result<Answer> {
        let seal = call.seal(&self.signer, TimeDelta::zero());
        self.send(call, Some(seal)).await
    }

    pub(crate) async fn bring(&self, messages: &[Message]) -> anyhow::Result<Answer> {
        self.call(Call::bring(messages)).await
    }

    /// A request as it is, with this seal or none.
    pub(crate) async fn send(&self, call: Call, seal: Option<Seal>) -> anyhow::Result<Answer> {
        let url = format!("{}{}", self.base, call.path);
        let mut request = self.http.request(call.method.clone(), &url);
        if let Some(seal) = seal {
            for (name, value) in [
                ("signature-bureau", seal.bureau),
                ("signature-key", seal.key),
                ("signature-date", seal.date),
                ("signature-ed25519", seal.signature),
            ] {
                request = request.header(name, value);
            }
        }
        if call.method == Method::POST {
            request = request.header("content-type", call.kind).body(call.body);
        }
        let response = request.send().await.with_context(|| url.clone())?;
        let status = response.status().as_u16();
        let bytes = response.bytes().await.with_context(|| url)?;
        Ok(Answer { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) })
    }
}
