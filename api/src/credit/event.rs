//! `/v1/credit-events`: what counts against an enterprise.
use actix_web::{get, post};
use shared::{
    credit::{
        CreditEventId, Period,
        service::score::{self, Filter},
    },
    identity::Permission,
};

use super::{
    ReasonIn,
    event_view::{self as view, EventFilter, EventIn, EventOut, EventPage},
};
use crate::{
    Answer, Caller,
    body::{Body, Params, Path},
    declaration::timeline::{self as told, Timeline},
    paging,
    reply::Reply,
};

/// Record a score item
///
/// An officer enters what an enterprise of this bureau did (记分). The reference table `credit_items` of that day says
/// what it weighs; it counts in the year that runs from 1 October to 30 September.
#[utoipa::path(
    operation_id = "recordCreditEvent", tag = "credit",
    request_body(content = EventIn, example = json!({ "reg_no": "3100601234", "item": "LATE-DECLARATION",
        "occurred_on": "2014-05-09", "remark": "入境后超过14天报检" })),
    responses((status = 201, description = "The item, as it counts.", body = EventOut,
        example = json!(view::example()))),
)]
#[post("/credit-events")]
pub(super) async fn record(caller: Caller, body: Body<EventIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::CreditEventRecord, &body, async |tx, actor| {
            let event = score::record(tx, &desk.books, actor, body.input()?).await?;
            let place = format!("/v1/credit-events/{}", event.id);
            Ok(Reply::created(&EventOut::from(event), place)?)
        })
        .await
}

/// List score items
///
/// What was ever entered, by officers or by what other rooms found, taken back or not. The bureau lists all, an
/// enterprise its own. Newest first.
#[utoipa::path(
    operation_id = "listCreditEvents", tag = "credit",
    params(EventFilter),
    responses((status = 200, description = "A page of score items.", body = EventPage,
        example = json!({ "data": [view::example()], "next_cursor": null, "has_more": false }))),
)]
#[get("/credit-events")]
pub(super) async fn list(caller: Caller, params: Params<EventFilter>) -> Answer {
    caller
        .look(Permission::CreditEventRead, async |conn, actor| {
            let page = paging::page(params.limit, params.cursor, params.updated_since);
            let filter = Filter {
                reg_no: params.reg_no.clone(),
                item: params.item.clone(),
                period: params.year.map(Period),
            };
            let found = score::list(conn, actor, &filter, page).await?;
            Ok(Reply::page(found.map(EventOut::from), |event| event.id.0)?)
        })
        .await
}

/// Get a score item
///
/// One item against an enterprise, as it counts now. An enterprise may read its own.
#[utoipa::path(
    operation_id = "getCreditEvent", tag = "credit",
    params(("id" = CreditEventId, Path, description = "The id of the score item that is meant.")),
    responses((status = 200, description = "The item as it counts now.", body = EventOut,
        example = json!(view::example()))),
)]
#[get("/credit-events/{id}")]
pub(super) async fn get(caller: Caller, id: Path<CreditEventId>) -> Answer {
    caller
        .look(Permission::CreditEventRead, async |conn, actor| {
            Ok(Reply::ok(&EventOut::from(score::get(conn, actor, *id).await?))?)
        })
        .await
}

/// Get the timeline of a score item
///
/// Who entered it and who took it back, with their moments. Nothing in it ever changes.
#[utoipa::path(
    operation_id = "getCreditEventTimeline", tag = "credit",
    params(("id" = CreditEventId, Path, description = "The id of the score item that is meant.")),
    responses((status = 200, description = "What happened, oldest first.", body = Timeline,
        example = json!(told::example("credit_event.recorded", "NONE", "RECORDED")))),
)]
#[get("/credit-events/{id}/timeline")]
pub(super) async fn timeline(caller: Caller, id: Path<CreditEventId>) -> Answer {
    caller
        .look(Permission::CreditEventRead, async |conn, actor| {
            Ok(Reply::ok(&Timeline { data: score::timeline(conn, actor, *id).await? })?)
        })
        .await
}

/// Strike a score item
///
/// A duty chief takes back what was entered by mistake; it stays readable and does not count. Whoever entered it does
/// not judge that.
#[utoipa::path(
    operation_id = "strikeCreditEvent", tag = "credit",
    params(("id" = CreditEventId, Path, description = "The id of the score item that is meant.")),
    request_body(content = ReasonIn, example = json!({ "reason": "经复查系他企业所为" })),
    responses((status = 200, description = "The item, which does not count any more.", body = EventOut,
        example = json!(view::example()))),
)]
#[post("/credit-events/{id}/strike")]
pub(super) async fn strike(
    caller: Caller,
    id: Path<CreditEventId>,
    body: Body<ReasonIn>,
) -> Answer {
    caller
        .act(Permission::CreditEventStrike, &body, async |tx, actor| {
            let event = score::strike(tx, actor, *id, body.parse()?).await?;
            Ok(Reply::ok(&EventOut::from(event))?)
        })
        .await
}
