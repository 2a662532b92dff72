//! What the contract says is so, for every operation in it: new ones are covered the day they are mounted.
mod lists;
mod operations;
mod others;
mod problems;
mod readings;
mod released;
mod rules;
mod schemas;
mod values;

use std::{collections::BTreeSet, sync::Arc};

use actix_web::test::TestRequest;
use api::{limits::Limits, origins::Origins};
use serde_json::{Value, json};
use shared::{config::Mode, identity::Permission};
use sqlx::PgPool;
use tests::{Bureau, Reply};
use uuid::Uuid;

use operations::{Operation, example, operations};

const COMMITTED: &str = include_str!("../../openapi/openapi.json");
const PERMISSIONS: &str = include_str!("../../docs/permissions.md");

/// Who may ask without any proof. This list should only ever shrink.
const OPEN: [&str; 11] = [
    "GET /.well-known/jwks.json",
    "GET /.well-known/oauth-authorization-server",
    "GET /changelog.json",
    "GET /health/flow",
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
    "POST /oauth2/token",
    "GET /openapi.json",
    "GET /v1/exchange/keys",
    "POST /v1/sign-in",
];

/// It is a problem of that status, and says so everywhere.
#[track_caller]
fn must_be_problem(reply: &Reply, status: u16, of: &str) {
    assert_eq!(reply.status.as_u16(), status, "{of}: {:#}", reply.body);
    assert_eq!(reply.header("content-type"), "application/problem+json", "{of}");
    assert_eq!(reply.body["status"], status, "{of}");
    assert!(reply.text("/type").starts_with("/problems/"), "{of}: {:#}", reply.body);
    assert_eq!(reply.header("x-request-id"), reply.text("/request_id"), "{of}");
    assert!(!reply.header("ratelimit").is_empty(), "{of}");
}

fn nobody() -> String {
    Uuid::nil().to_string()
}

#[test]
fn the_committed_contract_is_the_one_that_is_served() {
    let fresh = format!("{}\n", api::openapi_json());

    assert!(COMMITTED == fresh, "openapi/openapi.json is old: run `cargo xtask openapi`");
}

#[test]
fn every_operation_has_examples_of_what_it_takes_and_answers() {
    for operation in operations() {
        let name = operation.name();
        if operation.told.get("requestBody").is_some() {
            assert!(operation.body().is_some(), "{name} has no example of its body");
        }
        for (status, response) in operation.told["responses"].as_object().unwrap() {
            let media = response["content"].as_object().into_iter().flatten();
            for (kind, media) in media {
                assert!(example(media).is_some(), "{name} has no example of {status} {kind}");
            }
        }
    }
}

#[test]
fn the_open_doors_are_these_and_no_more() {
    let open: Vec<_> =
        operations().iter().filter(|one| one.is_open()).map(Operation::name).collect();

    assert_eq!(open, OPEN);
}

/// What puts other content in the place of what somebody else may have written, and can tell that it was changed meanwhile.
const OVERWRITING: [&str; 9] = [
    "POST /v1/declarations/{id}/amendments",
    "POST /v1/declarations/{id}/change-release-office",
    "POST /v1/declarations/{id}/resubmit",
    "POST /v1/direct-consignments/{id}/correct",
    "POST /v1/direct-enterprises/{id}/reapply",
    "POST /v1/received-nc-notices/{id}/reply",
    "POST /v1/staff/{id}/reset-password",
    "POST /v1/webhook-endpoints/{id}/change",
    "PUT /v1/partners/{code}",
];

