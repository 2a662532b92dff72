//! `/v1/credit-recognitions`: what other bureaus say of their enterprises; and telling them of ours.
use actix_web::{get, http::StatusCode, post};
use serde::Serialize;
use shared::{
    credit::{
        RecognitionId,
        service::{
            self,
            recognition::{self, Filter},
        },
    },
    identity::Permission,
    kernel::Failure,
};
use utoipa::ToSchema;

use super::{
    ReasonIn,
    recognition_view::{self as view, RecognitionFilter, RecognitionOut, RecognitionPage, reply},
};
use crate::{
    Answer, Caller,
    body::{Body, NoBody, Params, Path},
    declaration::timeline::{self as told, Timeline},
    paging,
    reply::Reply,
};

/// List recognitions
///
/// Classes that other bureaus gave their enterprises and told us of (诚信互认), and where each stands here. The bureau
/// lists all, an enterprise what is said of itself. Newest first.
#[utoipa::path(
    operation_id = "listCreditRecognitions", tag = "credit",
    params(RecognitionFilter),
    responses((status = 200, description = "A page of recognitions.", body = RecognitionPage,
        example = json!({ "data": [view::example("ACTIVE")], "next_cursor": null, "has_more": false }))),
)]
#[get("/credit-recognitions")]
pub(super) async fn list(caller: Caller, params: Params<RecognitionFilter>) -> Answer {
    caller
        .look(Permission::CreditRecognitionRead, async |conn, actor| {
            let page = paging::page(params.limit, params.cursor, params.updated_since);
            let filter = Filter {
                reg_no: params.reg_no.clone(),
                partner: params.partner.clone(),
                status: params.status,
            };
            let found = recognition::list(conn, actor, &filter, page).await?;
            Ok(Reply::page(found.map(RecognitionOut::from), |one| one.id.0)?)
        })
        .await
}

/// Get a recognition
///
/// What a bureau says of its enterprise, and where that stands here now.
#[utoipa::path(
    operation_id = "getCreditRecognition", tag = "credit",
    params(("id" = RecognitionId, Path, description = "The id of the recognition.")),
    responses((status = 200, description = "The recognition as it stands now.", body = RecognitionOut,
        example = json!(view::example("ACTIVE")))),
)]
#[get("/credit-recognitions/{id}")]
pub(super) async fn get(caller: Caller, id: Path<RecognitionId>) -> Answer {
    let ctx = &caller.ctx;
    caller
        .look(Permission::CreditRecognitionRead, async |conn, actor| {
            let found = recognition::get(conn, actor, *id).await?;
            let revision = found.revision();
            let pending = ctx.waiting.of_recognition(&found, ctx.clock.now());
            let expected_at = pending.and_then(|pending| pending.expected_at);
            let shown = RecognitionOut { expected_at, ..RecognitionOut::from(found) };
            Ok(Reply::ok(&shown)?.revision(revision).waiting(pending))
        })
        .await
}

/// Get the timeline of a recognition
///
/// What its bureau said when, and every step that officers here or the calendar took.
#[utoipa::path(
    operation_id = "getCreditRecognitionTimeline", tag = "credit",
    params(("id" = RecognitionId, Path, description = "The id of the recognition.")),
    responses((status = 200, description = "What happened, oldest first.", body = Timeline,
        example = json!(told::example("credit_recognition.activated", "ACKNOWLEDGED", "ACTIVE")))),
)]
#[get("/credit-recognitions/{id}/timeline")]
pub(super) async fn timeline(caller: Caller, id: Path<RecognitionId>) -> Answer {
    caller
        .look(Permission::CreditRecognitionRead, async |conn, actor| {
            Ok(Reply::ok(&Timeline { data: recognition::timeline(conn, actor, *id).await? })?)
        })
        .await
}

/// Acknowledge a recognition
///
/// An officer takes note of what another bureau says of its enterprise. It does not count yet.
#[utoipa::path(
    operation_id = "acknowledgeCreditRecognition", tag = "credit",
    params(("id" = RecognitionId, Path, description = "The id of the recognition.")),
    responses((status = 200, description = "The recognition, acknowledged.", body = RecognitionOut,
        example = json!(view::example("ACKNOWLEDGED")))),
)]
#[post("/credit-recognitions/{id}/acknowledge")]
pub(super) async fn acknowledge(caller: Caller, id: Path<RecognitionId>, body: NoBody) -> Answer {
    caller
        .act(Permission::CreditRecognitionAcknowledge, &body, async |tx, actor| {
            Ok(reply(recognition::acknowledge(tx, actor, *id).await?)?)
        })
        .await
}

/// Refuse a recognition
///
/// What another bureau says of its enterprise will not count here, for a reason. A newer word of it is looked at anew.
#[utoipa::path(
    operation_id = "refuseCreditRecognition", tag = "credit",
    params(("id" = RecognitionId, Path, description = "The id of the recognition.")),
    request_body(content = ReasonIn, example = json!({ "reason": "近一年口岸查验三次不合格" })),
    responses((status = 200, description = "The recognition, refused.", body = RecognitionOut,
        example = json!(view::example("REVOKED")))),
)]
#[post("/credit-recognitions/{id}/refuse")]
pub(super) async fn refuse(
    caller: Caller,
    id: Path<RecognitionId>,
    body: Body<ReasonIn>,
) -> Answer {
    caller
        .act(Permission::CreditRecognitionRefuse, &body, async |tx, actor| {
            Ok(reply(recognition::refuse(tx, actor, *id, body.parse()?).await?)?)
        })
        .await
}

