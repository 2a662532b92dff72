//! The bank's counter: what it answers over HTTP.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::StatusCode,
    post,
    web::{Bytes, Data, Path},
};
use serde::Serialize;
use shared::payment::{
    PaymentId,
    bank::{Answer, DebitOrder, Standing},
    signature::{ANSWER, DATE_HEADER, Distrust, Message, SIGNATURE_HEADER, SealingKey},
};

use crate::{
    bank::{Bank, Reaction, forgers},
    behaviour::{BEHAVIOUR_HEADER, Behaviour},
};

/// `POST /v1/debits`: take this amount from that account.
#[post("/v1/debits")]
pub(crate) async fn debit(bank: Data<Bank>, request: HttpRequest, body: Bytes) -> HttpResponse {
    if let Err(distrust) = check(&bank, &request, &body) {
        return HttpResponse::Unauthorized().body(distrust.to_string());
    }
    let order: DebitOrder = match serde_json::from_slice(&body) {
        Ok(order) => order,
        Err(error) => return HttpResponse::BadRequest().body(error.to_string()),
    };
    let behaviour = Behaviour::of(header(&request, BEHAVIOUR_HEADER), &order.account_token);
    tracing::info!(payment.id = %order.payment_id, ?behaviour, "ordered");
    match bank.debit(order, behaviour).await {
        Ok(Reaction::Answer(answer)) => sealed(&bank, &request, StatusCode::OK, &answer),
        Ok(Reaction::Forged(answer)) => forged(&bank, &request, &answer),
        Ok(Reaction::Break) => HttpResponse::InternalServerError().finish(),
        Ok(Reaction::Hang) => std::future::pending().await,
        Err(error) => broken(&error),
    }
}

/// `GET /v1/debits/{payment_id}`: what became of it?
#[get("/v1/debits/{payment_id}")]
pub(crate) async fn query(
    bank: Data<Bank>,
    request: HttpRequest,
    payment: Path<PaymentId>,
) -> HttpResponse {
    if let Err(distrust) = check(&bank, &request, b"") {
        return HttpResponse::Unauthorized().body(distrust.to_string());
    }
    match bank.query(*payment) {
        Ok(answer) => {
            let status = match &answer {
                Answer::NoWord(no_word) => status_of(no_word.outcome),
                Answer::Word(_) => StatusCode::OK,
            };
            sealed(&bank, &request, status, &answer)
        }
        Err(error) => broken(&error),
    }
}

/// `GET /sandbox/ledger`: all debits and how often each was booked. No real bank has this.
#[get("/sandbox/ledger")]
pub(crate) async fn ledger(bank: Data<Bank>) -> HttpResponse {
    HttpResponse::Ok().json(bank.summary())
}

/// `GET /health/live`
#[get("/health/live")]
pub(crate) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "status": "up" }))
}

/// What is not known there is 404, under signature like any answer.
pub(crate) const fn status_of(standing: Standing) -> StatusCode {
    match standing {
        Standing::NotFound => StatusCode::NOT_FOUND,
        Standing::Pending => StatusCode::OK,
    }
}

pub(crate) fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

pub(crate) fn check(bank: &Bank, request: &HttpRequest, body: &[u8]) -> Result<(), Distrust> {
    let message = Message { method: request.method().as_str(), path: request.path(), body };
    let (date, signature) = (header(request, DATE_HEADER), header(request, SIGNATURE_HEADER));
    bank.client_key.check(message, date, signature, bank.clock.now())
}

/// An answer under the bank's signature.
pub(crate) fn sealed(
    bank: &Bank,
    request: &HttpRequest,
    status: StatusCode,
    answer: &impl Serialize,
) -> HttpResponse {
    match serde_json::to_vec(answer) {
        Ok(body) => signed(bank, request, status, ("application/json", body)),
        Err(error) => broken(&error.into()),
    }
}

/// An answer that looks like the bank's, and is not.
pub(crate) fn forged(bank: &Bank, request: &HttpRequest, answer: &impl Serialize) -> HttpResponse {
    match serde_json::to_vec(answer) {
        Ok(body) => {
            sealed_by(&forgers(), bank, request, StatusCode::OK, ("application/json", body))
        }
        Err(error) => broken(&error.into()),
    }
}

/// A body of any kind under the bank's signature.
pub(crate) fn signed(
    bank: &Bank,
    request: &HttpRequest,
    status: StatusCode,
    body: (&'static str, Vec<u8>),
) -> HttpResponse {
    sealed_by(&bank.key, bank, request, status, body)
}

fn sealed_by(
    key: &SealingKey,
    bank: &Bank,
    request: &HttpRequest,
    status: StatusCode,
    (kind, body): (&'static str, Vec<u8>),
) -> HttpResponse {
    let message = Message { method: ANSWER, path: request.path(), body: &body };
    let seal = key.seal(message, bank.clock.now());
    HttpResponse::build(status)
        .insert_header((DATE_HEADER, seal.date))
        .insert_header((SIGNATURE_HEADER, seal.signature))
        .content_type(kind)
        .body(body)
}

pub(crate) fn broken(error: &anyhow::Error) -> HttpResponse {
    tracing::error!("{error:#}");
    HttpResponse::InternalServerError().finish()
}
