//! HTTP as the driver speaks it: JSON in and out, repeated where the line broke, problems made readable.
use std::{
    fmt,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use reqwest::{Method, RequestBuilder, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;

use crate::wire::Finding;

/// How often one request is made before the line is given up.
const TRIES: u32 = 8;
const PATIENCE: Duration = Duration::from_secs(30);

/// Why there is no answer to work with.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The server said no, and why.
    Refused(Box<Problem>),
    /// There is no server, or none that answers.
    Unreachable(String),
    /// It answered in a shape that the driver does not know.
    Unexpected(String),
}

/// An answer of `application/problem+json` (RFC 9457), or an error of RFC 6749.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Problem {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    pub(crate) status: u16,
    detail: Option<String>,
    pub(crate) errors: Vec<Finding>,
    error: Option<String>,
    error_description: Option<String>,
}

impl Problem {
    fn of(status: StatusCode, body: &[u8]) -> Self {
        let read: Self = serde_json::from_slice(body).unwrap_or_default();
        Self { status: status.as_u16(), ..read }
    }

    /// `declaration/wrong-status`.
    pub(crate) fn code(&self) -> &str {
        let kind = self.kind.strip_prefix("/problems/").unwrap_or(&self.kind);
        if kind.is_empty() { self.error.as_deref().unwrap_or("unexplained") } else { kind }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.code())?;
        let words = [self.detail.as_deref(), self.error_description.as_deref(), Some(&self.title)];
        if let Some(words) = words.into_iter().flatten().find(|words| !words.is_empty()) {
            write!(f, ": {words}")?;
        }
        for finding in self.errors.iter().take(20) {
            write!(f, "; {} {}: {}", finding.pointer, finding.code, finding.message_en)?;
        }
        match self.errors.len().saturating_sub(20) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl Fault {
    /// The code of a refusal; empty for anything else.
    pub(crate) fn code(&self) -> &str {
        if let Self::Refused(problem) = self { problem.code() } else { "" }
    }

    pub(crate) fn status(&self) -> Option<u16> {
        if let Self::Refused(problem) = self { Some(problem.status) } else { None }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(problem) => problem.fmt(f),
            Self::Unreachable(why) | Self::Unexpected(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Fault {}

/// The server's clock, as its tokens tell it: the driver has no time of its own, because a server in test mode
/// may live in another year.
#[derive(Debug, Default)]
pub(crate) struct ServerClock(Mutex<Option<(DateTime<Utc>, Instant)>>);

impl ServerClock {
    pub(crate) fn learn(&self, at: DateTime<Utc>) {
        if let Ok(mut known) = self.0.lock() {
            *known = Some((at, Instant::now()));
        }
    }

    /// The server's time now; `None` before the first token.
    pub(crate) fn now(&self) -> Option<DateTime<Utc>> {
        let (at, since) = (*self.0.lock().ok()?)?;
        Some(at + TimeDelta::from_std(since.elapsed()).ok()?)
    }

    /// The day in Shanghai: what the bureau means by "today" (domain R0).
    pub(crate) fn today(&self) -> anyhow::Result<NaiveDate> {
        let now = self.now().ok_or_else(|| anyhow::anyhow!("no token has told the time yet"))?;
        Ok((now + TimeDelta::hours(8)).date_naive())
    }
}

/// One server.
#[derive(Debug)]
pub(crate) struct Server {
    http: reqwest::Client,
    base: String,
    pub(crate) clock: ServerClock,
}

/// Status and body of an answer that is no error.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Server {
    pub(crate) fn at(url: &str) -> anyhow::Result<Arc<Self>> {
        Self::within(url, PATIENCE)
    }

    /// A server that is given so much time for an answer.
    pub(crate) fn within(url: &str, patience: Duration) -> anyhow::Result<Arc<Self>> {
        let http = reqwest::Client::builder().timeout(patience).no_proxy().build()?;
        Ok(Arc::new(Self { http, base: url.to_owned(), clock: ServerClock::default() }))
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path)).header(header::ACCEPT, "application/json")
    }

    /// Sends; where the line broke, or the server says that a part of it is away, sends the very same again.
    /// Whoever asks makes sure that the same request twice means the same as once.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Reply, Fault> {
        let mut pause = Duration::from_millis(100);
        let mut last = Fault::Unexpected("a request that cannot be repeated".to_owned());
        for _ in 0..TRIES {
            let Some(again) = request.try_clone() else { return Err(last) };
            match self.send_once(again).await {
                Err(fault @ Fault::Unreachable(_)) => last = fault,
                Err(Fault::Refused(problem)) if problem.status == 503 => {
                    last = Fault::Refused(problem);
                }
                answered => return answered,
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
        Err(last)
    }

    pub(crate) async fn send_once(&self, request: RequestBuilder) -> Result<Reply, Fault> {
        let broken = |error: reqwest::Error| Fault::Unreachable(reason(&error));
        let response = request.send().await.map_err(broken)?;
        let status = response.status();
        let body = response.bytes().await.map_err(broken)?;
        if !status.is_success() {
            return Err(Fault::Refused(Box::new(Problem::of(status, &body))));
        }
        let body = if body.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&body) };
        let body =
            body.map_err(|error| Fault::Unexpected(format!("an answer not in JSON: {error}")))?;
        Ok(Reply { status: status.as_u16(), body })
    }
}

/// The whole chain: "error sending request" alone helps nobody.
fn reason(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_tells_its_code_its_detail_and_all_that_is_wrong() {
        let body = br#"{"type":"/problems/invalid","title":"Some of it","status":422,"detail":null,
            "instance":"/v1/x","request_id":"r","errors":[{"pointer":"/a","code":"b","severity":"ERROR",
            "message_zh":"c","message_en":"d"}]}"#;
        let problem = Problem::of(StatusCode::UNPROCESSABLE_ENTITY, body);
        assert_eq!(problem.to_string(), "422 invalid: Some of it; /a b: d");
    }

    #[test]
    fn an_oauth_error_and_an_answer_without_a_body_are_told_too() {
        let body =
            br#"{"error":"invalid_client","error_description":"client authentication failed"}"#;
        let problem = Problem::of(StatusCode::UNAUTHORIZED, body);
        assert_eq!(problem.to_string(), "401 invalid_client: client authentication failed");
        assert_eq!(Problem::of(StatusCode::BAD_GATEWAY, b"").to_string(), "502 unexplained");
    }

    #[test]
    fn the_day_is_shanghais() {
        let clock = ServerClock::default();
        assert!(clock.today().is_err());
        clock.learn("2014-05-12T16:00:00Z".parse().unwrap());
        assert_eq!(clock.today().unwrap().to_string(), "2014-05-13");
    }
}
