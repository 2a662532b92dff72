//! `GET /v1/received-nc-notices/{id}/timeline`
use actix_web::get;
use shared::{
    identity::Permission,
    nonconformity::{ReceivedNoticeId, service::read},
};

use super::super::view::{self, NcNoticeTimeline};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Get a received notice's timeline
///
/// All that happened here to a notice of another port. Nothing in it ever changes.
#[utoipa::path(
    operation_id = "getReceivedNcNoticeTimeline", tag = "non-conformity",
    params(("id" = ReceivedNoticeId, Path, description = "The id of the notice here.")),
    responses((status = 200, description = "What happened, oldest first.", body = NcNoticeTimeline,
        example = json!(view::example_timeline()))),
)]
#[get("/received-nc-notices/{id}/timeline")]
pub(super) async fn handler(caller: Caller, id: Path<ReceivedNoticeId>) -> Answer {
    caller
        .look(Permission::ReceivedNcNoticeRead, async |conn, _| {
            let data = read::received_timeline(conn, *id).await?;
            Ok(Reply::ok(&NcNoticeTimeline { data })?)
        })
        .await
}
