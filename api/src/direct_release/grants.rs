//! What the granting bureau decides about an enterprise, and tells its partners.
use actix_web::post;
use serde::Serialize;
use shared::{
    direct_release::{
        EnterpriseId,
        service::{self, enterprise},
    },
    identity::Permission,
};
use utoipa::ToSchema;

use super::enterprise_view::{self as view, EnterpriseOut, ReasonIn, SuspendIn, reply};
use crate::{
    Answer, Caller,
    body::{Body, NoBody, Path},
    reply::Reply,
};

/// Grant direct release
///
/// An officer of the bureau that registered the enterprise grants it, if every condition holds; otherwise the answer
/// names all that do not. Partners with a memorandum of direct release are told.
#[utoipa::path(
    operation_id = "approveDirectEnterprise", tag = "direct release",
    params(("id" = EnterpriseId, Path, description = "The id of the application.")),
    responses((status = 200, description = "The enterprise, with what it was granted.", body = EnterpriseOut,
        example = json!(view::example()))),
)]
#[post("/direct-enterprises/{id}/approve")]
pub(super) async fn approve(caller: Caller, id: Path<EnterpriseId>, body: NoBody) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::DirectEnterpriseApprove, &body, async |tx, actor| {
            Ok(reply(enterprise::approve(tx, &desk.books, actor, *id).await?)?)
        })
        .await
}

/// Refuse direct release
///
/// The application ends with a reason. The enterprise may make another.
#[utoipa::path(
    operation_id = "refuseDirectEnterprise", tag = "direct release",
    params(("id" = EnterpriseId, Path, description = "The id of the application.")),
    request_body(content = ReasonIn, example = json!({ "reason": "质量体系证书已过期" })),
    responses((status = 200, description = "The application, refused.", body = EnterpriseOut,
        example = json!(view::example()))),
)]
#[post("/direct-enterprises/{id}/refuse")]
pub(super) async fn refuse(caller: Caller, id: Path<EnterpriseId>, body: Body<ReasonIn>) -> Answer {
    caller
        .act(Permission::DirectEnterpriseRefuse, &body, async |tx, actor| {
            let reason = view::reason(&body.reason)?;
            Ok(reply(enterprise::refuse(tx, actor, *id, reason).await?)?)
        })
        .await
}

/// Suspend direct release
///
/// One person fills in the notice of suspension (停止直通放行通知单), a second approves it on the same ground; one of the
/// two is a duty chief. It holds until the same calendar date next year; partners are told.
#[utoipa::path(
    operation_id = "suspendDirectEnterprise", tag = "direct release",
    params(("id" = EnterpriseId, Path, description = "The id of the grant.")),
    request_body(content = SuspendIn, example = json!({
        "ground": "TAMPERING", "reason": "口岸查验发现封识破损,80箱货物被调换" })),
    responses((status = 200, description = "The grant: noticed, or suspended.", body = EnterpriseOut,
        example = json!(view::example()))),
)]
#[post("/direct-enterprises/{id}/suspend")]
pub(super) async fn suspend(
    caller: Caller,
    id: Path<EnterpriseId>,
    body: Body<SuspendIn>,
) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::DirectEnterpriseSuspend, &body, async |tx, actor| {
            let why = (body.ground, view::reason(&body.reason)?);
            Ok(reply(enterprise::suspend(tx, &desk.books, actor, *id, why).await?)?)
        })
        .await
}

/// How many enterprises are told to the partner.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectEnterprisesPushed)]
pub(super) struct PushedOut {
    /// Enterprises, in messages of at most a thousand.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub records: usize,
}

/// Push all enterprises to a partner
///
/// Tells a partner everything that this bureau granted or took back: when a memorandum begins, or when the partner
/// lost its books. What it knows already it ignores.
#[utoipa::path(
    operation_id = "pushDirectEnterprises", tag = "direct release",
    params(("code" = String, Path, description = "The organisation code of the partner.")),
    responses((status = 202, description = "How many enterprises are on their way.", body = PushedOut,
        example = json!({ "records": 130 }))),
)]
#[post("/partners/{code}/push-direct-enterprises")]
pub(super) async fn push(caller: Caller, code: Path<String>, body: NoBody) -> Answer {
    caller
        .act(Permission::DirectEnterprisePush, &body, async |tx, actor| {
            let records = service::push::push_all(tx, actor, &code).await?;
            Ok(Reply::with(actix_web::http::StatusCode::ACCEPTED, &PushedOut { records })?)
        })
        .await
}
