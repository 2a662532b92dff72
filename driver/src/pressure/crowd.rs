//! Many requests at once, or some at a steady rate, and what was heard.
use std::{
    collections::BTreeMap,
    fmt,
    net::{IpAddr, Ipv4Addr},
    time::{Duration, Instant},
};

use reqwest::{Client, Method, header};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::tally::percentile;

/// One address from which requests are made, perhaps with a token.
#[derive(Clone)]
pub(crate) struct Door {
    http: Client,
    url: String,
    token: Option<String>,
}

impl Door {
    /// From 127.0.0.`last`.
    pub(crate) fn from(last: u8, url: &str) -> anyhow::Result<Self> {
        let here = IpAddr::V4(Ipv4Addr::new(127, 0, 0, last));
        let http = Client::builder().local_address(here).timeout(Duration::from_secs(30));
        Ok(Self { http: http.no_proxy().build()?, url: url.to_owned(), token: None })
    }

    pub(crate) fn with_token(self, token: String) -> Self {
        Self { token: Some(token), ..self }
    }

    /// The status of the answer; nought where there was none.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        kind: &'static str,
        body: Vec<u8>,
    ) -> u16 {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind).body(body);
        }
        let Ok(answer) = request.send().await else { return 0 };
        let status = answer.status().as_u16();
        // Read to its end, or the connection is of no more use.
        answer.bytes().await.map_or(0, |_| status)
    }
}

/// What was heard, how often, and after how long.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    statuses: BTreeMap<u16, u64>,
    micros: Vec<i64>,
    took: Duration,
}

impl Heard {
    pub(crate) fn note(&mut self, status: u16, took: Duration) {
        *self.statuses.entry(status).or_default() += 1;
        self.micros.push(i64::try_from(took.as_micros()).unwrap_or(i64::MAX));
    }

    fn join(&mut self, other: Self) {
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.micros.extend(other.micros);
    }

    pub(crate) fn lasted(self, took: Duration) -> Self {
        Self { took, ..self }
    }

    pub(crate) fn count(&self, status: u16) -> u64 {
        self.statuses.get(&status).copied().unwrap_or_default()
    }

    pub(crate) fn total(&self) -> u64 {
        self.statuses.values().sum()
    }

    /// Requests that got no answer.
    pub(crate) fn broken(&self) -> u64 {
        self.count(0)
    }

    pub(crate) fn rate(&self, status: u16) -> u64 {
        self.by_second(self.count(status))
    }

    pub(crate) fn per_second(&self) -> u64 {
        self.by_second(self.total())
    }

    pub(crate) fn refused_per_second(&self) -> u64 {
        let refused = self.statuses.range(400..500).map(|(_, count)| count).sum();
        self.by_second(refused)
    }

    fn by_second(&self, count: u64) -> u64 {
        let millis = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX);
        count * 1000 / millis.max(1)
    }

    /// The time that so many of a hundred did not exceed.
    pub(crate) fn millis(&self, percent: usize) -> i64 {
        percentile(&self.micros, percent).unwrap_or_default() / 1000
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} a second, p99 {} ms;", self.per_second(), self.millis(99))?;
        self.statuses.iter().try_for_each(|(status, count)| write!(f, " {status}: {count}"))
    }
}

/// One request, again and again.
#[derive(Clone)]
pub(crate) struct Crowd {
    door: Door,
    method: Method,
    path: &'static str,
    kind: &'static str,
    body: Vec<u8>,
}

impl Crowd {
    pub(crate) fn new(door: Door, method: Method, path: &'static str) -> Self {
        Self { door, method, path, kind: "application/json", body: Vec::new() }
    }

    pub(crate) fn sending(self, kind: &'static str, body: Vec<u8>) -> Self {
        Self { kind, body, ..self }
    }

    /// So many at a time, each anew as soon as it is answered.
    pub(crate) async fn press(self, many: usize, time: Duration) -> Heard {
        let begun = Instant::now();
        let mut hands = JoinSet::new();
        for _ in 0..many {
            let crowd = self.clone();
            hands.spawn(async move {
                let mut heard = Heard::default();
                while begun.elapsed() < time {
                    let asked = Instant::now();
                    let Self { door, method, path, kind, body } = &crowd;
                    let status = door.ask(method.clone(), path, kind, body.clone()).await;
                    heard.note(status, asked.elapsed());
                }
                heard
            });
        }
        gather(hands).await.lasted(begun.elapsed())
    }
}

/// One body after the other, at that rate, whether or not the one before was answered.
pub(crate) async fn steadily(
    door: Door,
    path: &'static str,
    bodies: Vec<Value>,
    rate: u32,
) -> Heard {
    let begun = Instant::now();
    let mut beat = tokio::time::interval(Duration::from_secs(1) / rate);
    let mut hands = JoinSet::new();
    for body in bodies {
        // Waiting for its turn counts: nobody outside knows why it takes long.
        let due = beat.tick().await.into_std();
        let door = door.clone();
        hands.spawn(async move {
            let body = body.to_string().into_bytes();
            let status = door.ask(Method::POST, path, "application/json", body).await;
            let mut heard = Heard::default();
            heard.note(status, due.elapsed());
            heard
        });
    }
    let sent = begun.elapsed();
    gather(hands).await.lasted(sent)
}

pub(crate) async fn gather(mut hands: JoinSet<Heard>) -> Heard {
    let mut all = Heard::default();
    while let Some(Ok(heard)) = hands.join_next().await {
        all.join(heard);
    }
    all
}