/// Activate a recognition
///
/// The class counts from now on as the lowest of both, and its privileges are granted, while a memorandum of credit is
/// in force with its bureau.
#[utoipa::path(
    operation_id = "activateCreditRecognition", tag = "credit",
    params(("id" = RecognitionId, Path, description = "The id of the recognition.")),
    responses((status = 200, description = "The recognition, active.", body = RecognitionOut,
        example = json!(view::example("ACTIVE")))),
)]
#[post("/credit-recognitions/{id}/activate")]
pub(super) async fn activate(caller: Caller, id: Path<RecognitionId>, body: NoBody) -> Answer {
    caller
        .act(Permission::CreditRecognitionActivate, &body, async |tx, actor| {
            Ok(reply(recognition::activate(tx, actor, *id).await?)?)
        })
        .await
}

/// Suspend a recognition
///
/// It does not count for now, for a reason; nothing that its bureau says lifts that.
#[utoipa::path(
    operation_id = "suspendCreditRecognition", tag = "credit",
    params(("id" = RecognitionId, Path, description = "The id of the recognition.")),
    request_body(content = ReasonIn, example = json!({ "reason": "口岸查验发现货证不符" })),
    responses((status = 200, description = "The recognition, suspended.", body = RecognitionOut,
        example = json!(view::example("SUSPENDED")))),
)]
#[post("/credit-recognitions/{id}/suspend")]
pub(super) async fn suspend(
    caller: Caller,
    id: Path<RecognitionId>,
    body: Body<ReasonIn>,
) -> Answer {
    caller
        .act(Permission::CreditRecognitionSuspend, &body, async |tx, actor| {
            Ok(reply(recognition::suspend(tx, actor, *id, body.parse()?).await?)?)
        })
        .await
}

/// Resume a recognition
///
/// A suspended one counts again, while a memorandum of credit is in force with its bureau.
#[utoipa::path(
    operation_id = "resumeCreditRecognition", tag = "credit",
    params(("id" = RecognitionId, Path, description = "The id of the recognition.")),
    responses((status = 200, description = "The recognition, active again.", body = RecognitionOut,
        example = json!(view::example("ACTIVE")))),
)]
#[post("/credit-recognitions/{id}/resume")]
pub(super) async fn resume(caller: Caller, id: Path<RecognitionId>, body: NoBody) -> Answer {
    caller
        .act(Permission::CreditRecognitionResume, &body, async |tx, actor| {
            Ok(reply(recognition::resume(tx, actor, *id).await?)?)
        })
        .await
}

/// Revoke a recognition
///
/// It does not count any more, for a reason. A newer word of its bureau is looked at anew.
#[utoipa::path(
    operation_id = "revokeCreditRecognition", tag = "credit",
    params(("id" = RecognitionId, Path, description = "The id of the recognition.")),
    request_body(content = ReasonIn, example = json!({ "reason": "企业已注销" })),
    responses((status = 200, description = "The recognition, revoked.", body = RecognitionOut,
        example = json!(view::example("REVOKED")))),
)]
#[post("/credit-recognitions/{id}/revoke")]
pub(super) async fn revoke(
    caller: Caller,
    id: Path<RecognitionId>,
    body: Body<ReasonIn>,
) -> Answer {
    caller
        .act(Permission::CreditRecognitionRevoke, &body, async |tx, actor| {
            Ok(reply(recognition::revoke(tx, actor, *id, body.parse()?).await?)?)
        })
        .await
}

/// How many enterprises are told to the partner.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CreditPushed)]
struct PushedOut {
    /// Enterprises, in messages of at most a thousand.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    records: usize,
}

/// Push the classes of all enterprises to a partner
///
/// Tells a partner the credit classes of all enterprises of this bureau: when a memorandum of credit begins, or when the
/// partner lost its books. What it knows already it ignores.
#[utoipa::path(
    operation_id = "pushCredit", tag = "credit",
    params(("code" = String, Path, description = "The organisation code of the partner.")),
    responses((status = 202, description = "How many enterprises are on their way.", body = PushedOut,
        example = json!({ "records": 2100 }))),
)]
#[post("/partners/{code}/push-credit")]
pub(super) async fn push(caller: Caller, code: Path<String>, body: NoBody) -> Answer {
    let own = caller.ctx.bureaus.own().map(str::to_owned);
    caller
        .act(Permission::CreditPush, &body, async |tx, actor| {
            // Without a code of our own nobody is our partner.
            let own = own.as_deref().ok_or(Failure::Missing("partner"))?;
            let records = service::push::push_all(tx, actor, own, &code).await?;
            Ok(Reply::with(StatusCode::ACCEPTED, &PushedOut { records })?)
        })
        .await
}
