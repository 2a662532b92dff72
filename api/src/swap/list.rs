//! `GET /v1/transfers`
use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::{
    identity::Permission,
    swap::{Filter, Side, State, service},
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{self, TransferOut, TransferPage};
use crate::{Answer, Caller, body::Params, paging, reply::Reply};

/// What the list is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// The `next_cursor` of the page before.
    cursor: Option<Uuid>,
    /// Only those that changed at or after this moment.
    updated_since: Option<DateTime<Utc>>,
    /// Only those on this end of which the bureau stands.
    side: Option<Side>,
    /// Only those that stand here.
    state: Option<State>,
    /// True: only claims that were not drawn and are not swapped although their hour is over.
    overdue: Option<bool>,
    /// The one of this number (转单号).
    #[param(min_length = 16, max_length = 16)]
    transfer_no: Option<String>,
}

/// List transfers
///
/// Newest first, on both ends. A declaring unit sees those of its declarations at the origin and those that it claimed
/// at the port; an office sees its own, and at the port also those that any of its bureau's offices may swap.
#[utoipa::path(
    operation_id = "listTransfers", tag = "swap",
    params(ListParams),
    responses((status = 200, description = "A page of transfers.", body = TransferPage,
        example = json!({ "data": [view::example()], "next_cursor": null, "has_more": false }))),
)]
#[get("/transfers")]
pub async fn handler(caller: Caller, params: Params<ListParams>) -> Answer {
    caller
        .look(Permission::TransferRead, async |conn, actor| {
            let is_overdue = params.overdue == Some(true);
            let filter = Filter {
                overdue_at: is_overdue.then(|| caller.ctx.clock.now()),
                side: params.side,
                state: params.state,
                transfer_no: params.transfer_no.clone(),
            };
            let page = paging::page(params.limit, params.cursor, params.updated_since);
            let found = service::list(conn, actor, &filter, page).await?;
            Ok(Reply::page(found.map(TransferOut::from), |one| one.id.0)?)
        })
        .await
}
