//! The soak: the same load without faults, and what grows while it goes on.
//!
//! What a batch leaves in the tables is meant to grow, and is told per released batch. Everything else must be flat:
//! memory, connections, keys in Redis, dead rows.
use std::{
    collections::BTreeMap,
    fs,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use serde_json::{Map, Value, json};
use sqlx::PgPool;
use tokio::time::sleep;

use crate::{
    chaos::{Load, settle},
    tally,
    town::{Part, Plan, Town},
};

/// How often it is looked at everything.
const BEAT: Duration = Duration::from_secs(5);
/// The part of a run in which caches fill and pools open; it does not count.
const WARMING_UP: f64 = 0.3;

/// What is watched, and by how much a minute it may grow and still be called flat.
const LIMITS: [(&str, f64); 8] = [
    ("rss_mb_api", 1.0),
    ("rss_mb_worker", 1.0),
    ("rss_mb_bank", 1.0),
    ("rss_mb_redis", 1.0),
    ("connections", 1.0),
    ("redis_keys", 30.0),
    ("redis_mb", 0.5),
    ("dead_rows_per_live_row", 0.02),
];

/// Minutes since the beginning, and a value.
type Samples = Vec<(f64, f64)>;

pub(crate) async fn run(plan: &Plan) -> anyhow::Result<bool> {
    let town = Town::build(plan).await?;
    let callers = settle(&town, plan.seed).await?;
    let load = Load::begin(&town, &callers, plan.minutes)?;
    let begun = Instant::now();
    let mut series: BTreeMap<&'static str, Samples> = BTreeMap::new();
    while begun.elapsed() < Duration::from_secs(60 * plan.minutes) {
        sleep(BEAT).await;
        let minute = begun.elapsed().as_secs_f64() / 60.0;
        for (name, value) in look(&town, &load.pool).await? {
            series.entry(name).or_default().push((minute, value));
        }
    }
    let released = released(&load.pool).await?;
    load.filing.end().await;
    load.officers.end().await;

    let mut figures = Map::new();
    let is_flat = judge(&mut figures, &series);
    let sent = callers.book.sent();
    let acked = sent.iter().filter(|one| one.receipt.is_some()).count();
    let kilobytes = series.get("table_mb").and_then(|samples| growth(samples, &series["released"]));
    let ok = is_flat && acked == sent.len() && released > 0.0;
    for (name, value) in [
        ("kb_per_released_batch", json!(kilobytes.map(|each| rounded(each * 1024.0)))),
        ("sent", json!(sent.len())),
        ("acked", json!(acked)),
        ("released", json!(released)),
        ("minutes", json!(plan.minutes)),
        ("is_flat", json!(is_flat)),
        ("ok", json!(ok)),
    ] {
        figures.insert(name.to_owned(), value);
    }
    tally::report(&figures.into());
    Ok(ok)
}

/// Prints every slope; true if all that must be flat are.
fn judge(figures: &mut Map<String, Value>, series: &BTreeMap<&'static str, Samples>) -> bool {
    let mut is_flat = true;
    for (name, samples) in series {
        let warm = warm(samples);
        let (Some(slope), Some((_, last))) = (slope(warm), samples.last()) else { continue };
        let limit = LIMITS.iter().find(|(watched, _)| watched == name).map(|(_, limit)| *limit);
        let verdict = match limit {
            None => "",
            Some(limit) if slope <= limit => "flat",
            Some(_) => "GROWS",
        };
        is_flat &= verdict != "GROWS";
        eprintln!("soak: {name:<24} {last:>12.3} at the end, {slope:>+10.4} a minute  {verdict}");
        figures.insert(format!("{name}_slope"), rounded(slope));
        figures.insert((*name).to_owned(), rounded(*last));
    }
    is_flat
}

fn warm(samples: &Samples) -> &[(f64, f64)] {
    let end = samples.last().map_or(0.0, |(minute, _)| *minute);
    let first = samples.iter().position(|(minute, _)| *minute >= end * WARMING_UP);
    &samples[first.unwrap_or_default()..]
}

/// The slope of the line that fits best (least squares).
fn slope(samples: &[(f64, f64)]) -> Option<f64> {
    let count = f64::from(u32::try_from(samples.len()).ok().filter(|count| *count >= 2)?);
    let mean_of = |pick: fn(&(f64, f64)) -> f64| samples.iter().map(pick).sum::<f64>() / count;
    let (time, value) = (mean_of(|sample| sample.0), mean_of(|sample| sample.1));
    let (mut up, mut along) = (0.0, 0.0);
    for sample in samples {
        up += (sample.0 - time) * (sample.1 - value);
        along += (sample.0 - time).powi(2);
    }
    (along > 0.0).then(|| up / along)
}

/// How much of one came with each of the other.
fn growth(of: &Samples, with: &Samples) -> Option<f64> {
    let (of, with) = (slope(warm(of))?, slope(warm(with))?);
    (with > 0.0).then(|| of / with)
}

fn rounded(number: f64) -> Value {
    json!((number * 1000.0).round() / 1000.0)
}

async fn look(town: &Town, pool: &PgPool) -> anyhow::Result<Vec<(&'static str, f64)>> {
    let mut seen = vec![
        ("rss_mb_api", resident(&town.apis)),
        ("rss_mb_worker", resident(&town.workers)),
        ("rss_mb_bank", resident([&town.bank])),
        ("rss_mb_redis", resident([&town.redis.part])),
    ];
    let (connections, dead_share, megabytes): (f64, f64, f64) = sqlx::query_as(
        "select (select count(*)::float8 from pg_stat_activity where backend_type = 'client backend'),
                coalesce(sum(n_dead_tup)::float8 / nullif(sum(n_live_tup), 0)::float8, 0),
                sum(pg_total_relation_size(relid))::float8 / 1048576
         from pg_stat_user_tables",
    )
    .fetch_one(pool)
    .await?;
    seen.push(("connections", connections));
    seen.push(("dead_rows_per_live_row", dead_share));
    seen.push(("table_mb", megabytes));
    seen.push(("released", released(pool).await?));
    let keys = town.redis.ask("DBSIZE").await?;
    let keys = keys.strip_prefix(':').and_then(|rest| rest.lines().next()?.parse().ok());
    seen.push(("redis_keys", keys.context("DBSIZE")?));
    let memory = town.redis.ask("INFO memory").await?;
    let bytes =
        memory.lines().find_map(|line| line.strip_prefix("used_memory:")?.trim().parse().ok());
    seen.push(("redis_mb", bytes.map(|bytes: f64| bytes / 1_048_576.0).context("INFO memory")?));
    Ok(seen)
}

async fn released(pool: &PgPool) -> anyhow::Result<f64> {
    Ok(sqlx::query_scalar("select count(*)::float8 from releases").fetch_one(pool).await?)
}

/// Megabytes that these processes hold in memory.
fn resident<'a>(parts: impl IntoIterator<Item = &'a Part>) -> f64 {
    let kilobytes = |pid: u32| -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let pids = parts.into_iter().filter_map(|part| part.pids().first().copied());
    pids.filter_map(kilobytes).sum::<f64>() / 1024.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grows_by_two_a_minute_has_a_slope_of_two_and_is_not_flat() {
        let grows: Samples = (0..20).map(|at| (f64::from(at), 5.0 + 2.0 * f64::from(at))).collect();
        let rests: Samples = (0..20).map(|at| (f64::from(at), 7.0)).collect();
        let mut figures = Map::new();

        assert_eq!(slope(&grows), Some(2.0));
        assert_eq!(growth(&grows, &grows), Some(1.0));
        assert!(judge(&mut figures, &BTreeMap::from([("connections", rests.clone())])));
        assert!(!judge(
            &mut figures,
            &BTreeMap::from([("connections", grows), ("redis_mb", rests)])
        ));
        assert_eq!(figures["connections_slope"], json!(2.0));
    }
}
