//! `POST /v1/changes/acknowledge`
use actix_web::post;
use serde::{Deserialize, Serialize};
use shared::{identity::Permission, notification::service::feed};
use utoipa::ToSchema;

use crate::{Answer, Caller, body::Body, reply::Reply};

/// How far a client has read.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangePosition)]
pub(super) struct PositionIn {
    /// The `next_after` up to which everything was dealt with. It may lie before one acknowledged earlier.
    #[schema(minimum = 0)]
    pub position: i64,
}

/// Acknowledge changes
///
/// Keeps for this client how far it has read. `GET /v1/changes` without `after` begins there. It is a convenience:
/// whoever keeps the position beside what it brought about, in one transaction, needs it not.
#[utoipa::path(
    operation_id = "acknowledgeChanges", tag = "notification",
    request_body(content = PositionIn, example = json!({ "position": 41 })),
    responses((status = 200, description = "The position that is kept.", body = PositionIn,
        example = json!({ "position": 41 }))),
)]
#[post("/changes/acknowledge")]
pub(super) async fn handler(caller: Caller, body: Body<PositionIn>) -> Answer {
    caller
        .act(Permission::ChangeAcknowledge, &body, async |tx, actor| {
            let position = feed::acknowledge(tx, actor, body.value.position).await?;
            Ok(Reply::ok(&PositionIn { position })?)
        })
        .await
}
