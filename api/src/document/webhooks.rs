//! What we call: one webhook for each public event type, and the challenge before them.
use serde_json::{Map, Value, json};
use shared::notification::{
    payload,
    types::{self, EventType},
};

/// What stands in the head. Not as parameters: generators make clients of webhooks, and those of theirs that read
/// parameters there make programs that do not compile.
const HEAD: &str = "In the head: `webhook-id`, the same over all attempts; `webhook-timestamp`, when this attempt was made, in \
    seconds since 1970; `webhook-signature`, by `v1` and `v1a`, with blanks between.";

/// All of them, by their names.
pub(super) fn section() -> Value {
    let mut webhooks: Map<String, Value> =
        types::ALL.iter().map(|kind| (kind.name.to_owned(), told(kind))).collect();
    webhooks.insert("webhook.challenge".to_owned(), challenge());
    webhooks.into()
}

fn told(kind: &EventType) -> Value {
    let description = format!("{} ({})", kind.meaning_en, kind.meaning_zh);
    webhook(
        kind.name,
        &description,
        &json!({ "$ref": "#/components/schemas/EventPayload" }),
        &payload::example(kind),
        &json!({
            "204": { "description": "It was taken; any other 2xx will do as well." },
            "default": { "description": "A failure, and tried again. 410 disables the endpoint; 429 and 503 may ask \
                for a pause, by `Retry-After`." },
        }),
    )
}

fn challenge() -> Value {
    let text = json!({ "type": "string", "maxLength": 100 });
    let says = |members: Value, required: Value| json!({ "type": "object", "properties": members, "required": required });
    let data = says(json!({ "challenge": text }), json!(["challenge"]));
    let schema = says(
        json!({
            "type": { "type": "string", "const": "webhook.challenge" },
            "timestamp": { "type": "string", "format": "date-time" },
            "data": data,
        }),
        json!(["type", "timestamp", "data"]),
    );
    let said = json!({ "challenge": "pbLEGJsd3nCHjTXaG4jOlFGJh3rXzfSJmCvZ2tPQvX8=" });
    let example =
        json!({ "type": "webhook.challenge", "timestamp": "2014-05-12T02:20:00Z", "data": said });
    let back = json!({
        "schema": says(json!({ "challenge": text }), json!(["challenge"])), "example": said,
    });
    webhook(
        "webhook.challenge",
        "An address has to say `data.challenge` back before it is told anything.",
        &schema,
        &example,
        &json!({ "200": {
            "description": "The challenge, said back.", "content": { "application/json": back },
        } }),
    )
}

fn webhook(
    name: &str,
    description: &str,
    schema: &Value,
    example: &Value,
    responses: &Value,
) -> Value {
    let operation: String = name.split(['.', '_']).map(capital).collect();
    json!({ "post": {
        "operationId": format!("on{operation}"),
        "tags": ["notification"],
        "summary": name,
        "description": format!("{description}\n\n{HEAD}"),
        "security": [],
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": schema, "example": example } },
        },
        "responses": responses,
    } })
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
