//! `GET /v1/webhook-endpoints/{id}/deliveries`
use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::{
    identity::Permission,
    notification::{DeliveryState, EndpointId, service::delivery},
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{self, DeliveryOut, DeliveryPage};
use crate::{
    Answer, Caller,
    body::{Params, Path},
    paging,
    reply::Reply,
};

/// Which deliveries, and how the list is cut.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Narrowed {
    /// Those in that state.
    #[param(inline)]
    state: Option<DeliveryState>,
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// The `next_cursor` of the page before.
    cursor: Option<Uuid>,
    /// Only those that began, are due or ended at or after this moment.
    updated_since: Option<DateTime<Utc>>,
}

/// List deliveries to a webhook endpoint
///
/// What is or was on its way, newest events first. What was delivered or given up is kept for thirty days.
#[utoipa::path(
    operation_id = "listWebhookDeliveries", tag = "notification",
    params(("id" = EndpointId, Path, description = "The id of the endpoint."), Narrowed),
    responses((status = 200, description = "A page of deliveries.", body = DeliveryPage,
        example = json!({ "data": [view::delivery_example()], "next_cursor": null, "has_more": false }))),
)]
#[get("/webhook-endpoints/{id}/deliveries")]
pub(super) async fn handler(
    caller: Caller,
    id: Path<EndpointId>,
    params: Params<Narrowed>,
) -> Answer {
    let Narrowed { state, limit, cursor, updated_since } = params.0;
    caller
        .look(Permission::WebhookEndpointRead, async |conn, actor| {
            let page = paging::page(limit, cursor, updated_since);
            let found = delivery::list(conn, actor, *id, (state, page)).await?;
            Ok(Reply::page(found.map(DeliveryOut::from), |delivery| delivery.id)?)
        })
        .await
}
