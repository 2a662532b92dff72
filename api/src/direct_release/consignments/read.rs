//! `GET /v1/direct-consignments…`: what the declarant and both offices see.
use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::{
    direct_release::{
        ConsignmentId, Direction,
        consignment::{ConsignmentFilter, State},
        service::consignment,
    },
    identity::Permission,
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{self, ConsignmentOut, ConsignmentPage, reply};
use crate::{
    Answer, Caller,
    body::{Params, Path},
    declaration::timeline::{self as told, Timeline},
    paging,
    reply::Reply,
};

/// What the list is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListParams {
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// The `next_cursor` of the page before.
    cursor: Option<Uuid>,
    /// Only those that changed at or after this moment.
    updated_since: Option<DateTime<Utc>>,
    /// Only exports, or only imports.
    #[param(inline)]
    direction: Option<Direction>,
    /// Only those that stand here.
    #[param(inline)]
    state: Option<State>,
    /// Only those of this enterprise.
    #[param(min_length = 10, max_length = 10)]
    reg_no: Option<String>,
    /// The one that goes, or went, on this clearance form.
    #[param(min_length = 18, max_length = 18)]
    clearance_no: Option<String>,
}

/// List direct consignments
///
/// Newest first. An office sees what it issued and what it checks, a declaring unit its own. This is how the port sees
/// what comes to it: nobody declares again.
#[utoipa::path(
    operation_id = "listDirectConsignments", tag = "direct release",
    params(ListParams),
    responses((status = 200, description = "A page of consignments.", body = ConsignmentPage,
        example = json!({ "data": [view::example()], "next_cursor": null, "has_more": false }))),
)]
#[get("/direct-consignments")]
pub(super) async fn list(caller: Caller, params: Params<ListParams>) -> Answer {
    caller
        .look(Permission::DirectConsignmentRead, async |conn, actor| {
            let filter = ConsignmentFilter {
                direction: params.direction,
                state: params.state,
                reg_no: params.reg_no.clone(),
                clearance_no: params.clearance_no.clone(),
            };
            let page = paging::page(params.limit, params.cursor, params.updated_since);
            let found = consignment::list(conn, actor, &filter, page).await?;
            Ok(Reply::page(found.map(ConsignmentOut::from), |one| one.id.0)?)
        })
        .await
}

/// Get a direct consignment
///
/// As it stands now, with the state of every seal. Seen by the declaring unit and by the offices at both ends.
#[utoipa::path(
    operation_id = "getDirectConsignment", tag = "direct release",
    params(("id" = ConsignmentId, Path, description = "The id of the consignment here.")),
    responses((status = 200, description = "The consignment as it stands at this end.", body = ConsignmentOut,
        example = json!(view::example()))),
)]
#[get("/direct-consignments/{id}")]
pub(super) async fn get(caller: Caller, id: Path<ConsignmentId>) -> Answer {
    caller
        .look(Permission::DirectConsignmentRead, async |conn, actor| {
            Ok(reply(consignment::read(conn, actor, *id).await?)?)
        })
        .await
}

/// Get the timeline of a direct consignment
///
/// Every step with its moment, actor and reason, as this end saw it, and what the other end said.
#[utoipa::path(
    operation_id = "getDirectConsignmentTimeline", tag = "direct release",
    params(("id" = ConsignmentId, Path, description = "The id of the consignment here.")),
    responses((status = 200, description = "What happened, oldest first.", body = Timeline,
        example = json!(told::example("direct_consignment.check_passed", "AT_PORT", "CHECK_OK")))),
)]
#[get("/direct-consignments/{id}/timeline")]
pub(super) async fn timeline(caller: Caller, id: Path<ConsignmentId>) -> Answer {
    caller
        .look(Permission::DirectConsignmentRead, async |conn, actor| {
            let data = consignment::timeline(conn, actor, *id).await?;
            Ok(Reply::ok(&Timeline { data })?)
        })
        .await
}
