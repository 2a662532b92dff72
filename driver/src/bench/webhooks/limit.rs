//! The limit of `webhooks`: a sender that does nothing but send.
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use serde_json::json;

use super::super::{figures::per_second, http::Line};
use crate::hooks::Hooks;

/// As many as a worker has for one endpoint.
pub(super) const CONNECTIONS: usize = 16;

/// Messages in a second.
pub(super) async fn run(hooks: &Hooks, time: Duration) -> anyhow::Result<f64> {
    let body = json!({
        "type": "declaration.released", "timestamp": "2014-05-12T02:20:00Z",
        "data": {
            "about": "declaration", "id": "0145f011-9a00-7000-8000-000000000001", "reg_no": "3100601234",
            "decl_no": "310900114000017", "ent_decl_no": "DR-2014-0512-01", "previous": "CONFORMING",
            "next": "RELEASED", "reason": null, "details": { "version": 1, "office": "310700" },
            "link": "/v1/declarations/0145f011-9a00-7000-8000-000000000001",
        },
    });
    let body = serde_json::to_vec(&body)?;
    let begun = Instant::now();
    let until = begun + time;
    let counts = try_join_all((0..CONNECTIONS).map(|_| send(hooks, &body, until))).await?;
    Ok(per_second(counts.into_iter().sum(), begun.elapsed()))
}

async fn send(hooks: &Hooks, body: &[u8], until: Instant) -> anyhow::Result<u64> {
    let mut line = Line::open(hooks.address).await?;
    let mut count = 0;
    while Instant::now() < until {
        let answer = line.post("/good/plain", "none", body).await?;
        anyhow::ensure!(answer.is_good(), "the receiver said {}", answer.told());
        count += 1;
    }
    Ok(count)
}
