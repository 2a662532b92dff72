//! What other bureaus find at this one: its keys, and the door at which messages are brought.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{CONTENT_TYPE, LOCATION},
    post,
    web::{Bytes, Data},
};
use serde::Deserialize;
use serde_json::json;
use shared::{
    exchange::{
        Envelope,
        keys::{BUREAU_HEADER, KEY_HEADER},
    },
    kernel::signature::{DATE_HEADER, Message, SIGNATURE_HEADER},
};

use super::{bureau::Bureau, manner::Answer};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Messages {
    messages: Vec<Envelope>,
}

/// `GET /v1/exchange/keys`
#[get("/v1/exchange/keys")]
pub(super) async fn keys(bureau: Data<Bureau>) -> HttpResponse {
    let own = &bureau.voice().keys;
    let keys = own.public().map(|(key_id, key)| json!({ "key_id": key_id, "public_key": key }));
    HttpResponse::Ok().json(json!({ "bureau": own.bureau(), "keys": keys.collect::<Vec<_>>() }))
}

/// `POST /v1/exchange/messages`
#[post("/v1/exchange/messages")]
pub(super) async fn bring(bureau: Data<Bureau>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let path = request.uri().path_and_query().map_or(request.path(), |whole| whole.as_str());
    let sent = Message { method: "POST", path, body: &body };
    let seal = [BUREAU_HEADER, KEY_HEADER, DATE_HEADER, SIGNATURE_HEADER].map(header);
    if !bureau.believes(sent, seal).await {
        return HttpResponse::Unauthorized().finish();
    }
    let messages = match read(header(CONTENT_TYPE.as_str()).unwrap_or_default(), &body) {
        Ok(messages) if (1..=1000).contains(&messages.len()) => messages,
        Ok(_) => return HttpResponse::BadRequest().body("1 to 1,000 messages"),
        Err(error) => return HttpResponse::BadRequest().body(error.to_string()),
    };
    tracing::info!(messages = messages.len(), "brought");
    match bureau.take(&messages).await {
        Ok(Answer::Body(status, body)) => answer(status, body),
        Ok(Answer::After(late, body)) => {
            tokio::time::sleep(late).await;
            answer(200, body)
        }
        Ok(Answer::Elsewhere) => {
            HttpResponse::TemporaryRedirect().insert_header((LOCATION, "/sandbox/inbox")).finish()
        }
        Ok(Answer::Never) => std::future::pending().await,
        Err(error) => {
            tracing::error!("{error:#}");
            HttpResponse::InternalServerError().finish()
        }
    }
}

fn read(kind: &str, body: &[u8]) -> serde_json::Result<Vec<Envelope>> {
    if kind != "application/x-ndjson" {
        return Ok(serde_json::from_slice::<Messages>(body)?.messages);
    }
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    lines.map(serde_json::from_slice).collect()
}

fn answer(status: u16, body: Vec<u8>) -> HttpResponse {
    let status = status.try_into().unwrap_or_default();
    HttpResponse::build(status).content_type("application/json").body(body)
}
