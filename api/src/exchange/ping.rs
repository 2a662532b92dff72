//! `POST /v1/partners/{code}/ping`
use actix_web::{http::StatusCode, post};
use serde::Deserialize;
use serde_json::json;
use shared::{acts, identity::Permission};
use utoipa::ToSchema;

use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// What an operator has to say to the other side's operator.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PingIn {
    /// Kept with the message on both sides.
    #[schema(max_length = 200)]
    pub note: Option<String>,
}

/// Ping a partner
///
/// Says `exchange.ping`, which the other side answers with `exchange.pong` when its turn has come. Both go the whole
/// way of any message, signed, stored and receipted: when the pong is here (`heard_at` of the partner), the line, the
/// keys and the workers of both sides are well. All pings to one partner are one conversation.
#[utoipa::path(
    operation_id = "pingPartner", tag = "exchange",
    params(("code" = String, Path, description = "The organisation code of the partner.")),
    request_body(content = PingIn, example = json!({ "note": "线路测试" })),
    responses((status = 202, description = "It waits for delivery.", body = serde_json::Value,
        example = json!({ "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3d02" }))),
)]
#[post("/partners/{code}/ping")]
pub(super) async fn handler(caller: Caller, code: Path<String>, body: Body<PingIn>) -> Answer {
    caller
        .act(Permission::PartnerPing, &body, async |tx, actor| {
            let note = body.value.note.as_deref();
            let id = acts::exchange::ping(tx, actor, &code, note).await?;
            Ok(Reply::with(StatusCode::ACCEPTED, &json!({ "id": id }))?)
        })
        .await
}
