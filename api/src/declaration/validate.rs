//! `POST /v1/declarations/validate`
use actix_web::{HttpRequest, post};
use serde::Serialize;
use shared::{
    acts::{self, Filing, Prospect},
    declaration::{Content, Kind},
    identity::Permission,
    kernel::Violations,
};
use utoipa::ToSchema;
use std::sync::Arc;

use super::{
    file::{DECLARATION_LIMIT, must_be_own, read},
    view,
};
use crate::{Answer, Caller, body::Raw, reply::Reply};

/// What would come of a declaration if it were filed now.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProspectOut {
    /// `NEEDS_CORRECTION`, `MANUAL_REVIEW` or `ACCEPTED`.
    pub outcome: Prospect,
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
    request_body(content = Content, example = json!(view::examples::self_declaration())),
    responses((status = 200, description = "What filing it would bring.", body = ProspectOut,
        example = json!({ "outcome": "ACCEPTED", "kind": "OUTSIDE_CATALOGUE", "insp_org": "310700",
            "defects": [] }))),
)]
#[post("/declarations/validate")]
pub async fn handler(
    caller: Caller,
    request: HttpRequest,
    body: Raw<DECLARATION_LIMIT>,
) -> Answer {
    let submission = read(&request, &body)?;
    must_be_own(&caller.actor, &submission)?;
    let filing = Filing { actor: Arc::clone(&caller.actor), submission };
    let desk = caller.ctx.desk();
    caller
        .look(Permission::DeclarationFile, async |conn, _| {
            let today = shared::kernel::calendar::day_of(caller.ctx.clock.now());
            let review = acts::review_only(conn, &desk, filing, today).await?;
            Ok(Reply::ok(&ProspectOut {
                outcome: review.prospect(),
                kind: review.kind(),
                insp_org: review.insp_org().map(str::to_owned),
                defects: review.findings,
            })?)
        })
        .await
}
