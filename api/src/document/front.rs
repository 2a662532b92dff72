//! The front matter: who publishes this, where it is served, how callers prove themselves, what all answers carry.
use serde_json::{Value, json};

pub(super) fn info() -> Value {
    json!({
        "title": "Anyport",
        "version": "1.0.0",
        "summary": "Declare goods for inspection and quarantine at any port office.",
        "description": "Declarations for entry-exit inspection and quarantine (出入境检验检疫报检): file at one office, \
            pay online, have the goods inspected at the port, and have them released at the office you chose. Every \
            refusal is a problem (RFC 9457) whose `type` is explained in `docs/problems.md`; every act may be asked \
            for twice under one `Idempotency-Key`.",
        "contact": { "name": "The bureau that runs this Anyport", "url": "https://anyport.example/contact" },
        "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        "x-audience": "external-partner",
    })
}

pub(super) fn servers() -> Value {
    json!([{
        "url": "https://{host}",
        "description": "The production server of the bureau that you declare with.",
        "x-internal": false,
        "variables": {
            "host": { "default": "anyport.example", "description": "As the bureau told you." },
        },
    }])
}

/// A client's token or a person's: either will do, roles say for what.
pub(super) fn security() -> Value {
    json!([{ "client": [] }, { "staff": [] }])
}

pub(super) fn security_schemes() -> Value {
    json!({
        "client": {
            "type": "oauth2",
            "description": "Machine clients: short-lived EdDSA JWTs, made and checked as RFC8725 asks. The client \
                proves itself by `client_secret_basic` or `private_key_jwt`; roles, not scopes, say what it may do.",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": "https://anyport.example/oauth2/token",
                    // There is no refresh token: a client proves itself again.
                    "refreshUrl": "https://anyport.example/oauth2/token",
                    "scopes": {},
                },
            },
        },
        "staff": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "People: the token of `POST /v1/sign-in`, made and checked as RFC8725 asks.",
        },
        "bureau_signature": {
            "type": "apiKey",
            "in": "header",
            "name": "signature-ed25519",
            "description": "Partner bureaus sign their requests with their Ed25519 keys, as \
                `docs/exchange-protocol.md` says.",
        },
        "bank_signature": {
            "type": "apiKey",
            "in": "header",
            "name": "signature-ed25519",
            "description": "The bank signs its callbacks with its Ed25519 key, as `docs/bank.md` says.",
        },
    })
}

pub(super) fn tags() -> Value {
    let tags = [
        ("amendment", "Changes of accepted declarations, asked for and decided."),
        ("clearance", "Clearance forms of catalogue goods, at the release office."),
        (
            "credit",
            "Credit classes of enterprises: what is scored, evaluated, changed and recognised.",
        ),
        ("declaration", "Declarations from filing to their end."),
        (
            "direct release",
            "Goods that go on the form of the office that inspects them, and who may send them so.",
        ),
        ("exchange", "Partner bureaus: messages, keys, and what was agreed."),
        ("handoff", "The case on its way from one office to another."),
        ("health", "Whether Anyport is there, can work, and does."),
        ("identity", "Organisations, people, clients, their tokens and rights."),
        ("import", "Files of many declarations: brought, filed, and what became of each."),
        ("inspection", "Draw, appointment, sampling, result and treatment."),
        ("jobs", "Promised work: what waits and what was given up."),
        (
            "non-conformity",
            "What ports find wrong with goods that another bureau let go, and what is withheld meanwhile.",
        ),
        ("notification", "The feed of changes, and webhooks that bring it."),
        ("payment", "Fee notices, agreements with the bank, and debits."),
        ("reference", "The dated tables that the rules read."),
        ("statistics", "What the bureau counts, by office and period."),
        ("swap", "Certificates of origin bureaus, exchanged for clearance forms at the port."),
        ("work", "What an office has to do next."),
    ];
    tags.iter()
        .map(|(name, description)| json!({ "name": name, "description": description }))
        .collect()
}

/// What may be sent in the head of an act or a question. Requests are held to it (see `contract`).
pub(crate) fn parameters() -> Value {
    json!({
        "IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "A key of your own: under it the act happens once, and a repeat gets the first answer.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$" },
            "example": "DR-2014-0512-01/1",
        },
        "IfMatch": {
            "name": "If-Match", "in": "header", "required": false,
            "description": "The `ETag` the record was read with; if it has changed since, the act is refused.",
            "schema": { "type": "string", "maxLength": 80, "pattern": "^(\\*|\"[!-~]{1,78}\")$" },
            "example": "\"r3\"",
        },
        "IfNoneMatch": {
            "name": "If-None-Match", "in": "header", "required": false,
            "description": "The `ETag` of what you have; if that is still so, the answer is 304 without a body.",
            "schema": { "type": "string", "maxLength": 400 },
            "example": "\"r3\"",
        },
    })
}

/// What answers carry in their head. `RateLimit-Reset` is sent as well for those who look for it, and not described:
/// it is the `t` of `RateLimit`, and the OWASP rules want one of the two told, not both.
pub(super) fn headers() -> Value {
    let number = |description: &str| {
        let schema =
            json!({ "type": "integer", "format": "int32", "minimum": 0, "maximum": 2_000_000 });
        json!({ "description": description, "schema": schema, "example": 1 })
    };
    let text = |description: &str, example: &str| {
        let schema = json!({ "type": "string", "maxLength": 300, "pattern": "^[ -~]+$" });
        json!({ "description": description, "schema": schema, "example": example })
    };
    json!({
        "RateLimit": text("How many requests the caller has left, and in how many seconds it has all again.",
            "\"default\";r=999;t=1"),
        "RateLimit-Policy": text("How many requests a caller may send in a row, and the seconds to have them again.",
            "\"default\";q=1000;w=2"),
        "RateLimit-Limit": number("How many requests a caller may send in a row."),
        "RateLimit-Remaining": number("How many of them are left."),
        "Retry-After": number("In how many seconds to ask again."),
        "API-Version": text("The edition of the contract that answered.", "1"),
        "X-Request-Id": text("Names this request: yours, where you sent one.", "DR-2014-0512-01.1"),
        "Access-Control-Allow-Origin": text("The asking origin, where the bureau lets browsers ask from it.",
            "https://console.anyport.example"),
        "ETag": text("Names this state of the record: for `If-Match` and `If-None-Match`. Acts give it where the \
            record counts its revisions.", "\"r3\""),
        "Location": text("Where the new record is.",
            "/v1/declarations/01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c4d"),
        "Idempotent-Replayed": text("`true` where the answer is that of an earlier request under the same key.",
            "true"),
        "WWW-Authenticate": text("How to prove yourself.", "Bearer"),
    })
}
