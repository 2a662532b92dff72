//! When is all well again? When a declaration goes from filing to release as always, and the flow is green.
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::Value;
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::traffic::Callers;

/// How often a probe is sent.
const BEAT: Duration = Duration::from_millis(250);
/// From filing to release, where nothing is wrong but a machine that is busy.
const NORMAL: Duration = Duration::from_secs(2);
/// After that nobody waits for recovery.
const PATIENCE: Duration = Duration::from_mins(1);
const GLANCE: Duration = Duration::from_millis(50);

/// How long after `end` all was well again; `None` if it was not within a minute.
pub(super) async fn recovered(callers: &Arc<Callers>, end: Instant) -> Option<Duration> {
    let mut probes = JoinSet::new();
    while end.elapsed() < PATIENCE {
        let own = Arc::clone(callers);
        probes.spawn(async move { timeout(NORMAL, probe(&own)).await.unwrap_or(false) });
        sleep(BEAT).await;
        while let Some(arrived) = probes.try_join_next() {
            if arrived.unwrap_or(false) && is_green(callers).await {
                return Some(end.elapsed());
            }
        }
    }
    None
}

/// Files one declaration and waits for its release; false where anything is not as always.
async fn probe(callers: &Callers) -> bool {
    let Ok(made) = callers.make_plain() else { return false };
    let Ok(declarant) = callers.world.declarant(&made.reg_no) else { return false };
    let place = callers.book.sending(&made.reg_no, &made.content);
    let Ok(reply) = declarant.attempt("/v1/declarations", &made.content, None).await else {
        return false;
    };
    let path = format!("/v1/declarations/{}", reply.body["id"].as_str().unwrap_or_default());
    callers.book.heard(place, reply.body);
    loop {
        match declarant.get::<Value>(&path).await {
            Ok(seen) if seen["status"] == "RELEASED" => return true,
            Ok(_) => sleep(GLANCE).await,
            Err(_) => return false,
        }
    }
}

async fn is_green(callers: &Callers) -> bool {
    let server = &callers.world.server;
    server.send_once(server.request(Method::GET, "/health/flow")).await.is_ok()
}
