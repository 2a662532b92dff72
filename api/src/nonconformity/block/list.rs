//! `GET /v1/facilitation-blocks`
use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::identity::{
    Permission,
    service::facilitation::{self, Filter},
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{self, FacilitationBlockOut, FacilitationBlockPage};
use crate::{Answer, Caller, body::Params, paging, reply::Reply};

/// Which blocks to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct BlockFilter {
    /// Only those of that enterprise.
    #[param(min_length = 10, max_length = 10, pattern = r"^\d{10}$")]
    reg_no: Option<String>,
    /// Only those in force, or only those that are over.
    live: Option<bool>,
    /// The `next_cursor` of the page before.
    cursor: Option<Uuid>,
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// Only those that changed at or after this moment.
    updated_since: Option<DateTime<Utc>>,
}

/// List blocks of facilitations
///
/// From whom declaring anywhere, direct release and exemptions are withheld, and since when; newest first. They hold
/// in the whole bureau, so every office sees them.
#[utoipa::path(
    operation_id = "listFacilitationBlocks", tag = "non-conformity",
    params(BlockFilter),
    responses((status = 200, description = "A page of blocks of facilitations.", body = FacilitationBlockPage,
        example = json!({ "data": [view::example()], "next_cursor": null, "has_more": false }))),
)]
#[get("/facilitation-blocks")]
pub(in super::super) async fn handler(caller: Caller, params: Params<BlockFilter>) -> Answer {
    caller
        .look(Permission::FacilitationBlockRead, async |conn, _| {
            let page = paging::page(params.limit, params.cursor, params.updated_since);
            let filter = Filter { reg_no: params.reg_no.clone(), live: params.live };
            let blocks = facilitation::list(conn, &filter, page).await?;
            Ok(Reply::page(blocks.map(FacilitationBlockOut::from), |block| block.id.0)?)
        })
        .await
}
