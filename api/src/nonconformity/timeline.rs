//! `GET /v1/nc-notices/{id}/timeline`
use actix_web::get;
use shared::{
    identity::Permission,
    nonconformity::{NcNoticeId, service::read},
};

use super::view::{self, NcNoticeTimeline};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Get a notice's timeline
///
/// Every step of a notice of the caller's office, the block of facilitations that it caused included. Nothing in it
/// ever changes.
#[utoipa::path(
    operation_id = "getNcNoticeTimeline", tag = "non-conformity",
    params(("id" = NcNoticeId, Path, description = "The id of the notice.")),
    responses((status = 200, description = "What happened, oldest first.", body = NcNoticeTimeline,
        example = json!(view::example_timeline()))),
)]
#[get("/nc-notices/{id}/timeline")]
pub(super) async fn handler(caller: Caller, id: Path<NcNoticeId>) -> Answer {
    caller
        .look(Permission::NcNoticeRead, async |conn, actor| {
            let data = read::timeline(conn, actor, *id).await?;
            Ok(Reply::ok(&NcNoticeTimeline { data })?)
        })
        .await
}
