//! `Test-Scenario`: what a caller in test mode asks to go wrong with one request.
//!
//! What concerns the request itself is played here. What comes later waits in the request for the handler, which keeps
//! it with what it is about. Where nothing would come of it, it is refused: a typo must not pass for a good test.
use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{
    Error, HttpMessage as _, ResponseError,
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::RETRY_AFTER,
    middleware::Next,
    web::Bytes,
};
use shared::{config::Mode, kernel::Violations, rehearsal::Scenario};

use crate::problem::Problem;

const HEADER: &str = "test-scenario";
/// How late an answer is. Longer than most callers' patience with a page, shorter than that with a server.
const LATE: Duration = Duration::from_secs(3);

const FILING: &str = "/v1/declarations";
const PAYING: &str = "/v1/fee-notices/{id}/pay";

/// Hands the request on, and plays what is asked for around it.
pub(crate) async fn frame(
    request: ServiceRequest,
    mode: Mode,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let scenario = match asked(&request, mode) {
        Ok(scenario) => scenario,
        Err(problem) => return Ok(request.into_response(problem.error_response())),
    };
    let refusal = match scenario {
        Some(Scenario::TooManyRequests) => Problem::too_many().header(RETRY_AFTER, "1"),
        Some(Scenario::Unavailable) => Problem::unavailable(),
        _ => {
            if let Some(later) = scenario.filter(|scenario| scenario.comes_later()) {
                request.extensions_mut().insert(later);
            }
            let response = next.call(request).await?.map_into_boxed_body();
            return Ok(match scenario {
                Some(Scenario::DropAfterCommit) => response.map_body(|_, _| BoxBody::new(Broken)),
                Some(Scenario::Delay) => {
                    tokio::time::sleep(LATE).await;
                    response
                }
                _ => response,
            });
        }
    };
    let refusal = refusal.detail(format!("you asked for it with {HEADER}"));
    Ok(request.into_response(refusal.error_response()))
}

fn asked(request: &ServiceRequest, mode: Mode) -> Result<Option<Scenario>, Problem> {
    let Some(given) = request.headers().get(HEADER) else { return Ok(None) };
    if mode != Mode::Test {
        return Err(refuse(
            "test-scenario-not-here",
            "正式环境不接受联调场景",
            "scenarios are played in test mode only; this is production",
        ));
    }
    let Some(scenario) = given.to_str().ok().and_then(Scenario::parse) else {
        let known = Scenario::ALL.map(Scenario::name).join(", ");
        return Err(refuse(
            "test-scenario-unknown",
            format!("不认识该联调场景，可用：{known}"),
            format!("this scenario is not known here; known are: {known}"),
        ));
    };
    if scenario.comes_later() && !may_come_of(scenario, request) {
        return Err(refuse(
            "test-scenario-unfit",
            "该联调场景不适用于此操作",
            "nothing would come of this scenario here: those of inspections go with a filing, those of payments \
             with a filing or a payment",
        ));
    }
    Ok(Some(scenario))
}

fn may_come_of(scenario: Scenario, request: &ServiceRequest) -> bool {
    let route = request.match_pattern();
    request.method() == actix_web::http::Method::POST
        && match route.as_deref() {
            Some(FILING) => true,
            Some(PAYING) => scenario.behaviour().is_some(),
            _ => false,
        }
}

fn refuse(code: &str, message_zh: impl Into<String>, message_en: impl Into<String>) -> Problem {
    let mut errors = Violations::default();
    errors.error(format!("/headers/{HEADER}"), code, message_zh, message_en);
    Problem::malformed(errors)
}

/// A body that cannot be sent: the connection ends before a byte of the answer has left.
struct Broken;

impl MessageBody for Broken {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
    }
}
