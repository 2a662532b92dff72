//! `GET /v1/event-types`
use actix_web::get;
use shared::identity::Permission;

use super::view::EventTypesOut;
use crate::{Answer, Caller, reply::Reply};

/// List event types
///
/// Every kind of event that the feed and webhooks tell of, with what it means. New ones come, old ones stay: pass over
/// what you do not know.
#[utoipa::path(
    operation_id = "listEventTypes", tag = "notification",
    responses((status = 200, description = "All event types, with what they mean.", body = EventTypesOut, example = json!({ "data": [{
        "name": "declaration.released", "about": "declaration", "meaning_zh": "放行",
        "meaning_en": "The goods are released.",
    }] }))),
)]
#[get("/event-types")]
pub(super) async fn handler(caller: Caller) -> Answer {
    caller.look(Permission::ChangeRead, async |_, _| Ok(Reply::ok(&EventTypesOut::all())?)).await
}
