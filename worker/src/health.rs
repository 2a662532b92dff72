//! Is this worker well? Told to Postgres each second, and to whoever asks over HTTP.
use std::{net::SocketAddr, time::Duration};

use actix_web::{App, HttpResponse, HttpServer, web};
use chrono::{DateTime, Utc};
use metrics_exporter_prometheus::PrometheusHandle;
use shared::{kernel::id, ledger::flow, telemetry};
use tokio::time::sleep;

use crate::{Context, Stop, bell::Queue, metrics};

/// How long Redis may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(1);

/// Beats each second until told to stop, and says goodbye.
pub async fn keep_beating(ctx: Context, queues: Vec<Queue>, mut stop: Stop) {
    let name = format!("worker-{}", id::mint(ctx.clock.now()));
    let mut redis_at = None;
    loop {
        if answers(&queues).await {
            redis_at = Some(ctx.clock.now());
        }
        if let Err(error) = beat(&ctx, &name, redis_at).await {
            tracing::warn!("cannot write the heartbeat: {error:#}");
        }
        tokio::select! {
            () = sleep(Duration::from_secs(1)) => {}
            () = stop.called() => break,
        }
    }
    if let Ok(mut conn) = ctx.pool.acquire().await
        && let Err(error) = flow::leave(&mut conn, &name).await
    {
        tracing::warn!("cannot say goodbye: {error:#}");
    }
}

async fn beat(ctx: &Context, name: &str, redis_at: Option<DateTime<Utc>>) -> sqlx::Result<()> {
    let mut conn = ctx.pool.acquire().await?;
    let now = ctx.clock.now();
    flow::beat(&mut conn, name, now, redis_at).await?;
    let flow = flow::read(&mut conn, now).await?;
    metrics::flow(&flow, flow.oldest_age(now));
    Ok(())
}

async fn answers(queues: &[Queue]) -> bool {
    match queues.first() {
        Some(queue) => queue.ping(PATIENCE).await,
        None => false,
    }
}

/// `/health/live`, `/health/ready` and `/metrics` of the worker, until the process ends.
pub async fn serve(
    bind: SocketAddr,
    ctx: Context,
    queues: Vec<Queue>,
    handle: PrometheusHandle,
) -> std::io::Result<()> {
    let (ctx, queues, handle) =
        (web::Data::new(ctx), web::Data::new(queues), web::Data::new(handle));
    let app = move || {
        App::new()
            .app_data(ctx.clone())
            .app_data(queues.clone())
            .app_data(handle.clone())
            .route("/health/live", web::get().to(HttpResponse::NoContent))
            .route("/health/ready", web::get().to(ready))
            .route("/metrics", web::get().to(exposition))
    };
    HttpServer::new(app).workers(1).disable_signals().bind(bind)?.run().await
}

async fn ready(ctx: web::Data<Context>, queues: web::Data<Vec<Queue>>) -> HttpResponse {
    let postgres = ctx.pool.acquire().await.is_ok();
    let redis = answers(&queues).await;
    let mut answer =
        if postgres && redis { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    answer.json(serde_json::json!({ "postgres": postgres, "redis": redis }))
}

async fn exposition(handle: web::Data<PrometheusHandle>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .body(telemetry::exposition(&handle))
}
