//! `POST /v1/declarations/{id}/clearance-forms`
use actix_web::post;
use shared::{
    acts::{self, WantedForm},
    declaration::DeclarationId,
    identity::Permission,
};

use super::view::{self, ClearanceFormOut, IssueIn};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// Issue a clearance form
///
/// A release officer of the release office issues it for catalogue goods whose fees are settled: after a
/// conforming result, or before it where the inspection category allows. At most one form is live.
#[utoipa::path(
    operation_id = "issueClearanceForm", tag = "clearance",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = IssueIn, example = json!({ "lines": [] })),
    responses((status = 201, description = "The clearance form that was issued.", body = ClearanceFormOut,
        example = json!(view::example()))),
)]
#[post("/declarations/{id}/clearance-forms")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: Body<IssueIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::ClearanceFormIssue, &body, async |tx, actor| {
            let wanted = WantedForm { declaration: *id, lines: body.lines.clone() };
            let form = acts::issue_clearance_form(tx, &desk.books, actor, wanted).await?;
            let location = format!("/v1/declarations/{}/clearance-forms", *id);
            Ok(Reply::created(&ClearanceFormOut::from(form), location)?)
        })
        .await
}
