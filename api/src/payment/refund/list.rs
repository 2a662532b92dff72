//! `GET /v1/refunds`
use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::{
    identity::Permission,
    payment::{self, RefundState},
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{self, RefundOut, RefundPage};
use crate::{Answer, Caller, body::Params, paging, reply::Reply};

/// What a list of refunds is narrowed to, and how it is cut.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Narrowed {
    /// Those in that state.
    pub state: Option<RefundState>,
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<Uuid>,
    /// Only those that changed at or after this moment.
    pub updated_since: Option<DateTime<Utc>>,
}

/// List refunds
///
/// A payer sees its own, an office those of the cases declared there, newest first.
#[utoipa::path(
    operation_id = "listRefunds", tag = "payment", params(Narrowed),
    responses((status = 200, description = "A page of the refunds found.", body = RefundPage,
        example = json!({ "data": [view::example()], "next_cursor": null, "has_more": false }))),
)]
#[get("/refunds")]
pub async fn handler(caller: Caller, params: Params<Narrowed>) -> Answer {
    let Narrowed { state, limit, cursor, updated_since } = params.0;
    caller
        .look(Permission::RefundRead, async |conn, actor| {
            let page = paging::page(limit, cursor, updated_since);
            let refunds = payment::refunds(conn, actor, state, page).await?;
            Ok(Reply::page(refunds.map(RefundOut::from), |refund| refund.id.0)?)
        })
        .await
}
