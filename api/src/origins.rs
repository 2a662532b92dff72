//! The web pages whose scripts may ask (CORS): none, unless an operator names their origins.
use actix_web::{
    HttpResponse,
    dev::ServiceRequest,
    http::{
        Method,
        header::{
            ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
            ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
            ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN, VARY,
        },
    },
};

use crate::contract::Contract;

const MAY_SEND: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id",
);
const MAY_READ: HeaderValue = HeaderValue::from_static(
    "api-version, deprecation, etag, idempotent-replayed, link, location, ratelimit, ratelimit-limit, \
     ratelimit-policy, ratelimit-remaining, ratelimit-reset, retry-after, sunset, x-request-id",
);

/// The origins that are let in, such as `https://console.anyport.example`.
#[derive(Debug, Default)]
pub struct Origins(Vec<String>);

impl Origins {
    #[must_use]
    pub fn new(origins: Vec<String>) -> Self {
        Self(origins)
    }

    /// The asking page's origin, if it is let in.
    pub(crate) fn admit(&self, request: &ServiceRequest) -> Option<HeaderValue> {
        let origin = request.headers().get(ORIGIN)?;
        self.0.iter().any(|known| known.as_bytes() == origin.as_bytes()).then(|| origin.clone())
    }

    /// Answers depend on who asks, as soon as anybody is let in.
    pub(crate) fn tell(&self, admitted: Option<HeaderValue>, headers: &mut HeaderMap) {
        if self.0.is_empty() {
            return;
        }
        headers.append(VARY, HeaderValue::from_static("Origin"));
        if let Some(origin) = admitted {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, MAY_READ);
        }
    }
}

/// What a browser asks before it sends what a form could not: answered for the paths there are.
pub(crate) fn preflight(request: &ServiceRequest, contract: &Contract) -> Option<HttpResponse> {
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if !is_preflight {
        return None;
    }
    let methods = contract.methods(request.path());
    if methods.is_empty() {
        return None;
    }
    let mut response = HttpResponse::NoContent();
    response
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, methods.join(", ")))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, MAY_SEND))
        .insert_header((ACCESS_CONTROL_MAX_AGE, "600"));
    Some(response.finish())
}
