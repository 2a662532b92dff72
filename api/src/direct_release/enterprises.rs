//! `/v1/direct-enterprises`: what an enterprise asks for, and what everybody may see.
use actix_web::{get, post};
use shared::{
    direct_release::{
        EnterpriseId,
        service::enterprise::{self, Filter},
    },
    identity::Permission,
    ledger,
};

use super::enterprise_view::{
    self as view, ApplicationIn, EnterpriseFilter, EnterpriseOut, EnterprisePage, ReapplicationIn,
    reply,
};
use crate::{
    Answer, Caller,
    body::{Body, Params, Path},
    declaration::timeline::{self as told, Timeline},
    paging,
    reply::Reply,
};

/// Apply for direct release
///
/// An enterprise asks its own bureau that its goods may go directly (直通放行), one direction at a time. An officer
/// decides; until then it has one application for each direction.
#[utoipa::path(
    operation_id = "applyForDirectRelease", tag = "direct release",
    request_body(content = ApplicationIn,
        example = json!({ "direction": "EXPORT", "claims": view::claims_example() })),
    responses((status = 201, description = "The application, waiting for an officer.", body = EnterpriseOut,
        example = json!(view::example()))),
)]
#[post("/direct-enterprises")]
pub(super) async fn apply(caller: Caller, body: Body<ApplicationIn>) -> Answer {
    let own = caller.ctx.bureaus.own().map(str::to_owned);
    caller
        .act(Permission::DirectEnterpriseApply, &body, async |tx, actor| {
            let ApplicationIn { direction, claims } = body.value.clone();
            let applied =
                enterprise::apply(tx, actor, own.as_deref(), direction, claims.into()).await?;
            let (id, revision) = (applied.id, applied.revision());
            let place = format!("/v1/direct-enterprises/{id}");
            Ok(Reply::created(&EnterpriseOut::from(applied), place)?.revision(revision))
        })
        .await
}

/// List enterprises of direct release
///
/// Who applied, who was granted it, who lost it; here or by a partner that told us. The bureau lists all, an
/// enterprise its own. Newest first.
#[utoipa::path(
    operation_id = "listDirectEnterprises", tag = "direct release",
    params(EnterpriseFilter),
    responses((status = 200, description = "A page of enterprises.", body = EnterprisePage,
        example = json!(view::example_page()))),
)]
#[get("/direct-enterprises")]
pub(super) async fn list(caller: Caller, params: Params<EnterpriseFilter>) -> Answer {
    caller
        .look(Permission::DirectEnterpriseRead, async |conn, actor| {
            let filter = Filter {
                reg_no: params.reg_no.clone(),
                direction: params.direction,
                status: params.status,
            };
            let page = paging::page(params.limit, params.cursor, params.updated_since);
            let found = enterprise::list(conn, actor, &filter, page).await?;
            Ok(Reply::page(found.map(EnterpriseOut::from), |one| one.id.0)?)
        })
        .await
}

/// Get an enterprise of direct release
///
/// Its grant for one direction as it stands now.
#[utoipa::path(
    operation_id = "getDirectEnterprise", tag = "direct release",
    params(("id" = EnterpriseId, Path, description = "The id of the grant.")),
    responses((status = 200, description = "The grant as it stands now.", body = EnterpriseOut,
        example = json!(view::example()))),
)]
#[get("/direct-enterprises/{id}")]
pub(super) async fn get(caller: Caller, id: Path<EnterpriseId>) -> Answer {
    caller
        .look(Permission::DirectEnterpriseRead, async |conn, actor| {
            Ok(reply(enterprise::get(conn, actor, *id).await?)?)
        })
        .await
}

/// Get the timeline of a grant
///
/// Every step of an enterprise's grant with its moment, actor and reason, also what a partner told us.
#[utoipa::path(
    operation_id = "getDirectEnterpriseTimeline", tag = "direct release",
    params(("id" = EnterpriseId, Path, description = "The id of the grant.")),
    responses((status = 200, description = "What happened, oldest first.", body = Timeline,
        example = json!(told::example("direct_enterprise.approved", "APPLIED", "APPROVED")))),
)]
#[get("/direct-enterprises/{id}/timeline")]
pub(super) async fn timeline(caller: Caller, id: Path<EnterpriseId>) -> Answer {
    caller
        .look(Permission::DirectEnterpriseRead, async |conn, actor| {
            enterprise::get(conn, actor, *id).await?;
            let data = ledger::event::timeline(conn, id.0.0).await?;
            Ok(Reply::ok(&Timeline { data })?)
        })
        .await
}

/// Apply for direct release again
///
/// A suspended enterprise applies anew on the day on which its year is over, never before.
#[utoipa::path(
    operation_id = "reapplyForDirectRelease", tag = "direct release",
    params(("id" = EnterpriseId, Path, description = "The id of the grant.")),
    request_body(content = ReapplicationIn, example = json!({ "claims": view::claims_example() })),
    responses((status = 200, description = "The application, waiting for an officer.", body = EnterpriseOut,
        example = json!(view::example()))),
)]
#[post("/direct-enterprises/{id}/reapply")]
pub(super) async fn reapply(
    caller: Caller,
    id: Path<EnterpriseId>,
    body: Body<ReapplicationIn>,
) -> Answer {
    caller
        .act(Permission::DirectEnterpriseApply, &body, async |tx, actor| {
            let claims = body.value.claims.clone().into();
            Ok(reply(enterprise::reapply(tx, actor, *id, claims).await?)?)
        })
        .await
}
