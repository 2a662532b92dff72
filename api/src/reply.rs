//! What an act answers, before it is put on the wire (and kept under its `Idempotency-Key`).
use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    body::MessageBody,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use shared::kernel::{Page, hex};
use uuid::Uuid;

use crate::waiting::Pending;

/// Status, body and the few headers an answer may carry.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub body: serde_json::Value,
    pub location: Option<String>,
    pub revision: Option<i64>,
    /// Seconds after which to ask again about what still waits.
    pub retry_after: Option<i64>,
    /// A member of the body that is on the wire this once, and null in what is kept under an `Idempotency-Key`.
    pub secret: Option<&'static str>,
}

impl Reply {
    pub fn ok(body: &impl Serialize) -> serde_json::Result<Self> {
        Self::with(StatusCode::OK, body)
    }

    pub fn created(body: &impl Serialize, location: String) -> serde_json::Result<Self> {
        Ok(Self { location: Some(location), ..Self::with(StatusCode::CREATED, body)? })
    }

    pub fn with(status: StatusCode, body: &impl Serialize) -> serde_json::Result<Self> {
        let body = serde_json::to_value(body)?;
        Ok(Self { status, body, location: None, revision: None, retry_after: None, secret: None })
    }

    /// One page of a list: `{data, next_cursor, has_more}`.
    pub fn page<T: Serialize>(
        page: Page<T>,
        cursor: impl Fn(&T) -> Uuid,
    ) -> serde_json::Result<Self> {
        let last = page.data.last().map(cursor).filter(|_| page.has_more);
        let listed = Listed { next_cursor: last, has_more: page.has_more, data: page.data };
        Self::with(StatusCode::OK, &listed)
    }

    /// The record's revision: its `ETag`, and what `If-Match` is compared with.
    #[must_use]
    pub fn revision(self, revision: i64) -> Self {
        Self { revision: Some(revision), ..self }
    }

    /// When to ask again, where something still waits.
    #[must_use]
    pub fn waiting(self, pending: Option<Pending>) -> Self {
        Self { retry_after: pending.map(|pending| pending.retry_after), ..self }
    }

    /// Keeps a member of the body out of everything that is written down.
    #[must_use]
    pub fn shown_once(self, member: &'static str) -> Self {
        Self { secret: Some(member), ..self }
    }

    /// The body without what is shown once.
    pub(crate) fn kept_body(&self) -> serde_json::Value {
        let mut body = self.body.clone();
        if let Some(member) = self.secret.and_then(|member| body.get_mut(member)) {
            *member = serde_json::Value::Null;
        }
        body
    }

    /// The answer to a GET: 304 where the caller has it already.
    pub(crate) fn for_reading(self, request: &HttpRequest) -> HttpResponse {
        let bytes = self.body.to_string();
        let etag = match self.revision {
            Some(revision) => format!("\"r{revision}\""),
            None => digest_tag(bytes.as_bytes()),
        };
        let mut response = read_answer(request, self.status, etag);
        tell_when(&mut response, self.retry_after);
        with_body(response, "application/json", bytes)
    }

    /// The answer to an act.
    pub(crate) fn for_acting(self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        if let Some(revision) = self.revision {
            response.insert_header((header::ETAG, format!("\"r{revision}\"")));
        }
        tell_when(&mut response, self.retry_after);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        response.content_type("application/json").body(self.body.to_string())
    }
}

/// A file to be read by another program than ours.
#[derive(Clone, Debug)]
pub struct Download {
    pub content_type: &'static str,
    /// Plain ASCII, without quotes.
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Download {
    /// The answer to a GET: 304 where the caller has it already.
    pub(crate) fn for_reading(self, request: &HttpRequest) -> HttpResponse {
        let mut response = read_answer(request, StatusCode::OK, digest_tag(&self.bytes));
        let disposition = format!("attachment; filename=\"{}\"", self.name);
        response.insert_header((header::CONTENT_DISPOSITION, disposition));
        with_body(response, self.content_type, self.bytes)
    }
}

/// A 304 ends with its head: whatever followed would be taken for the next answer on the connection.
fn with_body(
    mut head: HttpResponseBuilder,
    kind: &'static str,
    body: impl MessageBody + 'static,
) -> HttpResponse {
    let mut response = head.finish();
    if response.status() == StatusCode::NOT_MODIFIED {
        return response;
    }
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.set_body(body.boxed())
}

fn tell_when(response: &mut HttpResponseBuilder, retry_after: Option<i64>) {
    if let Some(seconds) = retry_after {
        response.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
}

fn digest_tag(bytes: &[u8]) -> String {
    format!("\"{}\"", hex(&Sha256::digest(bytes)[..12]))
}

/// The head of an answer to a GET under its tag: 304 where the caller named that tag.
fn read_answer(request: &HttpRequest, status: StatusCode, etag: String) -> HttpResponseBuilder {
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let mut response = match known {
        Some(known) if known.split(',').any(|tag| tag.trim() == etag || tag.trim() == "*") => {
            HttpResponse::NotModified()
        }
        _ => HttpResponse::build(status),
    };
    response.insert_header((header::ETAG, etag));
    response.insert_header((header::CACHE_CONTROL, "private, no-cache"));
    response
}

#[derive(Serialize)]
struct Listed<T> {
    data: Vec<T>,
    next_cursor: Option<Uuid>,
    has_more: bool,
}
