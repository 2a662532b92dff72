//! Doors that no real bank has: what is in an account, what is wrong with statements, how long the counter is shut, and
//! the sign on it.
use actix_web::{
    Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::RETRY_AFTER,
    middleware::Next,
    post,
    web::{Data, Json},
};
use serde::Deserialize;
use shared::kernel::money::Amount;

use crate::{bank::Bank, statement::Plant};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Funding {
    account_token: String,
    balance: Amount,
}

/// `POST /sandbox/accounts`: an account holds so much, and no more than that is taken from it.
#[post("/sandbox/accounts")]
pub(crate) async fn fund(bank: Data<Bank>, funding: Json<Funding>) -> HttpResponse {
    let Funding { account_token, balance } = funding.into_inner();
    let Some(fen) = balance.in_fen() else {
        return HttpResponse::BadRequest().body("balance: an amount of CNY");
    };
    match bank.fund(&account_token, fen) {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

/// `POST /sandbox/plants`: lets the statements that come be wrong in these ways, or, with none, right.
#[post("/sandbox/plants")]
pub(crate) async fn plant(bank: Data<Bank>, plants: Json<Vec<Plant>>) -> HttpResponse {
    bank.plant(&plants);
    HttpResponse::NoContent().finish()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Maintenance {
    seconds: u32,
}

/// `POST /sandbox/maintenance`: the counter is shut for so long, by the shared clock; 0 opens it.
#[post("/sandbox/maintenance")]
pub(crate) async fn maintain(bank: Data<Bank>, maintenance: Json<Maintenance>) -> HttpResponse {
    bank.close_for(chrono::Duration::seconds(maintenance.seconds.into()));
    HttpResponse::NoContent().finish()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reversal {
    bank_ref: String,
}

/// `POST /sandbox/reversals`: the bank takes a booking back, and calls.
#[post("/sandbox/reversals")]
pub(crate) async fn reverse(bank: Data<Bank>, reversal: Json<Reversal>) -> HttpResponse {
    match bank.take_back(&reversal.bank_ref) {
        Ok(true) => HttpResponse::NoContent().finish(),
        Ok(false) => HttpResponse::NotFound().body("bank_ref: no such booking"),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

/// The sign on the counter: while it is shut all that a real bank has is 503.
pub(crate) async fn sign(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let is_closed = request.app_data::<Data<Bank>>().is_some_and(|bank| bank.is_closed());
    if is_closed && request.path().starts_with("/v1/") {
        let away = HttpResponse::ServiceUnavailable()
            .insert_header((RETRY_AFTER, "60"))
            .body("in maintenance");
        return Ok(request.into_response(away).map_into_left_body());
    }
    Ok(next.call(request).await?.map_into_right_body())
}
