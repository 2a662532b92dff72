//! Is Anyport there, can it work, does work flow? And the numbers behind it, for Prometheus.
use actix_web::{
    HttpResponse, get,
    http::{StatusCode, header},
    web::Data,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use shared::{
    ledger::flow::{self, Flow, Trouble},
    telemetry,
};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{Answer, Context, problem::Problem};

pub(crate) fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(live).service(ready).service(flowing).service(metrics);
}

/// Whether this process is there.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthOut {
    /// `OK`, else the answer is a problem.
    #[schema(max_length = 2)]
    status: &'static str,
}

/// Check that the server is alive
///
/// Answers as long as the process serves requests at all. Restart it when this fails.
#[utoipa::path(
    operation_id = "getLiveness", tag = "health", security(()),
    responses((status = 200, description = "The process serves requests.", body = HealthOut,
        example = json!({ "status": "OK" }))),
)]
#[get("/health/live")]
async fn live() -> HttpResponse {
    ok(&HealthOut { status: "OK" })
}

/// Check that the server can work
///
/// Answers when the database does. Send no requests here while this fails.
#[utoipa::path(
    operation_id = "getReadiness", tag = "health", security(()),
    responses((status = 200, description = "Requests can be answered.", body = HealthOut,
        example = json!({ "status": "OK" }))),
)]
#[get("/health/ready")]
async fn ready(ctx: Data<Context>) -> Answer {
    flow::is_there(&mut *ctx.pool.acquire().await?).await?;
    Ok(ok(&HealthOut { status: "OK" }))
}

/// Whether promised work is being done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowOut {
    /// Is there nothing wrong?
    is_flowing: bool,
    /// What holds the work up.
    #[schema(max_items = 3)]
    troubles: Vec<Trouble>,
    /// For how long the oldest unfinished job has been due.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    oldest_job_age_ms: i64,
    /// Jobs that wait for their time or a worker.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    jobs_ready: i64,
    /// Jobs that somebody works on.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    jobs_running: i64,
    /// Jobs that were given up and wait for an administrator.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    jobs_dead: i64,
    /// When any worker was last seen.
    worker_seen_at: Option<DateTime<Utc>>,
    /// When Redis last answered any worker.
    redis_seen_at: Option<DateTime<Utc>>,
}

impl FlowOut {
    fn of(flow: &Flow, now: DateTime<Utc>) -> Self {
        let troubles = flow::judge(flow, now);
        Self {
            is_flowing: troubles.is_empty(),
            troubles,
            oldest_job_age_ms: flow.oldest_age(now).num_milliseconds().max(0),
            jobs_ready: flow.ready,
            jobs_running: flow.running,
            jobs_dead: flow.dead,
            worker_seen_at: flow.worker_at,
            redis_seen_at: flow.redis_at,
        }
    }
}

/// Check that work flows
///
/// Declarations can be filed while Redis or the worker is away, but nothing happens to them: then this is 503 and says
/// what is wrong. Dead jobs are counted and do not make it red.
#[utoipa::path(
    operation_id = "getFlow", tag = "health", security(()),
    responses(
        (status = 200, description = "Work flows; nothing holds it up.", body = FlowOut, example = json!({
            "is_flowing": true, "troubles": [], "oldest_job_age_ms": 12, "jobs_ready": 3,
            "jobs_running": 1, "jobs_dead": 0, "worker_seen_at": "2014-05-12T04:00:00Z",
            "redis_seen_at": "2014-05-12T04:00:00Z" })),
        (status = 503, description = "Something holds the work up.", body = FlowOut, example = json!({
            "is_flowing": false, "troubles": ["WORKER_GONE"], "oldest_job_age_ms": 61_000,
            "jobs_ready": 3, "jobs_running": 0, "jobs_dead": 0,
            "worker_seen_at": "2014-05-12T03:59:00Z", "redis_seen_at": "2014-05-12T03:59:00Z" })),
    ),
)]
#[get("/health/flow")]
async fn flowing(ctx: Data<Context>) -> Answer {
    let now = ctx.clock.now();
    let flow = flow::read(&mut *ctx.pool.acquire().await?, now).await?;
    let out = FlowOut::of(&flow, now);
    let status = if out.is_flowing { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Ok(HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(out))
}

/// Read the metrics
///
/// What this process counted, in the text format of Prometheus.
#[utoipa::path(
    operation_id = "getMetrics", tag = "health", security(()),
    responses((status = 200, description = "The numbers, one on a line.", body = String,
        content_type = "text/plain", example = "http_requests_total 1")),
)]
#[get("/metrics")]
async fn metrics() -> Answer {
    let handle = telemetry::metrics().map_err(Problem::from)?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .body(telemetry::exposition(handle)))
}

fn ok(body: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}
