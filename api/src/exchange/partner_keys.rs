//! `/v1/partners/{code}/keys`: whose signatures are believed.
use actix_web::{get, post};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::{
    exchange::{Key, service::partner},
    identity::Permission,
};
use utoipa::ToSchema;

use super::view::{self, KeysOut};
use crate::{
    Answer, Caller,
    body::{Body, NoBody, Path},
    reply::Reply,
};

/// A key of a partner, as the partner published it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyIn {
    /// Its name in messages.
    #[schema(max_length = 64, pattern = "^[0-9A-Za-z._-]{1,64}$")]
    pub key_id: String,
    /// Ed25519, 32 bytes in base64.
    #[schema(max_length = 44, pattern = "^[0-9A-Za-z+/]{43}=$")]
    pub public_key: String,
    /// Messages sent from then on may be signed with it.
    pub valid_from: DateTime<Utc>,
    /// Messages sent before then may be signed with it; left out: until it is replaced.
    pub valid_to: Option<DateTime<Utc>>,
}

/// Add a key of a partner
///
/// Several may be good at once, so that a partner can change keys without a pause. An id is never given to another
/// key.
#[utoipa::path(
    operation_id = "addPartnerKey", tag = "exchange",
    params(("code" = String, Path, description = "The organisation code of the partner.")),
    request_body(content = KeyIn, example = json!({
        "key_id": "2014-a", "public_key": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        "valid_from": "2014-01-01T00:00:00Z" })),
    responses((status = 201, description = "The key as it stands now.", body = Key, example = json!(view::key_example()))),
)]
#[post("/partners/{code}/keys")]
pub(super) async fn add(caller: Caller, code: Path<String>, body: Body<KeyIn>) -> Answer {
    caller
        .act(Permission::PartnerKeyAdd, &body, async |tx, actor| {
            let KeyIn { key_id, public_key, valid_from, valid_to } = body.value.clone();
            let bureau = code.to_owned();
            let key = Key { bureau, key_id, public_key, valid_from, valid_to, revoked_at: None };
            let key = partner::add_key(tx, actor, key).await?;
            Ok(Reply::created(&key, format!("/v1/partners/{}/keys", key.bureau))?)
        })
        .await
}

/// List a partner's keys
///
/// Oldest first, also those that are over: old messages are verified with them.
#[utoipa::path(
    operation_id = "listPartnerKeys", tag = "exchange",
    params(("code" = String, Path, description = "The organisation code of the partner.")),
    responses((status = 200, description = "All its keys, oldest first.", body = KeysOut,
        example = json!({ "bureau": "330000", "keys": [view::key_example()] }))),
)]
#[get("/partners/{code}/keys")]
pub(super) async fn list(caller: Caller, code: Path<String>) -> Answer {
    caller
        .look(Permission::ExchangeRead, async |conn, _| {
            partner::get(conn, &code).await?;
            let keys = partner::keys_of(conn, &code).await?;
            Ok(Reply::ok(&KeysOut { bureau: code.to_owned(), keys })?)
        })
        .await
}

/// Revoke a key
///
/// Nothing that arrives signed with it is believed from now on; what arrived before stays believed. Our own keys
/// are revoked in the same way, under our own code.
#[utoipa::path(
    operation_id = "revokeBureauKey", tag = "exchange",
    params(
        ("code" = String, Path, description = "The organisation code of the bureau."),
        ("key_id" = String, Path, description = "The name of the key in messages."),
    ),
    responses((status = 200, description = "The key as it stands now.", body = Key, example = json!(view::key_example()))),
)]
#[post("/partners/{code}/keys/{key_id}/revoke")]
pub(super) async fn revoke(caller: Caller, path: Path<(String, String)>, body: NoBody) -> Answer {
    caller
        .act(Permission::PartnerKeyRevoke, &body, async |tx, actor| {
            let (code, key_id) = &*path;
            Ok(Reply::ok(&partner::revoke_key(tx, actor, code, key_id).await?)?)
        })
        .await
}
