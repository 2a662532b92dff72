//! `POST /v1/declarations`
use std::sync::Arc;

use actix_web::{HttpRequest, http::StatusCode, post};
use shared::{
    acts::{self, Filed, Filing, Receipt},
    declaration::{
        Content, examples,
        parse::{self, Submission},
    },
    identity::Permission,
    kernel::{Actor, Failure},
};

use super::out;
use crate::{
    Answer, Caller, Context,
    body::{Raw, must_be_of_type},
    problem::Problem,
    rehearsal,
    reply::Reply,
};

/// What a declaration may weigh: 999 goods lines fit well.
pub const DECLARATION_LIMIT: usize = 1024 * 1024;

/// File a declaration
///
/// The rules run inside the filing; there is no draft and no second call. The answer is the receipt: returned with
/// every defect at once (`NEEDS_CORRECTION`), waiting for an officer (`MANUAL_REVIEW`), or accepted with its number,
/// its fee notice and its draw. 201 when new; 200 with the first receipt for the same reference and content, for
/// ever; 409 for the same reference with other content, or for a delivery order that is declared already.
#[utoipa::path(
    operation_id = "fileDeclaration", tag = "declaration",
    request_body(content = Content, examples(
        ("self_declaration" = (summary = "Outside the catalogue, declared anywhere",
            value = json!(examples::self_declaration()))),
        ("wine" = (summary = "Catalogue goods", value = json!(examples::wine()))),
    )),
    responses(
        (status = 201, description = "Filed. What came of it stands in the receipt.", body = Receipt,
            example = json!(out::receipt_example())),
        (status = 200, description = "Filed before with the same content: the first receipt.",
            body = Receipt, example = json!(out::receipt_example())),
    ),
)]
#[post("/declarations")]
pub async fn handler(caller: Caller, request: HttpRequest, body: Raw<DECLARATION_LIMIT>) -> Answer {
    let submission = read(&request, &body)?;
    must_be_own(&caller.actor, &submission)?;
    let filing = Filing { actor: Arc::clone(&caller.actor), submission: Arc::new(submission) };
    let scenario = caller.scenario();
    let desk = caller.ctx.desk().rehearsing(scenario);
    if caller.has_idempotency_key() || scenario.is_some() {
        return caller
            .act(Permission::DeclarationFile, &body, async |tx, _| {
                let mut answers = acts::file_many(tx, &desk, vec![filing]).await?;
                let filed = answers.pop().ok_or(Failure::Missing("receipt"))?;
                if let (Some(scenario), Filed::New(receipt)) = (scenario, &filed) {
                    rehearsal::keep(tx, scenario, receipt).await?;
                }
                reply(&caller.ctx, filed)
            })
            .await;
    }
    caller.must_hold(Permission::DeclarationFile)?;
    let filed = caller.ctx.filer.file(desk, filing).await?;
    Ok(reply(&caller.ctx, filed)?.for_acting())
}

/// The declaration in the body, or everything for which it cannot be read as one.
pub(super) fn read(
    request: &HttpRequest,
    body: &Raw<DECLARATION_LIMIT>,
) -> Result<Submission, Problem> {
    must_be_of_type(request, "application/json")?;
    parse::parse(&body.bytes).map_err(Problem::malformed)
}

/// Nobody files in another's name: an agent files under its own number, for a consignee that empowered it.
pub(crate) fn must_be_own(actor: &Actor, submission: &Submission) -> Result<(), Failure> {
    if actor.reg_no() == Some(submission.content.reg_no()) {
        return Ok(());
    }
    Err(Failure::Forbidden("decl_reg_no is not the caller's own"))
}

fn reply(ctx: &Context, filed: Filed) -> Result<Reply, Failure> {
    let (status, receipt) = match filed {
        Filed::New(receipt) => (StatusCode::CREATED, receipt),
        Filed::Repeated(receipt) => (StatusCode::OK, receipt),
        Filed::Refused(refusal) => return Err(refusal.into()),
    };
    let location = format!("/v1/declarations/{}", receipt.id);
    // The receipt stays word for word what it was: when to ask again stands beside it.
    let pending = ctx.waiting.of_receipt(&receipt, ctx.clock.now());
    Ok(Reply { location: Some(location), ..Reply::with(status, &receipt)? }.waiting(pending))
}
