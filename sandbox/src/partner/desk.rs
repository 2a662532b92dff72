//! Where the bureau is told what to do. No real bureau has this.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Json},
};
use serde::Deserialize;
use serde_json::json;
use shared::exchange::Envelope;

use super::{
    bureau::{Bureau, Saying},
    fault::Fault,
    manner::Manner,
};

/// `{"manner": "silent"}`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Behave {
    manner: Manner,
}

/// Messages to be said in one call: new ones, after some that were said before.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Say {
    #[serde(default)]
    again: Vec<Envelope>,
    #[serde(default)]
    messages: Vec<Saying>,
    #[serde(default)]
    fault: Fault,
    /// As NDJSON.
    #[serde(default)]
    lines: bool,
}

/// `POST /sandbox/manner`: how it takes what is brought from now on.
#[post("/sandbox/manner")]
pub(super) async fn behave(bureau: Data<Bureau>, wanted: Json<Behave>) -> HttpResponse {
    tracing::info!(manner = ?wanted.manner, "behaves");
    bureau.behave(wanted.manner);
    HttpResponse::NoContent().finish()
}

/// `POST /sandbox/say`: says messages to Anyport. The answer has them as they were meant, and what Anyport answered to
/// each call, or why it did not.
#[post("/sandbox/say")]
pub(super) async fn say(bureau: Data<Bureau>, wanted: Json<Say>) -> HttpResponse {
    let Say { again, messages, fault, lines } = wanted.into_inner();
    let mut said = again;
    match bureau.compose(&messages) {
        Ok(new) => said.extend(new),
        Err(error) => return HttpResponse::BadRequest().body(format!("{error:#}")),
    }
    let heard = bureau.say(&said, fault, lines).await;
    let unanswered = heard.as_ref().err().map(|error| format!("{error:#}"));
    let heard = heard.unwrap_or_default();
    HttpResponse::Ok().json(json!({ "messages": said, "heard": heard, "unanswered": unanswered }))
}

/// `POST /sandbox/fetch`: comes for what waits at Anyport, and brings receipts as its manner has it.
#[post("/sandbox/fetch")]
pub(super) async fn fetch(bureau: Data<Bureau>) -> HttpResponse {
    match bureau.fetch().await {
        Ok(heard) => HttpResponse::Ok().json(json!({ "heard": heard })),
        Err(error) => {
            HttpResponse::BadGateway().json(json!({ "unanswered": format!("{error:#}") }))
        }
    }
}

/// `GET /sandbox/inbox`: all messages that it stored, and how often each was brought.
#[get("/sandbox/inbox")]
pub(super) async fn inbox(bureau: Data<Bureau>) -> HttpResponse {
    HttpResponse::Ok().json(bureau.inbox())
}
