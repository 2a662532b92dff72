//! Which edition of the contract answered, and which of its operations will not stay.
//!
//! Every answer says `API-Version`. An operation of [`DEPRECATED`] says since when it is deprecated (RFC 9745), until
//! when it is served (RFC 8594), and where to read what takes its place.
use actix_web::http::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue, HttpDate, LINK},
};
use chrono::{DateTime, Utc};

/// The edition under `/v1`. Additions do not change it.
const VERSION: HeaderValue = HeaderValue::from_static("1");
const API_VERSION: HeaderName = HeaderName::from_static("api-version");
const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// An operation that will not stay.
#[derive(Clone, Copy, Debug)]
pub struct Deprecated {
    /// As the contract has it: `GET`, `/v1/declarations/{id}`.
    pub method: &'static str,
    pub path: &'static str,
    pub since: DateTime<Utc>,
    /// From when on it may be gone.
    pub sunset: Option<DateTime<Utc>>,
    /// Where it is told what takes its place.
    pub see: &'static str,
}

/// All operations that will not stay: none at present.
pub static DEPRECATED: [Deprecated; 0] = [];

/// Says on an answer of that operation what there is to say.
pub(crate) fn tell(
    deprecated: &[Deprecated],
    method: &Method,
    route: &str,
    headers: &mut HeaderMap,
) {
    headers.insert(API_VERSION, VERSION);
    let is_asked = |one: &&Deprecated| one.method == method.as_str() && one.path == route;
    let Some(one) = deprecated.iter().find(is_asked) else { return };
    let sunset = one.sunset.map(|at| HttpDate::from(std::time::SystemTime::from(at)).to_string());
    let fields = [
        (DEPRECATION, Some(format!("@{}", one.since.timestamp()))),
        (SUNSET, sunset),
        (LINK, Some(format!("<{}>; rel=\"deprecation\"; type=\"text/html\"", one.see))),
    ];
    for (name, value) in fields {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.append(name, value);
        }
    }
}
