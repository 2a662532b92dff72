//! `GET /v1/worklists/manual-reviews`, `checks`, `releases`, `withdrawals`: what waits at an office.
use actix_web::get;
use shared::{
    declaration::{Status, service},
    identity::Permission,
};

use super::out::{self, DeclarationOut, DeclarationPage};
use crate::{Answer, Caller, body::Params, paging::PageParams, reply::Reply};

/// List manual reviews
///
/// Declarations that wait for an acceptance officer of the caller's office, first come first.
#[utoipa::path(
    operation_id = "listManualReviews", tag = "work",
    params(PageParams),
    responses((status = 200, description = "What waits for review.", body = DeclarationPage,
        example = json!(out::example_page()))),
)]
#[get("/worklists/manual-reviews")]
pub async fn manual_reviews(caller: Caller, params: Params<PageParams>) -> Answer {
    waiting(&caller, &params, &[Status::ManualReview]).await
}

/// List checks due
///
/// Declarations that wait for inspectors of the caller's office: selected, being inspected, at the laboratory,
/// under treatment, or found non-conforming and not disposed of yet.
#[utoipa::path(
    operation_id = "listChecksDue", tag = "work",
    params(PageParams),
    responses((status = 200, description = "What waits for inspectors.", body = DeclarationPage,
        example = json!(out::example_page()))),
)]
#[get("/worklists/checks")]
pub async fn checks(caller: Caller, params: Params<PageParams>) -> Answer {
    use Status::*;
    let due = [Selected, Inspecting, LabPending, NonConforming, TreatmentOrdered];
    waiting(&caller, &params, &due).await
}

/// List releases due
///
/// Conforming declarations that are to be released at the caller's office, lie there, and wait for a release officer:
/// what the system releases by itself is not among them.
#[utoipa::path(
    operation_id = "listReleasesDue", tag = "work",
    params(PageParams),
    responses((status = 200, description = "What waits for release.", body = DeclarationPage,
        example = json!(out::example_page()))),
)]
#[get("/worklists/releases")]
pub async fn releases(caller: Caller, params: Params<PageParams>) -> Answer {
    caller
        .look(Permission::WorkRead, async |conn, actor| {
            let found = service::releases_waiting(conn, actor, params.page()).await?;
            Ok(Reply::page(found.map(DeclarationOut::from), |one| one.id.0)?)
        })
        .await
}

/// List withdrawals
///
/// Accepted declarations whose declarant wants them back, and which wait for an acceptance officer of the caller's
/// office.
#[utoipa::path(
    operation_id = "listWithdrawals", tag = "work",
    params(PageParams),
    responses((status = 200, description = "What waits for a decision.", body = DeclarationPage,
        example = json!(out::example_page()))),
)]
#[get("/worklists/withdrawals")]
pub async fn withdrawals(caller: Caller, params: Params<PageParams>) -> Answer {
    caller
        .look(Permission::WorkRead, async |conn, actor| {
            let found = service::withdrawals_waiting(conn, actor, params.page()).await?;
            Ok(Reply::page(found.map(DeclarationOut::from), |one| one.id.0)?)
        })
        .await
}

async fn waiting(caller: &Caller, params: &PageParams, statuses: &[Status]) -> Answer {
    caller
        .look(Permission::WorkRead, async |conn, actor| {
            let found = service::waiting(conn, actor, statuses, params.page()).await?;
            Ok(Reply::page(found.map(DeclarationOut::from), |one| one.id.0)?)
        })
        .await
}
