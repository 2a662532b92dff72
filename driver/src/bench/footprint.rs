//! `footprint`: memory of api and worker, idle and while clearing; how soon they are ready; how large they are.
use serde_json::{Map, json};

use super::{Outcome, Plan, Yard, clear, figures::rounded};

/// What is cleared while the memory is watched.
const BATCHES: u64 = 3000;
const MEGABYTE: f64 = 1024.0 * 1024.0;

pub(super) async fn run(yard: &Yard, plan: &Plan) -> anyhow::Result<Outcome> {
    let idle = ["api", "worker"].map(|program| yard.processes.resident(program));
    let [idle_api, idle_worker] = idle;
    let (idle_api, idle_worker) = (idle_api?, idle_worker?);
    clear::finish_off(yard).await?;
    let stored = yard.database.declarations().await?;
    let batches = BATCHES.min(plan.count);
    let cleared = clear::clear(yard, batches).await?;
    let stored = yard.database.declarations().await? - stored;

    println!("footprint: api and worker");
    let mut keys = Map::new();
    let [fresh_api, fresh_worker] = yard.fresh;
    // Idle comes after offices and people were entered: a hundred passwords were hashed by then.
    let memory = [
        ("fresh", fresh_api, fresh_worker),
        ("idle", idle_api, idle_worker),
        ("clearing", cleared.api_bytes, cleared.worker_bytes),
    ];
    for (when, api, worker) in memory {
        let [api, worker] = [api, worker].map(megabytes);
        println!("  resident while {when:<9} {api:>6.1} MB + {worker:>6.1} MB");
        keys.insert(format!("rss_mb_{when}"), json!(rounded(api + worker, 1)));
    }
    for (program, millis) in &plan.ready_ms {
        println!("  {program:<8} ready after {millis} ms");
        keys.insert(format!("ready_ms_{program}"), json!(millis));
    }
    for program in ["api", "worker"] {
        let size = megabytes(std::fs::metadata(plan.programs.join(program))?.len());
        println!("  {program:<8} is a file of {size:.1} MB");
        keys.insert(format!("file_mb_{program}"), json!(rounded(size, 1)));
    }
    keys.insert("footprint_sent".into(), batches.into());
    keys.insert("footprint_stored".into(), stored.into());
    Ok(Outcome { holds: stored == batches, keys })
}

fn megabytes(bytes: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "no process is that large")]
    let bytes = bytes as f64;
    bytes / MEGABYTE
}
