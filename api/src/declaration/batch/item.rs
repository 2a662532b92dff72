//! One declaration among many: read, filed and answered like a lone one.
use std::sync::Arc;

use actix_web::http::StatusCode;
use serde::Serialize;
use shared::{
    acts::{self, Desk, Filed, Filing, Receipt},
    declaration::parse,
    kernel::{Actor, Failure},
    ledger::Tx,
};
use utoipa::ToSchema;

use crate::{
    declaration::file::{DECLARATION_LIMIT, must_be_own},
    problem::Problem,
};

/// What the declaration would have been answered alone: a receipt or a problem.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchItemOut {
    /// The HTTP status: 201 filed, 200 filed before, 400, 403, 409 or 413 not filed.
    #[schema(minimum = 200, maximum = 599)]
    pub status: u16,
    /// Where the declaration is.
    #[schema(max_length = 200)]
    pub location: Option<String>,
    /// What was filed, now or before.
    pub receipt: Option<Receipt>,
    /// Why it was not filed.
    pub problem: Option<Problem>,
}

impl From<Problem> for BatchItemOut {
    fn from(problem: Problem) -> Self {
        Self { status: problem.status, location: None, receipt: None, problem: Some(problem) }
    }
}

impl From<Filed> for BatchItemOut {
    fn from(filed: Filed) -> Self {
        let (status, receipt) = match filed {
            Filed::New(receipt) => (StatusCode::CREATED, receipt),
            Filed::Repeated(receipt) => (StatusCode::OK, receipt),
            Filed::Refused(refusal) => return Problem::from(Failure::from(refusal)).into(),
        };
        let location = Some(format!("/v1/declarations/{}", receipt.id));
        Self { status: status.as_u16(), location, receipt: Some(receipt), problem: None }
    }
}

/// The filing that some bytes are, or what they would have been answered alone.
pub(super) fn read(actor: &Arc<Actor>, bytes: &[u8]) -> Result<Filing, Problem> {
    if bytes.len() > DECLARATION_LIMIT {
        return Err(Problem::too_large(DECLARATION_LIMIT));
    }
    let submission = parse::parse(bytes).map_err(Problem::malformed)?;
    must_be_own(actor, &submission)?;
    Ok(Filing { actor: Arc::clone(actor), submission: Arc::new(submission) })
}

/// Files those that could be read, in their turn, and answers all.
pub(super) async fn file_all(
    tx: &mut Tx,
    desk: &Desk,
    items: Vec<Result<Filing, Problem>>,
) -> Result<Vec<BatchItemOut>, Failure> {
    let filings = items.iter().filter_map(|item| item.as_ref().ok().cloned()).collect();
    let mut filed = acts::file_in_turn(tx, desk, filings).await?.into_iter();
    let answer = |item: Result<Filing, Problem>| match item {
        Ok(_) => filed.next().map(BatchItemOut::from),
        Err(problem) => Some(problem.into()),
    };
    let answers: Option<Vec<_>> = items.into_iter().map(answer).collect();
    answers.ok_or_else(|| anyhow::anyhow!("a filing without an answer").into())
}
