//! Webhooks: endpoints that prove themselves, messages that are signed, and receivers that fail.
mod delivering;
mod endpoints;
mod failing;
mod receiving;
mod replaying;

use sandbox::hooks::{self, Hooks, Received};
use serde_json::{Value, json};
use tests::{Bureau, Person, Reply, screws};

/// Receivers outside, and how to reach them.
struct Outside {
    hooks: Hooks,
    base: String,
}

impl Outside {
    fn open() -> Self {
        let open = hooks::open("127.0.0.1:0".parse().unwrap()).unwrap();
        tokio::spawn(open.server);
        Self { hooks: open.hooks, base: format!("http://{}/sandbox/hooks", open.address) }
    }

    fn url(&self, name: &str) -> String {
        format!("{}/{name}", self.base)
    }

    /// What a receiver took, or was told at least: the ids of the events.
    fn ids(&self, name: &str) -> Vec<String> {
        self.hooks.received(name).into_iter().map(|message| message.id).collect()
    }

    fn kinds(&self, name: &str) -> Vec<String> {
        self.hooks.received(name).iter().map(kind).collect()
    }
}

fn body(message: &Received) -> Value {
    serde_json::from_str(&message.body).unwrap()
}

fn kind(message: &Received) -> String {
    tests::text(&body(message), "/type").to_owned()
}

/// An endpoint, and the secret that its owner was told.
struct Known {
    id: String,
    secret: String,
}

impl Known {
    fn path(&self, rest: &str) -> String {
        format!("/v1/webhook-endpoints/{}{rest}", self.id)
    }

    async fn read(&self, owner: &Person<'_>) -> Reply {
        owner.get(&self.path("")).await.expect(200)
    }
}

async fn registered(owner: &Person<'_>, url: &str, types: &[&str]) -> Known {
    let given = json!({ "url": url, "event_types": types });
    let reply = owner.post("/v1/webhook-endpoints", given).await.expect(201);
    let (id, secret) = (reply.text("/endpoint/id"), reply.text("/secret"));
    Known { id: id.to_owned(), secret: secret.to_owned() }
}

/// An endpoint that has met its challenge.
async fn active(bureau: &Bureau, owner: &Person<'_>, url: &str, types: &[&str]) -> Known {
    let known = registered(owner, url, types).await;
    owner.post(&known.path("/challenge"), Value::Null).await.expect(200);
    bureau.settle().await;
    assert_eq!(known.read(owner).await.text("/state"), "ACTIVE");
    known
}

/// Screws, filed and released: three events.
async fn released(bureau: &Bureau, reference: &str) -> String {
    // A token lasts ten minutes, and clocks are turned here.
    let owner = bureau.derui().await;
    let filed = owner.post("/v1/declarations", screws(reference).0).await.expect(201);
    bureau.settle().await;
    let id = filed.text("/id").to_owned();
    assert!(["RELEASED", "SELECTED"].contains(&bureau.status(&id).await.as_str()));
    id
}
