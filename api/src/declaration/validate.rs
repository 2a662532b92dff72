//! `POST /v1/declarations/validate`
use actix_web::{HttpRequest, post};
use serde::Serialize;
use shared::{
    acts,
    declaration::{Content, Kind, Verdict, examples},
    identity::Permission,
    kernel::{Violations, calendar},
};
use utoipa::ToSchema;

use super::file::{DECLARATION_LIMIT, must_be_own, read};
use crate::{Answer, Caller, body::Raw, reply::Reply};

/// What would come of a declaration if it were filed now.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProspectOut {
    /// What the review decides.
    pub outcome: Verdict,
    /// In the statutory catalogue or outside of it.
    pub kind: Kind,
    /// The office that would inspect it.
    #[schema(max_length = 6)]
    pub insp_org: Option<String>,
    /// Everything that would be found, all at once.
    #[schema(value_type = Vec<shared::kernel::Violation>, max_items = 10000)]
    pub defects: Violations,
}

/// Validate a declaration
///
/// Runs the same rules as filing does and keeps nothing: no number, no draw, no claim on the delivery order.
#[utoipa::path(
    operation_id = "validateDeclaration", tag = "declaration",
    request_body(content = Content, example = json!(examples::self_declaration())),
    responses((status = 200, description = "What filing it would bring.", body = ProspectOut,
        example = json!({ "outcome": "ACCEPT", "kind": "OUTSIDE_CATALOGUE", "insp_org": "310700",
            "defects": [] }))),
)]
#[post("/declarations/validate")]
pub async fn handler(caller: Caller, request: HttpRequest, body: Raw<DECLARATION_LIMIT>) -> Answer {
    let submission = read(&request, &body)?;
    must_be_own(&caller.actor, &submission)?;
    let desk = caller.ctx.desk();
    let today = calendar::day_of(caller.ctx.clock.now());
    caller
        .look(Permission::DeclarationFile, async |conn, _| {
            let review = acts::review_only(conn, &desk, &submission, today).await?;
            Ok(Reply::ok(&ProspectOut {
                outcome: review.verdict(),
                kind: review.facts.kind,
                insp_org: review.facts.insp_org,
                defects: review.findings,
            })?)
        })
        .await
}
