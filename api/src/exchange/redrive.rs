//! `POST /v1/stopped-messages/{id}/redrive` and `POST /v1/partners/{code}/messages/{id}/redrive`
use actix_web::{http::StatusCode, post};
use serde_json::json;
use shared::{
    exchange::{
        MessageId,
        service::{inbox, outbox},
    },
    identity::Permission,
};

use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    reply::Reply,
};

/// Redrive a message of ours
///
/// Gives a dead message another week of tries.
#[utoipa::path(
    operation_id = "redriveOwnMessage", tag = "exchange",
    params(("id" = MessageId, Path, description = "The id of the message.")),
    responses((status = 202, description = "It waits for delivery again.", body = serde_json::Value,
        example = json!({ "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3d02" }))),
)]
#[post("/stopped-messages/{id}/redrive")]
pub(super) async fn ours(caller: Caller, id: Path<MessageId>, body: NoBody) -> Answer {
    caller
        .act(Permission::ExchangeRedrive, &body, async |tx, actor| {
            outbox::redrive(tx, actor, *id).await?;
            Ok(Reply::with(StatusCode::ACCEPTED, &json!({ "id": *id }))?)
        })
        .await
}

/// Redrive a message of theirs
///
/// Lets a parked or refused message take effect, if it can by now.
#[utoipa::path(
    operation_id = "redrivePartnerMessage", tag = "exchange",
    params(
        ("code" = String, Path, description = "The code of the bureau that sent it."),
        ("id" = MessageId, Path, description = "The id that its sender gave it."),
    ),
    responses((status = 202, description = "It will be applied again.", body = serde_json::Value,
        example = json!({ "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3d02" }))),
)]
#[post("/partners/{code}/messages/{id}/redrive")]
pub(super) async fn theirs(
    caller: Caller,
    path: Path<(String, MessageId)>,
    body: NoBody,
) -> Answer {
    caller
        .act(Permission::ExchangeRedrive, &body, async |tx, actor| {
            let (sender, id) = &*path;
            inbox::redrive(tx, actor, sender, *id).await?;
            Ok(Reply::with(StatusCode::ACCEPTED, &json!({ "id": id }))?)
        })
        .await
}