#[test]
fn what_two_could_overwrite_heeds_if_match() {
    let all = operations();
    let heeds = |one: &&Operation| {
        let taken = one.told["parameters"].as_array().into_iter().flatten();
        let is_taken = taken.clone().any(|one| one["$ref"] == "#/components/parameters/IfMatch");
        is_taken && one.told["responses"]["412"].is_object()
    };
    let heeding: BTreeSet<_> = all.iter().filter(heeds).map(Operation::name).collect();

    for name in OVERWRITING {
        assert!(heeding.contains(name), "{name} overwrites blindly");
    }
    // Whatever is put is put over something.
    for one in all.iter().filter(|one| ["PUT", "PATCH"].contains(&one.method.as_str())) {
        assert!(heeding.contains(&one.name()), "{} overwrites blindly", one.name());
    }
}

#[test]
fn the_page_of_permissions_is_current() {
    let fresh = shared::identity::permission::markdown();

    assert!(PERMISSIONS == fresh, "docs/permissions.md is old: run `api rules docs`");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn strangers_are_turned_away_everywhere(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    for operation in operations().iter().filter(|operation| !operation.is_open()) {
        let reply = bureau.stranger().send(operation.request(&nobody())).await;
        must_be_problem(&reply, 401, &operation.name());
        assert!(!reply.header("www-authenticate").is_empty());
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_bad_token_is_turned_away_also_where_none_is_needed(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    for operation in operations() {
        let request = operation.request(&nobody());
        let request = request.insert_header(("authorization", "Bearer eyJhbGciOiJub25lIn0.e30."));
        let reply = bureau.stranger().send(request).await;
        must_be_problem(&reply, 401, &operation.name());
    }
}

/// Without a role nothing opens, and what is missing is a row of `docs/permissions.md`; every row opens something.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn every_operation_asks_for_a_permission_of_the_table(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let idler = bureau.idler().await;
    let mut asked = BTreeSet::new();
    for operation in operations().iter().filter(|operation| operation.needs_token()) {
        let reply = idler.send(operation.request(&nobody())).await;
        must_be_problem(&reply, 403, &operation.name());
        let permission = reply.text("/detail").rsplit(' ').next().unwrap().to_owned();
        assert!(
            PERMISSIONS.contains(&format!("| `{permission}` |")),
            "{}: {permission}",
            operation.name()
        );
        asked.insert(permission);
    }

    let table: BTreeSet<_> = Permission::ALL.iter().map(|one| one.name().to_owned()).collect();
    let unasked: Vec<_> = table.difference(&asked).map(String::as_str).collect();
    assert_eq!(unasked, ["clock:move", "test:play"], "what plays the world is in no contract");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_query_parameter_that_nobody_knows_is_refused(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    for operation in operations() {
        let uri = format!("{}?statsu=RELEASED", operation.path_of(&nobody()));
        let reply = bureau.stranger().call(&operation.method, &uri).await;
        must_be_problem(&reply, 400, &operation.name());
        assert_eq!(reply.codes(), ["unknown-parameter"]);
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_wrong_method_is_told_the_right_ones(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let administrator = bureau.administrator().await;
    let all = operations();
    for operation in &all {
        let methods: Vec<_> = all
            .iter()
            .filter(|other| other.path == operation.path)
            .map(|other| other.method.as_str())
            .collect();
        for wrong in ["DELETE", "OPTIONS"] {
            let reply = administrator.call(wrong, &operation.path_of(&nobody())).await;
            must_be_problem(&reply, 405, &operation.name());
            assert_eq!(reply.header("allow"), methods.join(", "));
        }
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_path_that_is_none_is_not_found(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let administrator = bureau.administrator().await;
    for path in ["/", "/v1", "/v1/", "/v1/declaration", "/v2/declarations", "/v1/declarations/"] {
        for method in ["GET", "POST", "DELETE"] {
            must_be_problem(&administrator.call(method, path).await, 404, path);
        }
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_body_that_is_too_large_is_refused_everywhere(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let administrator = bureau.administrator().await;
    for operation in operations().iter().filter(|operation| operation.method == "POST") {
        let kind = operation.body().map_or("application/json", |(kind, _)| kind);
        let size = match kind {
            _ if operation.path == "/v1/declaration-imports" => 20 * 1024 * 1024,
            _ if operation.path == "/v1/declarations/batch" => 16 * 1024 * 1024,
            "application/xml" => 2 * 1024 * 1024,
            "text/csv" => 5 * 1024 * 1024,
            // Up to a thousand messages at once.
            _ if operation.path.starts_with("/v1/exchange/") => 8 * 1024 * 1024,
            _ => 1100 * 1024,
        };
        let path = operation.path_of(&nobody());
        let reply = administrator.post_raw(&path, kind, vec![b' '; size + 1]).await;
        must_be_problem(&reply, 413, &operation.name());
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_body_of_another_type_is_refused_everywhere(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let administrator = bureau.administrator().await;
    let mut tried = 0;
    for operation in operations() {
        // The bank is asked for its signature first.
        let is_typed = operation.told["responses"].get("415").is_some();
        if !is_typed || !(operation.needs_token() || operation.is_open()) {
            continue;
        }
        let request = TestRequest::with_uri(&operation.path_of(&nobody()))
            .method(operation.method.parse().unwrap())
            .insert_header(("content-type", "text/html"))
            .set_payload("<p>hello</p>");
        let reply = administrator.send(request).await;
        must_be_problem(&reply, 415, &operation.name());
        tried += 1;
    }
    assert!(tried > 30, "{tried}");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn who_asks_too_often_is_told_when_to_ask_again(pool: PgPool) {
    let mut bureau = Bureau::open(pool).await;
    bureau.refit(|ctx| ctx.limits = Arc::new(Limits::per_second(1)));
    let (derui, model) = (bureau.derui().await, bureau.declarant(tests::MODEL).await);

    let first = derui.get("/v1/declarations").await.expect(200);
    assert_eq!(first.header("ratelimit-policy"), "\"default\";q=2;w=2");
    assert_eq!(first.header("ratelimit"), "\"default\";r=1;t=1");
    assert_eq!(first.header("ratelimit-limit"), "2");
    assert_eq!(first.header("ratelimit-remaining"), "1");
    derui.get("/v1/declarations/none").await.expect(404);
    let refused = derui.get("/v1/declarations").await;
    must_be_problem(&refused, 429, "the third request");
    assert_eq!(refused.problem(), "too-many-requests");
    assert_eq!(refused.header("retry-after"), "1");
    model.get("/v1/declarations").await.expect(200);

    bureau.wait(chrono::Duration::seconds(1));
    derui.get("/v1/declarations").await.expect(200);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn doors_without_a_token_are_limited_by_address(pool: PgPool) {
    let mut bureau = Bureau::open(pool).await;
    bureau.refit(|ctx| ctx.limits = Arc::new(Limits::per_second(1)));
    let from = |address: &str| {
        let address = format!("{address}:40000").parse().unwrap();
        TestRequest::get().uri("/.well-known/jwks.json").peer_addr(address)
    };
    let stranger = bureau.stranger();

    for status in [200, 200, 429] {
        assert_eq!(stranger.send(from("192.0.2.1")).await.status.as_u16(), status);
    }
    stranger.send(from("192.0.2.2")).await.expect(200);
    for path in ["/oauth2/token", "/v1/sign-in"] {
        bureau.refit(|ctx| ctx.limits = Arc::new(Limits::per_second(1)));
        let stranger = bureau.stranger();
        let statuses = [stranger.post(path, json!({})).await, stranger.post(path, json!({})).await];
        assert!(statuses.iter().all(|reply| reply.status.as_u16() < 429));
        must_be_problem(&stranger.post(path, json!({})).await, 429, path);
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn browsers_are_let_in_from_named_pages_only(pool: PgPool) {
    const PAGE: &str = "https://console.anyport.example";
    let mut bureau = Bureau::open(pool).await;
    let preflight = |origin: &'static str| {
        TestRequest::default()
            .method(actix_web::http::Method::OPTIONS)
            .uri("/v1/declarations")
            .insert_header(("origin", origin))
            .insert_header(("access-control-request-method", "POST"))
    };
    let closed = bureau.stranger().send(preflight(PAGE)).await;
    must_be_problem(&closed, 405, "no page is named");
    assert!(closed.header("access-control-allow-origin").is_empty());

    bureau.refit(|ctx| ctx.origins = Arc::new(Origins::new(vec![PAGE.to_owned()])));
    let asked = bureau.stranger().send(preflight(PAGE)).await.expect(204);
    assert_eq!(asked.header("access-control-allow-origin"), PAGE);
    assert_eq!(asked.header("access-control-allow-methods"), "GET, POST");
    assert!(asked.header("access-control-allow-headers").contains("idempotency-key"));
    let derui = bureau.derui().await;
    let list = TestRequest::get().uri("/v1/declarations").insert_header(("origin", PAGE));
    let answered = derui.send(list).await.expect(200);
    assert_eq!(answered.header("access-control-allow-origin"), PAGE);
    assert_eq!(answered.header("vary"), "Origin");
    assert!(answered.header("access-control-expose-headers").contains("etag"));

    let other = bureau.stranger().send(preflight("https://elsewhere.example")).await;
    must_be_problem(&other, 405, "another page");
    assert!(other.header("access-control-allow-origin").is_empty());
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nothing_moves_time_in_production(pool: PgPool) {
    let mut bureau = Bureau::open(pool).await;
    let forward = || json!({ "advance_seconds": 60 });
    bureau.administrator().await.post("/v1/test/clock", forward()).await.expect(200);
    bureau.refit(|ctx| ctx.mode = Mode::Production);

    let administrator = bureau.administrator().await;
    must_be_problem(&administrator.get("/v1/test/clock").await, 404, "reading");
    must_be_problem(&administrator.post("/v1/test/clock", forward()).await, 404, "moving");
    assert!(operations().iter().all(|operation| !operation.path.contains("/test")));
    let promised: Value = serde_json::from_str(COMMITTED).unwrap();
    assert!(promised["paths"].get("/v1/test/clock").is_none());
}

/// The members that a body cannot be without, if it is read as one of a contract's objects.
fn required(contract: &Value, operation: &Operation) -> Vec<String> {
    let schema = &operation.told["requestBody"]["content"]["application/json"]["schema"];
    let target = schema["$ref"].as_str().map(|target| target.trim_start_matches('#'));
    let schema = target.and_then(|target| contract.pointer(target)).unwrap_or(schema);
    let names = schema["required"].as_array().into_iter().flatten();
    names.map(|name| format!("/{}", name.as_str().unwrap())).collect()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_small_body_is_told_everything_that_it_lacks_at_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let administrator = bureau.administrator().await;
    let contract: Value = serde_json::from_str(COMMITTED).unwrap();
    let mut tried = 0;
    for operation in operations().iter().filter(|operation| operation.needs_token()) {
        let mut required = required(&contract, operation);
        // A declaration is read with more care than others: it has rules of its own for what is missing.
        let is_declaration = ["/v1/declarations", "/v1/declarations/validate"]
            .contains(&&*operation.path)
            || operation.path.ends_with("/resubmit");
        if required.len() < 2 || is_declaration {
            continue;
        }
        let body = json!({ "nobody_knows_me": 1 });
        let reply = administrator.post(&operation.path_of(&nobody()), body).await;
        must_be_problem(&reply, 400, &operation.name());
        let errors = reply.body["errors"].as_array().unwrap();
        let pointers = errors.iter().map(|one| one["pointer"].as_str().unwrap().to_owned());
        let pointers: BTreeSet<_> = pointers.collect();
        required.push("/nobody_knows_me".to_owned());
        assert_eq!(pointers, required.into_iter().collect(), "{}", operation.name());
        tried += 1;
    }
    assert!(tried > 15, "{tried}");
}
