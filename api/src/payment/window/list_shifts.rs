//! `GET /v1/shifts`
use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::{
    identity::Permission,
    payment::{self, ShiftState},
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{self, ShiftOut, ShiftPage};
use crate::{Answer, Caller, body::Params, paging, reply::Reply};

/// What a list of shifts is narrowed to, and how it is cut.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Narrowed {
    /// Those in that state.
    pub state: Option<ShiftState>,
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<Uuid>,
    /// Only those that were opened or closed at or after this moment.
    pub updated_since: Option<DateTime<Utc>>,
}

/// List shifts
///
/// Those of the own office, newest first.
#[utoipa::path(
    operation_id = "listShifts", tag = "payment", params(Narrowed),
    responses((status = 200, description = "A page of the shifts found.", body = ShiftPage,
        example = json!({ "data": [view::example()], "next_cursor": null, "has_more": false }))),
)]
#[get("/shifts")]
pub async fn handler(caller: Caller, params: Params<Narrowed>) -> Answer {
    let Narrowed { state, limit, cursor, updated_since } = params.0;
    caller
        .look(Permission::ShiftRead, async |conn, actor| {
            let page = paging::page(limit, cursor, updated_since);
            let shifts = payment::shifts(conn, actor, state, page).await?;
            Ok(Reply::page(shifts.map(ShiftOut::from), |shift| shift.id.0)?)
        })
        .await
}
