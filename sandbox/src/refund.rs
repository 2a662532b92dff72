//! Refunds at the bank's counter: each number is booked once, however often it comes, and never above what is left of
//! the booking that it gives back.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::StatusCode,
    post,
    web::{Bytes, Data, Path},
};
use shared::{
    kernel::{Fen, id},
    payment::{
        RefundId,
        bank::{
            FailureCode, NoRefundWord, Outcome, RefundAnswer, RefundOrder, RefundWord, Standing,
        },
    },
};

use crate::{
    bank::{Bank, Reaction, SLOWNESS},
    behaviour::{BEHAVIOUR_HEADER, Behaviour},
    counter::{broken, check, forged, header, sealed, status_of},
};

/// `POST /v1/refunds`: give this amount of that booking back.
#[post("/v1/refunds")]
pub(crate) async fn give_back(bank: Data<Bank>, request: HttpRequest, body: Bytes) -> HttpResponse {
    if let Err(distrust) = check(&bank, &request, &body) {
        return HttpResponse::Unauthorized().body(distrust.to_string());
    }
    let order: RefundOrder = match serde_json::from_slice(&body) {
        Ok(order) => order,
        Err(error) => return HttpResponse::BadRequest().body(error.to_string()),
    };
    match bank.refund(&order, header(&request, BEHAVIOUR_HEADER)).await {
        Ok(Reaction::Answer(answer)) => sealed(&bank, &request, StatusCode::OK, &answer),
        Ok(Reaction::Forged(answer)) => forged(&bank, &request, &answer),
        Ok(Reaction::Break) => HttpResponse::InternalServerError().finish(),
        Ok(Reaction::Hang) => std::future::pending().await,
        Err(error) => broken(&error),
    }
}

/// `GET /v1/refunds/{refund_id}`: what became of it?
#[get("/v1/refunds/{refund_id}")]
pub(crate) async fn query(
    bank: Data<Bank>,
    request: HttpRequest,
    refund: Path<RefundId>,
) -> HttpResponse {
    if let Err(distrust) = check(&bank, &request, b"") {
        return HttpResponse::Unauthorized().body(distrust.to_string());
    }
    match bank.query_refund(*refund) {
        Ok(answer) => {
            let status = match &answer {
                RefundAnswer::NoWord(no_word) => status_of(no_word.outcome),
                RefundAnswer::Word(_) => StatusCode::OK,
            };
            sealed(&bank, &request, status, &answer)
        }
        Err(error) => broken(&error),
    }
}

impl Bank {
    async fn refund(
        &self,
        order: &RefundOrder,
        header: Option<&str>,
    ) -> anyhow::Result<Reaction<RefundAnswer>> {
        let account = self.ledger().account(order.payment_id).cloned();
        let token = account.map(|account| account.order.account_token).unwrap_or_default();
        let behaviour = Behaviour::of_refund(header, &token);
        tracing::info!(refund.id = %order.refund_id, ?behaviour, "refund ordered");
        if behaviour == Behaviour::Silent {
            return Ok(Reaction::Hang);
        }
        if let Some(known) = self.ledger().refund(order.refund_id).cloned() {
            return Ok(Reaction::Answer(known.answer()));
        }
        self.ledger().refund_ordered(order.clone(), behaviour)?;
        if behaviour == Behaviour::Unknown {
            return Ok(Reaction::Break);
        }
        if behaviour == Behaviour::Slow {
            tokio::time::sleep(SLOWNESS).await;
        }
        let word = self.settle_refund(order, behaviour)?;
        if behaviour == Behaviour::Timeout {
            return Ok(Reaction::Hang);
        }
        let answer = RefundAnswer::Word(word);
        let is_forged = behaviour == Behaviour::Forged;
        Ok(if is_forged { Reaction::Forged(answer) } else { Reaction::Answer(answer) })
    }

    fn query_refund(&self, id: RefundId) -> anyhow::Result<RefundAnswer> {
        self.ledger().refund_queried(id)?;
        let Some(refund) = self.ledger().refund(id).cloned() else {
            let outcome = Standing::NotFound;
            return Ok(RefundAnswer::NoWord(NoRefundWord { refund_id: id, outcome }));
        };
        if refund.word.is_none() && refund.queries > 2 {
            let word = self.settle_refund(&refund.order, refund.behaviour)?;
            return Ok(RefundAnswer::Word(word));
        }
        Ok(refund.answer())
    }

    /// Reaches a last word and writes it down.
    fn settle_refund(
        &self,
        order: &RefundOrder,
        behaviour: Behaviour,
    ) -> anyhow::Result<RefundWord> {
        let now = self.clock.now();
        let left = self.ledger().left_of(order.payment_id, &order.bank_ref);
        let failure_code = match (behaviour, left, order.amount.in_fen()) {
            (Behaviour::Refuse, ..) => Some(FailureCode::Agreement),
            (_, None, _) => Some(FailureCode::NotFound),
            (_, Some(left), Some(asked)) if asked > Fen(0) && asked <= left => None,
            _ => Some(FailureCode::OverLimit),
        };
        let word = RefundWord {
            refund_id: order.refund_id,
            outcome: if failure_code.is_some() { Outcome::Failed } else { Outcome::Success },
            bank_ref: format!("R{}", id::mint(now).simple()),
            amount: order.amount.clone(),
            failure_code,
            bank_time: now,
        };
        self.ledger().refund_settled(word.clone())?;
        Ok(word)
    }
}
