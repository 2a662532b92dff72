//! The ways to be turned away, each with the problem that tells it.
use serde_json::{Map, Value, json};
use utoipa::PartialSchema as _;

use crate::problem::Problem;

/// Status, component, description, and an example: type, title, detail.
type Way = (&'static str, &'static str, &'static str, [&'static str; 3]);

#[rustfmt::skip]
const WAYS: [Way; 13] = [
    ("400", "Malformed", "The request cannot be read: wrong JSON or types, unknown members or parameters.",
        ["malformed", "The request cannot be read", "all that is wrong is listed in errors"]),
    ("401", "Unauthenticated", "No valid proof of who is asking. A token that is shown is checked everywhere.",
        ["unauthenticated", "Show a valid access token", "the token is missing, over or not ours"]),
    ("403", "Forbidden", "The roles of the caller do not permit this.",
        ["forbidden", "Not permitted", "declaration:accept is not permitted"]),
    ("404", "NotFound", "There is no such record, or the caller may not know of it.",
        ["not-found", "Not found", "no such declaration"]),
    ("408", "TooSlow", "The body did not come in time.",
        ["too-slow", "The body took too long to come", "send it again"]),
    ("409", "Refused", "The rules do not allow this now; the type says which rule.",
        ["declaration/wrong-status", "The rules do not allow this now", "cannot accept a declaration that is RELEASED"]),
    ("412", "Stale", "The record is not in the state that If-Match names.",
        ["stale", "The record is not in the state you named", "read it again"]),
    ("413", "TooLarge", "The body is larger than what is read here.",
        ["too-large", "The body is too large", "at most 65536 bytes are read here"]),
    ("415", "UnsupportedMediaType", "The body is not of the type or charset that is read here.",
        ["unsupported-media-type", "This body is not of a type that is read here", "send application/json; charset=utf-8"]),
    ("422", "Invalid", "Some of what was sent cannot be accepted; everything that is wrong is listed.",
        ["invalid", "Some of what was sent cannot be accepted", "all that is wrong is listed in errors"]),
    ("429", "TooMany", "The caller asked too much in too short a time.",
        ["too-many-requests", "Too many requests", "ask again in 1 s"]),
    ("500", "Broken", "Something broke on our side; it is logged under the request id.",
        ["internal", "Something broke on our side", "quote the request id when you ask us"]),
    ("503", "Unavailable", "Part of us is away for a moment; asking again is safe.",
        ["unavailable", "Please try again in a moment", "the database is away"]),
];

pub(super) const MEDIA_TYPE: &str = "application/problem+json";

/// A reference to the response of that status.
pub(super) fn reference(status: &str) -> Value {
    let way = WAYS.iter().find(|way| way.0 == status).map_or("Broken", |way| way.1);
    json!({ "$ref": format!("#/components/responses/{way}") })
}

/// What any answer may carry, and what this status adds.
pub(super) fn headers(status: &str) -> Map<String, Value> {
    let always = [
        "RateLimit",
        "RateLimit-Policy",
        "RateLimit-Limit",
        "RateLimit-Remaining",
        "API-Version",
        "X-Request-Id",
        "Access-Control-Allow-Origin",
    ];
    let own: &[&str] = match status {
        "401" => &["WWW-Authenticate"],
        "429" | "503" => &["Retry-After"],
        _ => &[],
    };
    always.iter().chain(own).map(|name| header(name)).collect()
}

/// A header by its name, as `components` describe it.
pub(super) fn header(name: &str) -> (String, Value) {
    (name.to_owned(), json!({ "$ref": format!("#/components/headers/{name}") }))
}

/// The problem as content of a response.
pub(super) fn content(status: &str) -> Value {
    let example = WAYS.iter().find(|way| way.0 == status).map(example);
    json!({ "schema": { "$ref": "#/components/schemas/Problem" }, "example": example })
}

/// All of them, for `components`.
pub(super) fn responses() -> Value {
    let response = |way: &Way| {
        let (status, name, description, _) = *way;
        let content = json!({ MEDIA_TYPE: content(status) });
        let response = json!({
            "description": description, "headers": headers(status), "content": content,
        });
        (name.to_owned(), response)
    };
    WAYS.iter().map(response).collect::<Map<_, _>>().into()
}

/// The schema of a problem.
pub(super) fn schema() -> Value {
    json!(Problem::schema())
}

fn example(way: &Way) -> Value {
    let (status, _, _, [kind, title, detail]) = *way;
    let errors = match status {
        "400" => json!([{
            "pointer": "/goods/0/qty", "code": "json-malformed", "severity": "ERROR",
            "message_zh": "请求体不是所要求的JSON", "message_en": "invalid type: boolean, expected a decimal",
        }]),
        "422" => json!([{
            "pointer": "/reason", "code": "reason-required", "severity": "ERROR",
            "message_zh": "请说明理由（1至1000字）", "message_en": "give a reason of 1 to 1000 characters",
        }]),
        _ => json!([]),
    };
    json!({
        "type": format!("/problems/{kind}"), "title": title, "status": status.parse::<u16>().unwrap_or_default(),
        "detail": detail, "instance": "/v1/declarations", "request_id": "DR-2014-0512-01.1", "errors": errors,
    })
}
