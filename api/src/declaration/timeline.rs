//! `GET /v1/declarations/{id}/timeline`
use actix_web::get;
use serde::Serialize;
use serde_json::json;
use shared::{
    declaration::{DeclarationId, service},
    identity::Permission,
    ledger::Happening,
};
use utoipa::ToSchema;

use crate::{Answer, Caller, body::Path, reply::Reply};

/// All that happened to a declaration.
#[derive(Debug, Serialize, ToSchema)]
pub struct Timeline {
    /// Oldest first.
    #[schema(max_items = 10000)]
    pub data: Vec<Happening>,
}

/// Get a declaration's timeline
///
/// Every step with its moment, actor, office, reason and the state before it. Nothing in it ever changes.
#[utoipa::path(
    operation_id = "getDeclarationTimeline", tag = "declaration",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    responses((status = 200, description = "What happened, oldest first.", body = Timeline,
        example = json!({ "data": [{
            "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c4e", "at": "2014-05-12T02:20:00Z",
            "kind": "declaration.accepted", "actor_kind": "CLIENT",
            "actor_id": "01910a5e-0000-7b3a-9c55-0d6d1a2b3c4d", "organisation": "3100601234",
            "previous": "E_REVIEW", "next": "CONFORMING", "reason": null,
            "data": { "version": 1, "decl_no": "310900114000123", "office": "310900" } }] }))),
)]
#[get("/declarations/{id}/timeline")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>) -> Answer {
    caller
        .look(Permission::DeclarationRead, async |conn, actor| {
            let data = service::timeline(conn, actor, *id).await?;
            Ok(Reply::ok(&Timeline { data })?)
        })
        .await
}

/// What the documentation of a timeline shows.
#[must_use]
pub fn example(kind: &str, previous: &str, next: &str) -> serde_json::Value {
    json!({ "data": [{
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c4e", "at": "2014-05-12T02:20:00Z", "kind": kind,
        "actor_kind": "STAFF", "actor_id": "01910a5e-0000-7b3a-9c55-0d6d1a2b3c4d",
        "organisation": "320500", "previous": previous, "next": next, "reason": null, "data": {}
    }] })
}
