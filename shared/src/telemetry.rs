//! Logs and metrics, the same in every process (`docs/logging.md`).
use std::sync::OnceLock;

use anyhow::Context as _;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

/// JSON lines on stderr. Fields of the surrounding span, such as `request_id`, stand in each line.
pub fn init_logs(filter: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).context("ANYPORT_LOG is not a filter")?;
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_writer(std::io::stderr);
    tracing_subscriber::registry().with(filter).with(lines).try_init()?;
    Ok(())
}

/// Seconds, from a claim in Postgres to a bank that takes its time.
const SECONDS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0];

static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts to collect metrics in this process. Asking twice gives the same handle.
pub fn metrics() -> anyhow::Result<&'static PrometheusHandle> {
    if let Some(handle) = METRICS.get() {
        return Ok(handle);
    }
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .build_recorder();
    let handle = METRICS.get_or_init(|| recorder.handle());
    metrics::set_global_recorder(recorder).context("metrics are already collected elsewhere")?;
    Ok(handle)
}

/// What Prometheus reads, with old samples tidied away.
#[must_use]
pub fn exposition(handle: &PrometheusHandle) -> String {
    handle.run_upkeep();
    handle.render()
}
