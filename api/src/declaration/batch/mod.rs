//! `POST /v1/declarations/batch`: many filings in one request, each answered as if it had come alone.
mod item;
mod lines;
mod stream;

use actix_web::{FromRequest as _, HttpRequest, post, web};
use serde::{Deserialize, Serialize};
use serde_json::{json, value::RawValue};
use shared::{
    declaration::{Content, examples},
    identity::Permission,
};
use utoipa::ToSchema;

pub use item::BatchItemOut;

use super::out;
use crate::{
    Answer, Caller,
    body::{Raw, must_be_of_type, one_error},
    problem::Problem,
    reply::Reply,
};

/// How many declarations one batch holds.
const MOST: usize = 200;
/// What they may weigh together.
const BATCH_LIMIT: usize = 16 * 1024 * 1024;

const NDJSON: &str = "application/x-ndjson";

/// Declarations to be filed one after the other.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the contract describes it; items are read one by one")]
struct BatchIn {
    /// Each as it would be sent alone.
    #[schema(min_items = 1, max_items = 200)]
    items: Vec<Content>,
}

/// The same, each item as it was written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Items<'a> {
    #[serde(borrow)]
    items: Vec<&'a RawValue>,
}

/// What became of each declaration of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchOut {
    /// In the order of the items.
    #[schema(max_items = 200)]
    pub data: Vec<BatchItemOut>,
}

/// Lines of JSON (NDJSON), each a whole document.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 1_073_741_824)]
#[expect(dead_code, reason = "the contract describes it, the wire carries lines")]
struct Lines(String);

/// File many declarations
///
/// Up to 200 at once, each answered with the status, and the receipt or problem, that it would have got alone and in
/// its turn: one that is refused does not hold up its neighbours, and a reference that comes twice is answered twice.
/// What is filed is kept together. As `application/x-ndjson` there is no end to them: one declaration a line, of at
/// most 1 MiB, filed while they come and answered line by line; read the answer while you send. An `Idempotency-Key` is
/// for a batch, not for a stream, whose lines are safe to send again by their references.
#[utoipa::path(
    operation_id = "fileDeclarations", tag = "declaration",
    request_body(
        description = "The declarations, in JSON or as lines of it.",
        content(
            (BatchIn = "application/json", example = json!({ "items": [examples::self_declaration(), examples::wine()] })),
            (Lines = "application/x-ndjson", example = json!(format!("{}\n{}\n", examples::self_declaration(), examples::wine()))),
        ),
    ),
    responses((status = 200, description = "What became of each of them, in their order.", content(
        (BatchOut = "application/json", example = json!({ "data": [item_example()] })),
        (Lines = "application/x-ndjson", example = json!(format!("{}\n", line_example()))),
    ))),
)]
#[post("/declarations/batch")]
pub async fn handler(caller: Caller, request: HttpRequest, payload: web::Payload) -> Answer {
    if must_be_of_type(&request, NDJSON).is_ok() {
        caller.must_hold(Permission::DeclarationFile)?;
        return stream::answer(caller, &request, payload);
    }
    must_be_of_type(&request, "application/json")
        .map_err(|_| Problem::unsupported_media_type("application/json or application/x-ndjson"))?;
    let body = Raw::<BATCH_LIMIT>::from_request(&request, &mut payload.into_inner()).await?;
    let items = read(&body)?;
    let desk = caller.ctx.desk();
    caller
        .act(Permission::DeclarationFile, &body, async |tx, _| {
            let items = items.iter().map(|item| item::read(&caller.actor, item.get().as_bytes()));
            let data = item::file_all(tx, &desk, items.collect()).await?;
            Ok(Reply::ok(&BatchOut { data })?)
        })
        .await
}

fn read(body: &Raw<BATCH_LIMIT>) -> Result<Vec<&RawValue>, Problem> {
    let items = serde_json::from_slice::<Items<'_>>(&body.bytes).map_err(|error| {
        one_error("", "json-malformed", "请求体不是所要求的JSON", &error.to_string())
    })?;
    if items.items.is_empty() || items.items.len() > MOST {
        let en = "a batch has 1 to 200 items; a stream or an import takes more";
        return Err(one_error("/items", "count-out-of-range", "一批为1至200份报检", en));
    }
    Ok(items.items)
}

fn item_example() -> serde_json::Value {
    let receipt = out::receipt_example();
    let location = format!("/v1/declarations/{}", receipt["id"].as_str().unwrap_or_default());
    json!({ "status": 201, "location": location, "receipt": receipt, "problem": null })
}

fn line_example() -> serde_json::Value {
    let mut line = item_example();
    line["line"] = json!(1);
    line
}
