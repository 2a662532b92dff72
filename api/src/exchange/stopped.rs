//! `GET /v1/stopped-messages`
use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::{exchange::service::inbox, identity::Permission};
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{self, MessageOut, MessagePage};
use crate::{Answer, Caller, body::Params, paging, reply::Reply};

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct StoppedParams {
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// The `next_cursor` of the page before.
    cursor: Option<Uuid>,
    /// Only those that stopped at or after this moment.
    updated_since: Option<DateTime<Utc>>,
}

/// List stopped messages
///
/// Messages that will not go further by themselves, newest first: ours that were refused or never delivered, theirs
/// that the rules refused or that are of a type this release does not know.
#[utoipa::path(
    operation_id = "listStoppedMessages", tag = "exchange",
    params(StoppedParams),
    responses((status = 200, description = "One page of messages, with its cursor.", body = MessagePage,
        example = json!({ "data": [view::message_example()], "next_cursor": null, "has_more": false }))),
)]
#[get("/stopped-messages")]
pub(super) async fn handler(caller: Caller, params: Params<StoppedParams>) -> Answer {
    caller
        .look(Permission::ExchangeRead, async |conn, _| {
            let page = paging::page(params.limit, params.cursor, params.updated_since);
            let stopped = inbox::stopped(conn, page).await?;
            Ok(Reply::page(stopped.map(MessageOut::from), |message| message.id.0)?)
        })
        .await
}
