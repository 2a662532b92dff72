//! The frame around every request: its id, its log line, its metrics, and the headers every answer carries.
use std::time::Instant;

use actix_web::{
    Error, HttpResponse, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
    web::Data,
};
use chrono::{DateTime, Utc};
use shared::kernel::id;
use tracing::Instrument;

use crate::{Context, contract::Contract, gate, problem::Problem, rehearsal, version};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: Current;
}

struct Current {
    id: String,
    path: String,
}

/// The id and path of the request being answered; empty outside of one.
#[must_use]
pub fn id_and_path() -> (String, String) {
    CURRENT.try_with(|current| (current.id.clone(), current.path.clone())).unwrap_or_default()
}

/// Does a later part of an answer, which is written while it is sent, as part of the request that it answers.
pub(crate) async fn as_part_of<T>(
    (id, path): (String, String),
    part: impl Future<Output = T>,
) -> T {
    CURRENT.scope(Current { id, path }, part).await
}

/// Takes the caller's `X-Request-Id` if it is a plain token, else mints one; answers with it, logs with it.
/// Refuses what the contract does not take; of query parameters also unknown ones: a typo must not list everything.
pub async fn frame(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(ctx) = request.app_data::<Data<Context>>().cloned() else {
        return Ok(request.into_response(Problem::unavailable().error_response()));
    };
    // One moment for the whole frame: in test mode the clock is a file, and asking it costs.
    let now = ctx.clock.now();
    let id = request_id(&request, now);
    let current = Current { id: id.clone(), path: request.path().to_owned() };
    let method = request.method().clone();
    let route = request.match_pattern().unwrap_or_else(|| "unmatched".into());
    let span = tracing::info_span!("request", request_id = %id, %method, route);
    let begun = Instant::now();

    let answer = answer(request, &ctx, now, &route, next);
    let mut response = CURRENT.scope(current, answer.instrument(span.clone())).await?;

    version::tell(ctx.deprecated, &method, &route, response.headers_mut());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    measure(method.as_str(), route, status, took);
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(status, micros, "answered"));
    Ok(response)
}

/// Past the gate and to the handler; what the gate found out is told in any case.
async fn answer(
    request: ServiceRequest,
    ctx: &Context,
    now: DateTime<Utc>,
    route: &str,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let (entry, admitted) = gate::enter(&request, ctx, now).await;
    let mut response = match admitted {
        Err(gate::Stop::Refused(problem)) => request.into_response(problem.error_response()),
        Err(gate::Stop::Answered(answer)) => request.into_response(answer),
        Ok(()) => match against_the_contract(&request, route) {
            Some(refusal) => request.into_response(refusal),
            None => rehearsal::scenario::frame(request, ctx.mode, next).await?,
        },
    };
    entry.tell(ctx, response.headers_mut());
    Ok(response)
}

fn measure(method: &str, route: String, status: u16, took: std::time::Duration) {
    let labels = [("method", method.to_owned()), ("route", route), ("status", status.to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", &labels[..2]).record(took.as_secs_f64());
}

fn request_id(request: &ServiceRequest, now: DateTime<Utc>) -> String {
    let theirs = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    match theirs {
        Some(id) if is_plain_token(id) => id.to_owned(),
        _ => id::mint(now).to_string(),
    }
}

pub(crate) fn is_plain_token(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(plain)
}

/// What the contract does not take, in the query string or in the head.
fn against_the_contract(request: &ServiceRequest, route: &str) -> Option<HttpResponse> {
    let contract = request.app_data::<Data<Contract>>()?;
    let (method, query) = (request.method(), request.query_string());
    let in_query = || contract.refuse_parameters(method, route, query);
    let wrong = (!query.is_empty()).then(in_query).flatten();
    let in_head = || contract.refuse_headers(method, route, request.headers());
    Some(wrong.or_else(in_head)?.error_response())
}
