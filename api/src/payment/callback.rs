//! `POST /v1/bank/callback`
use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use serde::Serialize;
use shared::payment::{PaymentId, bank::Word};
use utoipa::ToSchema;

use crate::{
    Answer, Context,
    body::{Raw, must_be_of_type, parse},
    problem::Problem,
};

/// The word was heard, now or before.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeardOut {
    /// The payment it was about.
    #[schema(value_type = Uuid)]
    pub payment_id: PaymentId,
}

/// Tell how a debit ended
///
/// For the bank alone: signed with its key instead of a token (`docs/bank.md`). It may come twice, late, or before
/// the answer to the debit itself.
#[utoipa::path(
    operation_id = "hearBank", tag = "payment", security(("bank_signature" = [])),
    params(
        ("signature-date" = DateTime<Utc>, Header, description = "When it was signed; at most five minutes off."),
        ("signature-ed25519" = String, Header, description = "Base64 of the signature over method, path, date and body.",
            min_length = 88, max_length = 88, pattern = "^[0-9A-Za-z+/]{86}==$"),
    ),
    request_body(content = Word, example = json!({
        "payment_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c61", "outcome": "SUCCESS",
        "bank_ref": "B20140512000017", "amount": { "amount": "484.00", "currency": "CNY" },
        "bank_time": "2014-05-12T02:05:31Z"
    })),
    responses((status = 200, description = "It was heard, now or before.", body = HeardOut,
        example = json!({ "payment_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c61" }))),
)]
#[post("/bank/callback")]
pub async fn handler(ctx: Data<Context>, request: HttpRequest, body: Raw<16384>) -> Answer {
    if let Err(distrust) = ctx.bank.check(&request, &body.bytes, ctx.clock.now()) {
        return Err(Problem::unauthenticated().detail(distrust));
    }
    must_be_of_type(&request, "application/json")?;
    let word: Word = parse(&body.bytes)?;
    let payment_id = word.payment_id;
    ctx.listener.hear(word).await?;
    Ok(HttpResponse::Ok().json(HeardOut { payment_id }))
}
