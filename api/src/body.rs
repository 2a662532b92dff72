//! Bodies, paths and query strings, read with limits and refused as problems.
use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header,
    web::{self, Bytes},
};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use shared::kernel::Violations;
use tokio::time::timeout;

use crate::{contract::Contract, faults, problem::Problem, whole};

/// What an ordinary act may send.
pub const BODY_LIMIT: usize = 64 * 1024;
/// What may be sent where a whole declaration is part of it.
pub const LARGE_BODY_LIMIT: usize = 1100 * 1024;

/// How long a whole body may take: a megabyte at 50 KiB a second. Who sends a byte a second is not waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// How long what may be larger than a megabyte may take: a second more for each 256 KiB.
const fn patience_for(limit: usize) -> Duration {
    let more = limit.saturating_sub(1024 * 1024) / (256 * 1024);
    PATIENCE.saturating_add(Duration::from_secs(more as u64))
}

type LocalFuture<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// What is sent along with an act: enough to tell one request from another.
pub trait Sent {
    /// SHA-256 of the body as it came.
    fn digest(&self) -> [u8; 32];
}

/// A JSON body of at most [`BODY_LIMIT`] bytes.
pub struct Body<T> {
    pub value: T,
    digest: [u8; 32],
}

impl<T> Sent for Body<T> {
    fn digest(&self) -> [u8; 32] {
        self.digest
    }
}

impl<T> std::ops::Deref for Body<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = LocalFuture<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { Self::read(&request, payload, BODY_LIMIT).await })
    }
}

/// A JSON body that holds a whole declaration: as [`Body`], with a larger limit.
pub struct LargeBody<T>(Body<T>);

impl<T> Sent for LargeBody<T> {
    fn digest(&self) -> [u8; 32] {
        self.0.digest
    }
}

impl<T> std::ops::Deref for LargeBody<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for LargeBody<T> {
    type Error = Problem;
    type Future = LocalFuture<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { Ok(Self(Body::read(&request, payload, LARGE_BODY_LIMIT).await?)) })
    }
}

impl<T: DeserializeOwned> Body<T> {
    async fn read(request: &HttpRequest, payload: Payload, limit: usize) -> Result<Self, Problem> {
        must_be_of_type(request, "application/json")?;
        let bytes = read(request, payload, limit).await?;
        let value = parse(&bytes).map_err(|first| all_faults(request, &bytes).unwrap_or(first))?;
        Ok(Self { value, digest: Sha256::digest(&bytes).into() })
    }
}

/// An act without a body; one that is sent all the same is refused.
pub struct NoBody;

impl Sent for NoBody {
    fn digest(&self) -> [u8; 32] {
        Sha256::digest(b"").into()
    }
}

impl FromRequest for NoBody {
    type Error = Problem;
    type Future = LocalFuture<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            // `{}` and `null` are what clients send when they have nothing to say.
            let bytes = read(&request, payload, 64).await?;
            match bytes.trim_ascii() {
                b"" | b"{}" | b"null" => Ok(Self),
                _ => Err(one_error(
                    "",
                    "body-not-expected",
                    "此操作不带请求体",
                    "this act takes no body",
                )),
            }
        })
    }
}

/// A body as it came: for what is not JSON, or is parsed with more care than serde takes.
pub struct Raw<const LIMIT: usize> {
    pub bytes: Bytes,
    pub content_type: String,
}

impl<const LIMIT: usize> Sent for Raw<LIMIT> {
    fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.bytes).into()
    }
}

impl<const LIMIT: usize> FromRequest for Raw<LIMIT> {
    type Error = Problem;
    type Future = LocalFuture<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let bytes = read_within(patience_for(LIMIT), &request, payload, LIMIT).await?;
            Ok(Self { bytes, content_type: content_type(&request) })
        })
    }
}

/// 415 unless the body says that it is `wanted` (parameters such as `charset=utf-8` aside).
pub fn must_be_of_type(request: &HttpRequest, wanted: &str) -> Result<(), Problem> {
    let given = content_type(request);
    let mut parts = given.split(';').map(str::trim);
    let is_wanted = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case(wanted));
    let is_utf8 = parts.all(|parameter| {
        let parameter = parameter.to_ascii_lowercase().replace('"', "");
        !parameter.starts_with("charset=") || parameter == "charset=utf-8"
    });
    if is_wanted && is_utf8 {
        Ok(())
    } else {
        Err(Problem::unsupported_media_type(&format!("{wanted}; charset=utf-8")))
    }
}

