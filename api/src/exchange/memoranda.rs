//! `/v1/partners/{code}/memoranda`: what was agreed.
use actix_web::{get, post};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::{
    exchange::{MemorandumId, MemorandumKind, service::partner},
    identity::Permission,
};
use utoipa::ToSchema;

use super::view::{self, MemorandaOut, MemorandumOut};
use crate::{
    Answer, Caller,
    body::{Body, NoBody, Path},
    reply::Reply,
};

/// A memorandum of cooperation.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MemorandumIn {
    /// About what.
    pub kind: MemorandumKind,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day; left out: until it is ended.
    pub valid_to: Option<NaiveDate>,
    /// Numbers that both sides agreed on.
    #[schema(value_type = Option<Object>)]
    pub terms: Option<Value>,
}

/// Agree on a memorandum
///
/// From its first day the partner may say what a memorandum of that kind is about. Two of one kind never overlap.
#[utoipa::path(
    operation_id = "agreeMemorandum", tag = "exchange",
    params(("code" = String, Path, description = "The organisation code of the partner.")),
    request_body(content = MemorandumIn, example = json!({ "kind": "TRANSFER", "valid_from": "2013-01-01" })),
    responses((status = 201, description = "The memorandum as it stands now.", body = MemorandumOut,
        example = json!(view::memorandum_example()))),
)]
#[post("/partners/{code}/memoranda")]
pub(super) async fn agree(caller: Caller, code: Path<String>, body: Body<MemorandumIn>) -> Answer {
    caller
        .act(Permission::MemorandumAgree, &body, async |tx, actor| {
            let MemorandumIn { kind, valid_from, valid_to, terms } = body.value.clone();
            let terms = terms.unwrap_or_else(|| json!({}));
            let agreed =
                partner::agree(tx, actor, &code, (kind, valid_from, valid_to), terms).await?;
            let place = format!("/v1/partners/{}/memoranda", agreed.partner);
            Ok(Reply::created(&MemorandumOut::from(agreed), place)?)
        })
        .await
}

/// List memoranda
///
/// All that was ever agreed with a partner, oldest first.
#[utoipa::path(
    operation_id = "listMemoranda", tag = "exchange",
    params(("code" = String, Path, description = "The organisation code of the partner.")),
    responses((status = 200, description = "All its memoranda, oldest first.", body = MemorandaOut,
        example = json!({ "data": [view::memorandum_example()] }))),
)]
#[get("/partners/{code}/memoranda")]
pub(super) async fn list(caller: Caller, code: Path<String>) -> Answer {
    caller
        .look(Permission::ExchangeRead, async |conn, _| {
            partner::get(conn, &code).await?;
            let memoranda = partner::memoranda_of(conn, &code).await?;
            let data = memoranda.into_iter().map(MemorandumOut::from).collect();
            Ok(Reply::ok(&MemorandaOut { data })?)
        })
        .await
}

/// End a memorandum
///
/// Today is its last day.
#[utoipa::path(
    operation_id = "endMemorandum", tag = "exchange",
    params(
        ("code" = String, Path, description = "The organisation code of the partner."),
        ("id" = MemorandumId, Path, description = "The id of the memorandum."),
    ),
    responses((status = 200, description = "The memorandum as it stands now.", body = MemorandumOut,
        example = json!(view::memorandum_example()))),
)]
#[post("/partners/{code}/memoranda/{id}/end")]
pub(super) async fn end(
    caller: Caller,
    path: Path<(String, MemorandumId)>,
    body: NoBody,
) -> Answer {
    caller
        .act(Permission::MemorandumEnd, &body, async |tx, actor| {
            let (code, id) = &*path;
            Ok(Reply::ok(&MemorandumOut::from(partner::end(tx, actor, code, *id).await?))?)
        })
        .await
}
