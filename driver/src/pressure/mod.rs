//! Anyport under pressure: floods, trickles, guesses and a thousand writers of one record, while a legitimate client
//! files at a steady rate. Nothing here passes or fails by its speed; it does by who is served and who is refused.
//!
//! Each crowd comes from an address of its own (127.0.0.2, 127.0.0.3 …), as it would from outside.
mod contention;
mod crowd;
mod slow;

use std::{path::Path, sync::Arc, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{client::Server, demo, keys::Keys, session::Session, tally, world::World};
use crowd::{Crowd, Door, Heard};

/// How long each kind of pressure is kept up.
const WHILE: Duration = Duration::from_secs(10);
/// Legitimate filings a second.
const STEADY: u32 = 20;
/// Connections that send a byte a second.
const TRICKLES: usize = 3_000;

/// Whoever stands under pressure.
pub(crate) struct Scene {
    url: String,
    world: World,
    run: u64,
}

/// Runs all kinds of pressure; true if the legitimate were served and the others refused.
pub(crate) async fn run(
    server: &Arc<Server>,
    password_file: &Path,
    keys: Keys,
    run: u64,
) -> anyhow::Result<bool> {
    let who = demo::enterprises();
    let world = World::ensure(server, password_file, keys, &who).await?;
    let scene = Scene { url: server.url(""), world, run };
    let mut report = json!({ "pressure": "all", "seconds_each": WHILE.as_secs() });
    let mut holds = true;

    let quiet = scene.steadily("quiet", async {}).await?.0;
    holds &= told(&mut report, "quiet", &quiet);

    let (flooded, [greedy, strangers, oversized]) = scene.flood().await?;
    holds &= told(&mut report, "flood", &flooded) && greedy.count(429) > 0;
    tell(&mut report, "greedy", &greedy);
    tell(&mut report, "strangers", &strangers);
    tell(&mut report, "oversized", &oversized);

    let (slowed, trickles) = scene.trickle().await?;
    holds &= told(&mut report, "slow", &slowed);
    report["slow_connections"] = json!(trickles.held);
    report["slow_closed_by_us"] = json!(trickles.closed);

    let (guessed, [passwords, tokens]) = scene.guess().await?;
    holds &= told(&mut report, "guess", &guessed) && passwords.count(200) + tokens.count(200) == 0;
    tell(&mut report, "passwords", &passwords);
    tell(&mut report, "forged_tokens", &tokens);

    for (name, won, heard) in contention::all(&scene).await? {
        let (winners, others) = (heard.count(won), heard.count(409));
        eprintln!("pressure: {name}: {heard}");
        holds &= winners == 1 && winners + others == heard.total();
        report[format!("{name}_won")] = json!(winners);
        report[format!("{name}_refused")] = json!(others);
        report[format!("{name}_other")] = json!(heard.total() - winners - others);
        report[format!("{name}_per_s")] = json!(heard.per_second());
    }
    report["ok"] = json!(holds);
    tally::report(&report);
    Ok(holds)
}

/// What the legitimate client heard; true if every filing was taken.
fn told(report: &mut Value, name: &str, heard: &Heard) -> bool {
    eprintln!("pressure: {name}: the legitimate client: {heard}");
    report[format!("{name}_filed_per_s")] = json!(heard.rate(201));
    report[format!("{name}_not_filed")] = json!(heard.total() - heard.count(201));
    report[format!("{name}_p50_ms")] = json!(heard.millis(50));
    report[format!("{name}_p99_ms")] = json!(heard.millis(99));
    heard.count(201) == heard.total()
}

/// What a crowd heard.
fn tell(report: &mut Value, name: &str, heard: &Heard) {
    eprintln!("pressure: {name}: {heard}");
    report[format!("{name}_per_s")] = json!(heard.per_second());
    report[format!("{name}_refused_per_s")] = json!(heard.refused_per_second());
    report[format!("{name}_broken")] = json!(heard.broken());
}

impl Scene {
    /// A declaration of its own reference, bill and D/O.
    fn declaration(&self, name: &str) -> anyhow::Result<Value> {
        let today = self.world.server.clock.today()?;
        let mut content = demo::plain_declaration(self.run, today)?;
        let name = format!("{name}-{}", self.run);
        content["ent_decl_no"] = json!(name);
        content["bill_lad_no"] = json!(format!("B{name}"));
        content["delivery_order"] = json!(format!("D{name}"));
        Ok(content)
    }

    /// The client that files those.
    fn legitimate(&self) -> anyhow::Result<&Session> {
        self.world.declarant(demo::PLAIN_DECLARANT)
    }

    /// The legitimate client files at a steady rate while `pressure` goes on.
    async fn steadily<T>(
        &self,
        name: &str,
        pressure: impl Future<Output = T>,
    ) -> anyhow::Result<(Heard, T)> {
        let door = Door::from(1, &self.url)?.with_token(self.legitimate()?.token().await?);
        let mut filings = Vec::new();
        for number in 0..u64::from(STEADY) * WHILE.as_secs() {
            filings.push(self.declaration(&format!("{name}{number}"))?);
        }
        let filing = crowd::steadily(door, "/v1/declarations", filings, STEADY);
        Ok(tokio::join!(filing, pressure))
    }

    /// One client beyond its limit, strangers without a token, bodies that are too large.
    async fn flood(&self) -> anyhow::Result<(Heard, [Heard; 3])> {
        let greedy = self.world.declarant(demo::OTHER_DECLARANT)?.token().await?;
        let list = |door| Crowd::new(door, Method::GET, "/v1/declarations?limit=1");
        let greedy = list(Door::from(2, &self.url)?.with_token(greedy));
        let strangers = list(Door::from(3, &self.url)?);
        let oversized = Crowd::new(Door::from(4, &self.url)?, Method::POST, "/v1/sign-in")
            .sending("application/json", vec![b' '; 2 * 1024 * 1024]);
        let pressure = async {
            tokio::join!(
                greedy.press(48, WHILE),
                strangers.press(24, WHILE),
                oversized.press(4, WHILE)
            )
        };
        let (legitimate, (greedy, strangers, oversized)) = self.steadily("flood", pressure).await?;
        Ok((legitimate, [greedy, strangers, oversized]))
    }

    async fn trickle(&self) -> anyhow::Result<(Heard, slow::Trickles)> {
        let pressure = slow::trickle(&self.url, TRICKLES, WHILE);
        let (legitimate, trickles) = self.steadily("slow", pressure).await?;
        Ok((legitimate, trickles?))
    }

    /// Wrong passwords for a real login and others, and tokens that nobody signed.
    async fn guess(&self) -> anyhow::Result<(Heard, [Heard; 2])> {
        let guess = json!({ "login": "nobody.here", "password": "take nine wrong cranes" });
        let passwords = Crowd::new(Door::from(5, &self.url)?, Method::POST, "/v1/sign-in")
            .sending("application/json", guess.to_string().into_bytes());
        let real = self.legitimate()?.token().await?;
        let forged = real.rsplit_once('.').map_or(String::new(), |(said, signature)| {
            // A good head and a good body under another signature: as dear to refuse as can be.
            format!("{said}.{}", signature.chars().rev().collect::<String>())
        });
        let tokens = Door::from(6, &self.url)?.with_token(forged);
        let tokens = Crowd::new(tokens, Method::GET, "/v1/declarations?limit=1");
        let pressure = async { tokio::join!(passwords.press(32, WHILE), tokens.press(32, WHILE)) };
        let (legitimate, (passwords, tokens)) = self.steadily("guess", pressure).await?;
        Ok((legitimate, [passwords, tokens]))
    }
}
