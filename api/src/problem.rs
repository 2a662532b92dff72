//! RFC 9457: every error leaves this server as `application/problem+json`, from here and nowhere else.
use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
};
use serde::Serialize;
use shared::kernel::{Failure, Violation, Violations};

use crate::request;

/// A path may be longer than its problem.
const MOST_OF_A_PATH: usize = 500;

/// What a caller is told when an act did not happen.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// Stable and documented in `docs/problems.md`: `/problems/declaration/wrong-status`.
    #[serde(rename = "type")]
    #[schema(example = "/problems/declaration/wrong-status", max_length = 120)]
    pub kind: String,
    /// The kind in a few words.
    #[schema(max_length = 120)]
    pub title: &'static str,
    /// The HTTP status, once more.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What happened this time, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    pub detail: Option<String>,
    /// The path that was asked.
    #[schema(max_length = 500)] // MOST_OF_A_PATH
    pub instance: String,
    /// Quote it when you ask us about this answer.
    #[schema(max_length = 64)]
    pub request_id: String,
    /// Everything that is wrong with what was sent, all at once.
    #[schema(max_items = 10000)]
    pub errors: Vec<Violation>,
    #[serde(skip)]
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    #[must_use]
    pub fn new(status: StatusCode, slug: &str, title: &'static str) -> Self {
        let (request_id, path) = request::id_and_path();
        let instance = path.chars().take(MOST_OF_A_PATH).collect();
        Self {
            kind: format!("/problems/{slug}"),
            title,
            status: status.as_u16(),
            detail: None,
            instance,
            request_id,
            errors: Vec::new(),
            headers: Vec::new(),
        }
    }

    #[must_use]
    pub fn detail(self, detail: impl std::fmt::Display) -> Self {
        Self { detail: Some(detail.to_string()), ..self }
    }

    #[must_use]
    pub fn errors(self, errors: Violations) -> Self {
        Self { errors: errors.into_vec(), ..self }
    }

    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Show a valid access token")
            .header(actix_web::http::header::WWW_AUTHENTICATE, "Bearer")
    }

    /// What was sent cannot be read at all.
    #[must_use]
    pub fn malformed(errors: Violations) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", "The request cannot be read").errors(errors)
    }

    /// There is no such path.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found")
    }

    #[must_use]
    pub fn too_large(limit: usize) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too large")
            .detail(format!("at most {limit} bytes are read here"))
    }

    /// The body did not come in time; what came of it is thrown away.
    #[must_use]
    pub fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "too-slow", "The body took too long to come")
            .header(actix_web::http::header::CONNECTION, "close")
    }

    #[must_use]
    pub fn unsupported_media_type(wanted: &str) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "This body is not of a type that is read here",
        )
        .detail(format!("send {wanted}"))
    }

    #[must_use]
    pub fn too_many() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Too many requests")
    }

    /// Part of us is not there at the moment; asking again is safe.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Please try again in a moment")
            .header(actix_web::http::header::RETRY_AFTER, "2")
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Missing(_) => {
                Self::new(StatusCode::NOT_FOUND, "not-found", "Not found").detail(failure)
            }
            Failure::Forbidden(_) => {
                Self::new(StatusCode::FORBIDDEN, "forbidden", "Not permitted").detail(failure)
            }
            Failure::Invalid(violations) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                "Some of what was sent cannot be accepted",
            )
            .errors(violations),
            Failure::Refused(refusal) => {
                Self::new(StatusCode::CONFLICT, refusal.code, "The rules do not allow this now")
                    .detail(&refusal.detail)
                    .errors(refusal.violations)
            }
            Failure::Stale => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "stale",
                "The record is not in the state you named",
            )
            .detail(failure),
            Failure::Fault(error) if is_outage(&error) => {
                tracing::warn!(error = format!("{error:#}"), "the database cannot now");
                Self::unavailable()
            }
            Failure::Fault(error) if is_unstorable(&error) => Self::malformed(nul()),
            Failure::Fault(error) => {
                tracing::error!(error = format!("{error:#}"), "request failed");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal",
                    "Something broke on our side",
                )
            }
        }
    }
}

/// The database is away, not broken: the caller may simply ask again.
fn is_outage(error: &anyhow::Error) -> bool {
    match error.downcast_ref::<sqlx::Error>() {
        Some(
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Io(_)
            | sqlx::Error::WorkerCrashed,
        ) => true,
        Some(sqlx::Error::Database(error)) => error.code().is_some_and(|code| is_passing(&code)),
        _ => false,
    }
}

/// What the server says when it cannot now what it can at other times: out of disk, memory or connections (class 53),
/// going down or coming up (57P), at odds with its own machine (58), a standby that was just asked to write (25006);
/// or acts that got in each other's way (40001, 40P01, and 55P03: a lock that was not let go of in time).
fn is_passing(code: &str) -> bool {
    ["53", "57P", "58", "25006", "40001", "40P01", "55P03"]
        .iter()
        .any(|class| code.starts_with(class))
}

/// The one character that JSON and query strings can say and Postgres cannot keep: U+0000.
fn is_unstorable(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<sqlx::Error>().and_then(sqlx::Error::as_database_error);
    let code = error.and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code == "22021" || code == "22P05")
}

fn nul() -> Violations {
    let mut errors = Violations::default();
    errors.error("", "character-nul", "文本中不得含有U+0000", "text cannot hold U+0000");
    errors
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        Failure::from(error).into()
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        Failure::from(error).into()
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.title)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        for header in &self.headers {
            response.insert_header(header.clone());
        }
        response.content_type("application/problem+json").json(self)
    }
}
