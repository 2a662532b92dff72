//! Webhook receivers, as good and as bad as they come. The name says how one behaves: `ok-erp`, `500-erp`, `hang-1`.
//!
//! Every one of them meets a challenge, but those called `mute-…`; what else comes is kept and shown.
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    dev::Server,
    get,
    http::{StatusCode, header::RETRY_AFTER},
    post,
    web::{Bytes, Data, Json, Path},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How many messages of one receiver are shown; all are counted.
const SHOWN: usize = 1_000;
/// What a slow one takes.
const SLOW: Duration = Duration::from_secs(2);
/// What nobody waits for.
const HANG: Duration = Duration::from_hours(1);

/// How a receiver behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Manner {
    Ok,
    /// It takes its time.
    Slow,
    /// It is broken.
    Broken,
    /// 410: it is gone for good.
    Gone,
    /// 429: it asks for a pause.
    Busy,
    /// It never answers.
    Hang,
    /// It sends its callers elsewhere.
    Redirect,
    /// It is fine, but does not meet challenges.
    Mute,
}

impl Manner {
    fn of(name: &str) -> Self {
        match name.split('-').next().unwrap_or_default() {
            "slow" => Self::Slow,
            "500" => Self::Broken,
            "410" => Self::Gone,
            "429" => Self::Busy,
            "hang" => Self::Hang,
            "302" => Self::Redirect,
            "mute" => Self::Mute,
            _ => Self::Ok,
        }
    }
}

/// A message as it came.
#[derive(Clone, Debug, Serialize)]
pub struct Received {
    pub id: String,
    pub timestamp: String,
    pub signature: String,
    pub body: String,
    /// What it was answered.
    pub status: u16,
}

#[derive(Debug, Default)]
struct Receiver {
    manner: Option<Manner>,
    count: usize,
    received: Vec<Received>,
}

/// All receivers, each made when it is first spoken to.
#[derive(Clone, Debug, Default)]
pub struct Hooks(Arc<Mutex<BTreeMap<String, Receiver>>>);

impl Hooks {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Receiver>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a receiver behave in another way than its name says.
    pub fn behave(&self, name: &str, manner: Manner) {
        self.lock().entry(name.to_owned()).or_default().manner = Some(manner);
    }

    /// What came to a receiver, oldest first.
    #[must_use]
    pub fn received(&self, name: &str) -> Vec<Received> {
        self.lock().get(name).map(|receiver| receiver.received.clone()).unwrap_or_default()
    }

    fn manner(&self, name: &str) -> Manner {
        let said = self.lock().get(name).and_then(|receiver| receiver.manner);
        said.unwrap_or_else(|| Manner::of(name))
    }

    fn keep(&self, name: &str, message: Received) {
        let mut receivers = self.lock();
        let receiver = receivers.entry(name.to_owned()).or_default();
        receiver.count += 1;
        if receiver.received.len() < SHOWN {
            receiver.received.push(message);
        }
    }
}

/// Receivers that are open, without a bank beside them.
pub struct OpenHooks {
    pub address: SocketAddr,
    pub hooks: Hooks,
    pub server: Server,
}

/// Opens them. They work while [`OpenHooks::server`] is awaited.
pub fn open(bind: SocketAddr) -> anyhow::Result<OpenHooks> {
    let hooks = Hooks::default();
    let data = Data::new(hooks.clone());
    let app = move || {
        App::new()
            .app_data(data.clone())
            .service(take)
            .service(latest)
            .service(show)
            .service(behave)
    };
    let server =
        HttpServer::new(app).workers(1).shutdown_timeout(0).disable_signals().bind(bind)?;
    let address = server.addrs().first().copied().unwrap_or(bind);
    Ok(OpenHooks { address, hooks, server: server.run() })
}

/// `POST /sandbox/hooks/{name}`: the receiver itself.
#[post("/sandbox/hooks/{name}")]
pub(crate) async fn take(
    hooks: Data<Hooks>,
    name: Path<String>,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    let manner = hooks.manner(&name);
    let message: Value = serde_json::from_slice(&body).unwrap_or_default();
    if message["type"] == "webhook.challenge" && manner != Manner::Mute {
        return HttpResponse::Ok().json(json!({ "challenge": message["data"]["challenge"] }));
    }
    match manner {
        Manner::Slow => tokio::time::sleep(SLOW).await,
        Manner::Hang => tokio::time::sleep(HANG).await,
        _ => {}
    }
    let status = match manner {
        Manner::Ok | Manner::Slow | Manner::Hang | Manner::Mute => StatusCode::NO_CONTENT,
        Manner::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        Manner::Gone => StatusCode::GONE,
        Manner::Busy => StatusCode::TOO_MANY_REQUESTS,
        Manner::Redirect => StatusCode::FOUND,
    };
    let header = |name: &str| {
        let value = request.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let received = Received {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        body: String::from_utf8_lossy(&body).into_owned(),
        status: status.as_u16(),
    };
    hooks.keep(&name, received);
    let mut response = HttpResponse::build(status);
    match manner {
        Manner::Busy => response.insert_header((RETRY_AFTER, "60")),
        Manner::Redirect => response.insert_header(("location", "/sandbox/hooks/ok-elsewhere")),
        _ => &mut response,
    };
    response.finish()
}

/// `GET /sandbox/hooks/{name}`: what came.
#[get("/sandbox/hooks/{name}")]
pub(crate) async fn show(hooks: Data<Hooks>, name: Path<String>) -> HttpResponse {
    let manner = hooks.manner(&name);
    let receivers = hooks.lock();
    let receiver = receivers.get(name.as_str());
    HttpResponse::Ok().json(json!({
        "manner": manner,
        "count": receiver.map_or(0, |receiver| receiver.count),
        "received": receiver.map(|receiver| receiver.received.as_slice()).unwrap_or_default(),
    }))
}

/// `GET /sandbox/hooks/{name}/latest`: the last message, byte by byte, under the headers that came with it.
#[get("/sandbox/hooks/{name}/latest")]
pub(crate) async fn latest(hooks: Data<Hooks>, name: Path<String>) -> HttpResponse {
    let Some(message) = hooks.received(&name).pop() else {
        return HttpResponse::NotFound().finish();
    };
    HttpResponse::Ok()
        .insert_header(("webhook-id", message.id))
        .insert_header(("webhook-timestamp", message.timestamp))
        .insert_header(("webhook-signature", message.signature))
        .content_type("application/json")
        .body(message.body)
}

/// `POST /sandbox/hooks/{name}/manner`: lets it behave in another way from now on.
#[post("/sandbox/hooks/{name}/manner")]
pub(crate) async fn behave(
    hooks: Data<Hooks>,
    name: Path<String>,
    manner: Json<Manner>,
) -> HttpResponse {
    hooks.behave(&name, manner.into_inner());
    HttpResponse::NoContent().finish()
}
