//! `POST /v1/declarations/release`
use actix_web::post;
use serde::{Deserialize, Serialize};
use shared::{
    acts,
    declaration::{Declaration, DeclarationId},
    identity::Permission,
    kernel::Failure,
};
use utoipa::ToSchema;

use super::{
    out::{self, DeclarationOut},
    several::must_be_several,
};
use crate::{Answer, Caller, body::Body, problem::Problem, reply::Reply};

/// Whose goods shall go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseManyIn {
    /// Each named once.
    #[schema(value_type = Vec<uuid::Uuid>, min_items = 1, max_items = 200)]
    pub declarations: Vec<DeclarationId>,
}

/// What became of each.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReleaseManyOut {
    /// In the order in which they were named.
    #[schema(max_items = 200)]
    pub data: Vec<ReleaseOut>,
}

/// Either the declaration, released, or why it stays.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReleaseOut {
    /// As it was named.
    #[schema(value_type = uuid::Uuid)]
    pub declaration_id: DeclarationId,
    /// The declaration, released.
    pub declaration: Option<DeclarationOut>,
    /// What a request for this one alone would have been answered.
    pub problem: Option<Problem>,
}

impl ReleaseOut {
    fn of(declaration_id: DeclarationId, answer: Result<Declaration, Failure>) -> Self {
        match answer {
            Ok(done) => Self { declaration_id, declaration: Some(done.into()), problem: None },
            Err(failure) => {
                Self { declaration_id, declaration: None, problem: Some(failure.into()) }
            }
        }
    }
}

/// Release the goods of many
///
/// What a release officer ticked in the work list, at once: each goes or stays for itself, by the same rules as one
/// alone, and the answer says which. What goes is kept together.
#[utoipa::path(
    operation_id = "releaseDeclarations", tag = "declaration",
    request_body(content = ReleaseManyIn, example = json!({ "declarations": [out::example()["id"]] })),
    responses((status = 200, description = "What became of each of them.", body = ReleaseManyOut,
        example = json!({ "data": [{ "declaration_id": out::example()["id"], "declaration": out::example(),
            "problem": null }] }))),
)]
#[post("/declarations/release")]
pub async fn handler(caller: Caller, body: Body<ReleaseManyIn>) -> Answer {
    caller
        .act(Permission::DeclarationRelease, &body, async |tx, actor| {
            must_be_several(&body.declarations, "/declarations", "")?;
            let answers = acts::release_many(tx, actor, &body.declarations).await?;
            let each = body.declarations.iter().copied().zip(answers);
            let data = each.map(|(id, answer)| ReleaseOut::of(id, answer)).collect();
            Ok(Reply::ok(&ReleaseManyOut { data })?)
        })
        .await
}