fn content_type(request: &HttpRequest) -> String {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

async fn read(request: &HttpRequest, payload: Payload, limit: usize) -> Result<Bytes, Problem> {
    read_within(PATIENCE, request, payload, limit).await
}

async fn read_within(
    patience: Duration,
    request: &HttpRequest,
    payload: Payload,
    limit: usize,
) -> Result<Bytes, Problem> {
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(Problem::too_large(limit));
    }
    let mut payload = web::Payload::from_request(request, &mut { payload })
        .await
        .map_err(|error| unreadable(&error))?;
    let whole = async {
        let mut bytes = web::BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|error| unreadable(&error))?;
            if bytes.len() + chunk.len() > limit {
                return Err(Problem::too_large(limit));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.freeze())
    };
    timeout(patience, whole).await.unwrap_or_else(|_| Err(Problem::too_slow()))
}

pub(crate) fn unreadable(error: &dyn std::fmt::Display) -> Problem {
    let english = format!("the body broke off: {error}");
    one_error("", "body-unreadable", "请求体读取中断", &english)
}

/// JSON of exactly that shape.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    shaped(bytes).or_else(|problem| match whole::respelled(bytes) {
        Some(respelled) => shaped(&respelled),
        None => Err(problem),
    })
}

fn shaped<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let pointer = pointer_of(error.path());
        let english = error.inner().to_string();
        one_error(&pointer, "json-malformed", "请求体不是所要求的JSON", &english)
    })?;
    json.end().map_err(|error| {
        one_error("", "json-malformed", "JSON 之后还有多余内容", &error.to_string())
    })?;
    Ok(value)
}

/// Reading stops at the first fault. Where the contract knows what was wanted, it tells them all.
fn all_faults(request: &HttpRequest, bytes: &[u8]) -> Option<Problem> {
    let (method, route) = (request.method().as_str().to_lowercase(), request.match_pattern()?);
    let document = &*crate::PUBLISHED;
    let operation = document["paths"].get(route)?.get(method)?;
    let schema = operation["requestBody"]["content"]["application/json"].get("schema")?;
    let body = serde_json::from_slice(bytes).ok()?;
    let found = faults::find(document, schema, &body);
    (!found.is_empty()).then(|| Problem::malformed(found))
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let segment = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { variant } => format!("/{variant}"),
        Segment::Unknown => String::new(),
    };
    path.iter().map(segment).collect()
}

pub(crate) fn one_error(pointer: &str, code: &str, message_zh: &str, message_en: &str) -> Problem {
    let mut errors = Violations::default();
    errors.error(pointer, code, message_zh, message_en);
    Problem::malformed(errors)
}

/// A typed path; what cannot be an id is simply not there, unless it is a path of its own that takes other methods.
pub struct Path<T>(pub T);

impl<T> std::ops::Deref for Path<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Path<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let path = web::Path::<T>::from_request(request, payload).into_inner();
        let read = path.map(|path| Self(path.into_inner()));
        std::future::ready(read.map_err(|_| {
            let contract = request.app_data::<web::Data<Contract>>();
            let is_known = contract.is_some_and(|contract| contract.is_written_out(request.path()));
            match contract {
                Some(contract) if is_known => contract.refuse_path(request.path()),
                _ => Problem::not_found(),
            }
        }))
    }
}

/// A typed query string. Unknown names were refused before (see `contract`); here values are read.
pub struct Params<T>(pub T);

impl<T> std::ops::Deref for Params<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Params<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let params = web::Query::<T>::from_query(request.query_string());
        std::future::ready(params.map(|params| Self(params.into_inner())).map_err(|error| {
            one_error("/query", "parameter-malformed", "查询参数格式有误", &error.to_string())
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;

    use actix_web::{error::PayloadError, test::TestRequest};
    use futures_util::{Stream, stream};

    use super::*;

    #[actix_web::test]
    async fn a_body_that_does_not_come_is_not_waited_for() {
        let request = TestRequest::post().to_http_request();
        let begun = stream::iter([Ok::<_, PayloadError>(Bytes::from_static(b"{"))]);
        let whole: Pin<Box<dyn Stream<Item = _>>> = Box::pin(begun.chain(stream::pending()));
        let payload = Payload::Stream { payload: whole };

        let read = read_within(Duration::ZERO, &request, payload, BODY_LIMIT).await;

        assert_eq!(read.unwrap_err().status, 408);
    }
}
