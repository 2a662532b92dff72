//! `POST /v1/test/payments/{id}/bank-says`
use actix_web::post;
use serde::Deserialize;
use shared::{
    identity::Permission,
    kernel::{Failure, Violations, money::Amount},
    payment::{
        self, PaymentId,
        bank::{FailureCode, Outcome, Word},
    },
};
use utoipa::ToSchema;

use crate::{
    Answer, Caller,
    body::{Body, Path},
    payment::view::{self, PaymentOut},
    reply::Reply,
};

/// What the bank is to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SayIn {
    /// How the debit ended.
    pub outcome: Outcome,
    /// How often it is to say so.
    #[serde(default = "once")]
    #[schema(example = 2, minimum = 1, maximum = 5)]
    pub times: u8,
}

const fn once() -> u8 {
    1
}

/// Play the bank
///
/// Says of one payment how it ended, as the bank's callback does, once or several times. Only the first counts.
#[utoipa::path(
    operation_id = "playBank", tag = "test",
    params(("id" = PaymentId, Path, description = "The id of the payment.")),
    request_body(content = SayIn, example = json!({ "outcome": "SUCCESS", "times": 2 })),
    responses((status = 200, description = "The payment after the bank has spoken.", body = PaymentOut,
        example = json!(view::example_payment()))),
)]
#[post("/test/payments/{id}/bank-says")]
pub async fn handler(caller: Caller, id: Path<PaymentId>, body: Body<SayIn>) -> Answer {
    caller.must_hold(Permission::TestPlay)?;
    checked(body.times).map_err(Failure::from)?;
    let ctx = caller.ctx.clone();
    let paying = {
        let mut conn = ctx.pool.acquire().await?;
        payment::payment(&mut conn, &caller.actor, *id).await?
    };
    let word = Word {
        payment_id: *id,
        outcome: body.outcome,
        // One booking, one reference: said again, it is the same word.
        bank_ref: format!("TEST-{}", id.0.0.simple()),
        amount: Amount::from(paying.amount),
        failure_code: (body.outcome == Outcome::Failed).then_some(FailureCode::InsufficientFunds),
        bank_time: ctx.clock.now(),
    };
    for _ in 0..body.times {
        ctx.listener.hear(word.clone()).await?;
    }
    caller
        .look(Permission::TestPlay, async |conn, actor| {
            let payment = payment::payment(conn, actor, *id).await?;
            Ok(Reply::ok(&PaymentOut::from(payment))?)
        })
        .await
}

fn checked(times: u8) -> Result<(), Violations> {
    let mut violations = Violations::default();
    if !(1..=5).contains(&times) {
        violations.error("/times", "out-of-range", "1至5次", "one to five times");
    }
    violations.finish(Some(()))
}
