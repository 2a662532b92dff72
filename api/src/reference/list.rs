//! `GET /v1/reference/{book}`
use actix_web::get;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use shared::{
    identity::Permission,
    reference::{self, Filter},
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{self, ReferenceRowOut, ReferenceRowPage};
use crate::{
    Answer, Caller,
    body::{Params, Path},
    paging,
    reply::Reply,
};

/// What the list is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReferenceParams {
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// The `next_cursor` of the page before.
    cursor: Option<Uuid>,
    /// Only rows that were loaded or changed at or after this moment.
    updated_since: Option<DateTime<Utc>>,
    /// Only rows that hold on this day; rows of all days where not said.
    on: Option<NaiveDate>,
    /// Only keys that begin with this: `2204`, `USD`.
    #[param(max_length = 200)]
    key: Option<String>,
}

/// List a reference table
///
/// Its rows by key and first day. Ended rows stay: a case is judged by the tables of its day.
#[utoipa::path(
    operation_id = "listReferenceRows", tag = "reference",
    params(("book" = String, Path, description = "The name of the table.", max_length = 40,
        pattern = "^[a-z_]{1,40}$", example = "exchange_rates"), ReferenceParams),
    responses((status = 200, description = "A page of the table.", body = ReferenceRowPage,
        example = json!(view::example_rows()))),
)]
#[get("/reference/{book}")]
pub async fn handler(
    caller: Caller,
    book: Path<String>,
    params: Params<ReferenceParams>,
) -> Answer {
    caller
        .look(Permission::ReferenceRead, async |conn, _| {
            let filter = Filter { on: params.on, key: params.key.clone() };
            let request = paging::page(params.limit, params.cursor, params.updated_since);
            let page = reference::list(conn, &book, &filter, request).await?;
            Ok(Reply::page(page.map(ReferenceRowOut::from), |row| row.id)?)
        })
        .await
}
