//! `/v1/partners`: who they are, and where they are called.
use actix_web::{get, post, put};
use serde::Deserialize;
use shared::{
    exchange::{Partner, service::partner},
    identity::Permission,
};
use utoipa::ToSchema;

use super::view::{self, PartnerOut, PartnersOut};
use crate::{
    Answer, Caller,
    body::{Body, NoBody, Path},
    reply::Reply,
};

/// A bureau to exchange messages with.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PartnerIn {
    /// Its organisation code.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub code: String,
    /// Its name.
    #[schema(max_length = 100)]
    pub name_zh: String,
    /// Its name in English.
    #[schema(max_length = 100)]
    pub name_en: Option<String>,
    /// Where it is called; left out: it comes for its messages.
    #[schema(max_length = 300)]
    pub base_url: Option<String>,
}

/// Its names, and where it is called.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PartnerChangeIn {
    /// Its name.
    #[schema(max_length = 100)]
    pub name_zh: String,
    /// Its name in English.
    #[schema(max_length = 100)]
    pub name_en: Option<String>,
    /// Where it is called; left out: it comes for its messages.
    #[schema(max_length = 300)]
    pub base_url: Option<String>,
}

fn reply(partner: Partner) -> serde_json::Result<Reply> {
    let revision = partner.revision();
    Ok(Reply::ok(&PartnerOut::from(partner))?.revision(revision))
}

/// Register a partner
///
/// Nothing is agreed with it yet and none of its keys is believed: add both, then messages flow.
#[utoipa::path(
    operation_id = "registerPartner", tag = "exchange",
    request_body(content = PartnerIn, example = json!({
        "code": "330000", "name_zh": "浙江出入境检验检疫局", "base_url": "https://exchange.zhejiang.example" })),
    responses((status = 201, description = "The partner as it stands now.", body = PartnerOut,
        example = json!(view::partner_example()))),
)]
#[post("/partners")]
pub(super) async fn register(caller: Caller, body: Body<PartnerIn>) -> Answer {
    let own = caller.ctx.bureaus.own().map(str::to_owned);
    caller
        .act(Permission::PartnerRegister, &body, async |tx, actor| {
            let PartnerIn { code, name_zh, name_en, base_url } = body.value.clone();
            let input = partner::Input { code, name_zh, name_en, base_url };
            let partner = partner::register(tx, actor, own.as_deref(), input).await?;
            let (revision, place) = (partner.revision(), format!("/v1/partners/{}", partner.code));
            Ok(Reply::created(&PartnerOut::from(partner), place)?.revision(revision))
        })
        .await
}

/// List partners
///
/// All of them, and how the last deliveries to each went.
#[utoipa::path(
    operation_id = "listPartners", tag = "exchange",
    responses((status = 200, description = "All partners, by their codes.", body = PartnersOut,
        example = json!({ "data": [view::partner_example()] }))),
)]
#[get("/partners")]
pub(super) async fn list(caller: Caller) -> Answer {
    caller
        .look(Permission::ExchangeRead, async |conn, _| {
            let partners = partner::list(conn).await?;
            let data = partners.into_iter().map(PartnerOut::from).collect();
            Ok(Reply::ok(&PartnersOut { data })?)
        })
        .await
}

/// Get a partner
///
/// Who it is, where it is called, and how the last deliveries went.
#[utoipa::path(
    operation_id = "getPartner", tag = "exchange",
    params(("code" = String, Path, description = "The organisation code of the partner.")),
    responses((status = 200, description = "The partner as it stands now.", body = PartnerOut,
        example = json!(view::partner_example()))),
)]
#[get("/partners/{code}")]
pub(super) async fn get(caller: Caller, code: Path<String>) -> Answer {
    caller
        .look(Permission::ExchangeRead, async |conn, _| {
            Ok(reply(partner::get(conn, &code).await?)?)
        })
        .await
}

/// Change a partner
///
/// Its names, and where it is called.
#[utoipa::path(
    operation_id = "changePartner", tag = "exchange",
    params(("code" = String, Path, description = "The organisation code of the partner.")),
    request_body(content = PartnerChangeIn, example = json!({
        "name_zh": "浙江出入境检验检疫局", "base_url": "https://exchange.zhejiang.example" })),
    responses((status = 200, description = "The partner as it stands now.", body = PartnerOut,
        example = json!(view::partner_example()))),
)]
#[put("/partners/{code}")]
pub(super) async fn change(
    caller: Caller,
    code: Path<String>,
    body: Body<PartnerChangeIn>,
) -> Answer {
    caller
        .act(Permission::PartnerChange, &body, async |tx, actor| {
            let PartnerChangeIn { name_zh, name_en, base_url } = body.value.clone();
            let change = partner::Change { name_zh, name_en, base_url };
            Ok(reply(partner::change(tx, actor, &code, change).await?)?)
        })
        .await
}

/// Suspend a partner
///
/// Nothing more is taken from it, and what we have for it waits.
#[utoipa::path(
    operation_id = "suspendPartner", tag = "exchange",
    params(("code" = String, Path, description = "The organisation code of the partner.")),
    responses((status = 200, description = "The partner as it stands now.", body = PartnerOut,
        example = json!(view::partner_example()))),
)]
#[post("/partners/{code}/suspend")]
pub(super) async fn suspend(caller: Caller, code: Path<String>, body: NoBody) -> Answer {
    caller
        .act(Permission::PartnerSuspend, &body, async |tx, actor| {
            Ok(reply(partner::suspend(tx, actor, &code).await?)?)
        })
        .await
}

/// Resume a partner
///
/// Messages flow again, those that waited first.
#[utoipa::path(
    operation_id = "resumePartner", tag = "exchange",
    params(("code" = String, Path, description = "The organisation code of the partner.")),
    responses((status = 200, description = "The partner as it stands now.", body = PartnerOut,
        example = json!(view::partner_example()))),
)]
#[post("/partners/{code}/resume")]
pub(super) async fn resume(caller: Caller, code: Path<String>, body: NoBody) -> Answer {
    caller
        .act(Permission::PartnerResume, &body, async |tx, actor| {
            Ok(reply(partner::resume(tx, actor, &code).await?)?)
        })
        .await
}
