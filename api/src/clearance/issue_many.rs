//! `POST /v1/declarations/clearance-forms`
use actix_web::post;
use serde::{Deserialize, Serialize};
use shared::{
    acts::{self, WantedForm, WantedLine},
    clearance::Form,
    declaration::DeclarationId,
    identity::Permission,
    kernel::Failure,
};
use utoipa::ToSchema;

use super::view::{self, ClearanceFormOut};
use crate::{
    Answer, Caller, body::Body, declaration::several::must_be_several, problem::Problem,
    reply::Reply,
};

/// Whose forms shall be issued.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueManyIn {
    /// Each declaration named once.
    #[schema(min_items = 1, max_items = 200)]
    pub forms: Vec<WantedFormIn>,
}

/// One form of those that are wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedFormIn {
    /// Whose form.
    #[schema(value_type = uuid::Uuid)]
    pub declaration_id: DeclarationId,
    /// Lines cleared with less than was declared; every other line is cleared in full.
    #[serde(default)]
    #[schema(value_type = Vec<WantedLine>, max_items = 999)]
    pub lines: Vec<WantedLine>,
}

/// What became of each.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssueManyOut {
    /// In the order in which they were named.
    #[schema(max_items = 200)]
    pub data: Vec<IssueOut>,
}

/// Either the form, or why there is none.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssueOut {
    /// As it was named.
    #[schema(value_type = uuid::Uuid)]
    pub declaration_id: DeclarationId,
    /// The form that was issued.
    pub form: Option<ClearanceFormOut>,
    /// What a request for this one alone would have been answered.
    pub problem: Option<Problem>,
}

impl IssueOut {
    fn of(declaration_id: DeclarationId, answer: Result<Form, Failure>) -> Self {
        match answer {
            Ok(form) => Self { declaration_id, form: Some(form.into()), problem: None },
            Err(failure) => Self { declaration_id, form: None, problem: Some(failure.into()) },
        }
    }
}

/// Issue many clearance forms
///
/// What a release officer ticked in the work list, at once: each gets its form or stays without for itself, by the
/// same rules as one alone, and the answer says which. What is issued is kept together.
#[utoipa::path(
    operation_id = "issueClearanceForms", tag = "clearance",
    request_body(content = IssueManyIn, example = json!({
        "forms": [{ "declaration_id": view::example()["declaration_id"] }] })),
    responses((status = 200, description = "What became of each of them.", body = IssueManyOut,
        example = json!({ "data": [{ "declaration_id": view::example()["declaration_id"],
            "form": view::example(), "problem": null }] }))),
)]
#[post("/declarations/clearance-forms")]
pub async fn handler(caller: Caller, body: Body<IssueManyIn>) -> Answer {
    let ids: Vec<_> = body.forms.iter().map(|form| form.declaration_id).collect();
    let desk = caller.ctx.desk();
    caller
        .act(Permission::ClearanceFormIssue, &body, async |tx, actor| {
            must_be_several(&ids, "/forms", "/declaration_id")?;
            let wanted = body.forms.iter().map(|form| WantedForm {
                declaration: form.declaration_id,
                lines: form.lines.clone(),
            });
            let wanted = wanted.collect();
            let answers = acts::issue_clearance_forms(tx, &desk.books, actor, wanted).await?;
            let each = ids.iter().copied().zip(answers);
            let data = each.map(|(id, answer)| IssueOut::of(id, answer)).collect();
            Ok(Reply::ok(&IssueManyOut { data })?)
        })
        .await
}
