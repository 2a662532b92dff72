//! Webhook receivers in this process: as fast as the generator needs them, and as bad as chaos wants them. The first
//! part of the path says how one behaves, the rest is its name: `/good/1`, `/flaky/1`, `/hang/1`.
mod account;

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::sleep,
};

pub(crate) use account::{Account, Places, account};

use crate::session::Session;

/// How often it is seen whether a challenge was met.
const GLANCE: Duration = Duration::from_millis(50);
/// What nobody waits for.
const HANG: Duration = Duration::from_hours(1);
/// A message is smaller than this; what is not is not ours.
const LONGEST: usize = 64 * 1024;

/// Tells the owner's Anyport of a receiver, and waits until it has met its challenge.
pub(crate) async fn register(owner: &Session, url: &str, patience: Duration) -> anyhow::Result<()> {
    let issued: Value = owner.post("/v1/webhook-endpoints", Some(&json!({ "url": url }))).await?;
    let id = issued.pointer("/endpoint/id").and_then(Value::as_str).context("no endpoint id")?;
    let path = format!("/v1/webhook-endpoints/{id}");
    owner.act(&format!("{path}/challenge"), None).await?;
    let until = Instant::now() + patience;
    loop {
        let endpoint: Value = owner.get(&path).await?;
        if endpoint["state"] == "ACTIVE" {
            return Ok(());
        }
        ensure!(Instant::now() < until, "{url} is not active: {endpoint}");
        sleep(GLANCE).await;
    }
}

/// All receivers, at one address.
pub(crate) struct Hooks {
    pub(crate) address: SocketAddr,
    logs: Logs,
    server: JoinHandle<()>,
}

/// What came to one receiver.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    /// What it took, in the order in which it came: `webhook-id` and what it is about.
    pub(crate) took: Vec<(String, String)>,
    /// How often it did anything else than take.
    pub(crate) refused: u64,
}

type Logs = Arc<Mutex<HashMap<String, Log>>>;

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    id: String,
    #[serde(default)]
    challenge: String,
}

impl Hooks {
    pub(crate) async fn open() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("webhook receivers")?;
        let (address, logs) = (listener.local_addr()?, Logs::default());
        let server = tokio::spawn(serve(listener, Arc::clone(&logs)));
        Ok(Self { address, logs, server })
    }

    /// Where the receiver of that path is.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What came to it so far.
    pub(crate) fn log(&self, path: &str) -> Log {
        locked(&self.logs).get(path).cloned().unwrap_or_default()
    }

    /// How much all of them took.
    pub(crate) fn count(&self) -> usize {
        locked(&self.logs).values().map(|log| log.took.len()).sum()
    }
}

impl Drop for Hooks {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn locked(logs: &Logs) -> MutexGuard<'_, HashMap<String, Log>> {
    logs.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: TcpListener, logs: Logs) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let logs = Arc::clone(&logs);
        // A caller that hangs up is none of ours.
        tokio::spawn(async move { line(stream, &logs).await.ok() });
    }
}

/// One connection, request after request.
async fn line(mut stream: TcpStream, logs: &Logs) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut read = Vec::with_capacity(4096);
    loop {
        let Some(request) = next(&mut stream, &mut read).await? else { return Ok(()) };
        let message: Option<Message> = serde_json::from_slice(&request.body).ok();
        let Some(message) = message else {
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await?;
            continue;
        };
        if message.kind == "webhook.challenge" {
            let body = message.data.challenge;
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
            stream.write_all([head, body].concat().as_bytes()).await?;
            continue;
        }
        let answer = Behaviour::of(&request.path).answer();
        let is_good = answer.starts_with(b"HTTP/1.1 200");
        {
            let mut logs = locked(logs);
            let log = logs.entry(request.path).or_default();
            if is_good {
                log.took.push((request.id, message.data.id));
            } else {
                log.refused += 1;
            }
        }
        match answer {
            b"hang" => tokio::time::sleep(HANG).await,
            b"drop" => return Ok(()),
            answer => stream.write_all(answer).await?,
        }
    }
}

#[derive(Clone, Copy)]
enum Behaviour {
    Good,
    /// Now and then it fails, hangs up, or never answers.
    Flaky,
    Hang,
    Broken,
}

impl Behaviour {
    fn of(path: &str) -> Self {
        match path.split('/').nth(1).unwrap_or_default() {
            "flaky" => Self::Flaky,
            "hang" => Self::Hang,
            "broken" => Self::Broken,
            _ => Self::Good,
        }
    }

    fn answer(self) -> &'static [u8] {
        const TAKEN: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        const BROKEN: &[u8] = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n";
        match self {
            Self::Good => TAKEN,
            Self::Hang => b"hang",
            Self::Broken => BROKEN,
            Self::Flaky => match rand::random_range(0..40) {
                0..6 => BROKEN,
                6..9 => b"drop",
                9 => b"hang",
                _ => TAKEN,
            },
        }
    }
}

struct Request {
    path: String,
    /// Of the message.
    id: String,
    body: Vec<u8>,
}

/// The next request, or none where the caller has hung up. What was read of the one after it stays in `read`.
async fn next(stream: &mut TcpStream, read: &mut Vec<u8>) -> std::io::Result<Option<Request>> {
    loop {
        if let Some((request, length)) = whole(read) {
            read.drain(..length);
            return Ok(Some(request));
        }
        if read.len() > LONGEST || stream.read_buf(read).await? == 0 {
            return Ok(None);
        }
    }
}

/// A request, if all of it is there, and its length.
fn whole(read: &[u8]) -> Option<(Request, usize)> {
    let size = read.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&read[..size]).ok()?;
    let path = head.split(' ').nth(1)?.to_owned();
    let header = |wanted: &str| {
        head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted).then(|| value.trim())
        })
    };
    let length: usize = header("content-length").unwrap_or("0").parse().ok()?;
    let end = size + 4 + length;
    let body = read.get(size + 4..end)?.to_vec();
    let id = header("webhook-id").unwrap_or_default().to_owned();
    Some((Request { path, id, body }, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_when_all_of_it_is_there() {
        let all =
            b"POST /good/1 HTTP/1.1\r\nHost: a\r\nWebhook-Id: x\r\nContent-Length: 2\r\n\r\n{}POST";

        let (request, length) = whole(all).unwrap();

        assert_eq!((request.path.as_str(), request.id.as_str()), ("/good/1", "x"));
        assert_eq!((request.body, length), (b"{}".to_vec(), all.len() - 4));
        assert!(whole(&all[..length - 1]).is_none());
    }
}
