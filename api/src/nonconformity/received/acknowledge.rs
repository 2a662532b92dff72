//! `POST /v1/received-nc-notices/{id}/acknowledge`
use actix_web::post;
use shared::{
    identity::Permission,
    nonconformity::{ReceivedNoticeId, service::receive},
};

use super::view::{self, ReceivedNcNoticeOut};
use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    reply::Reply,
};

/// Acknowledge a received notice
///
/// The origin bureau has taken note of what a port found; the port is told.
#[utoipa::path(
    operation_id = "acknowledgeNcNotice", tag = "non-conformity",
    params(("id" = ReceivedNoticeId, Path, description = "The id of the notice here.")),
    responses((status = 200, description = "The notice as it stands now.", body = ReceivedNcNoticeOut,
        example = json!(view::example()))),
)]
#[post("/received-nc-notices/{id}/acknowledge")]
pub(super) async fn handler(caller: Caller, id: Path<ReceivedNoticeId>, body: NoBody) -> Answer {
    caller
        .act(Permission::ReceivedNcNoticeAcknowledge, &body, async |tx, actor| {
            let notice = receive::acknowledge(tx, actor, *id).await?;
            let revision = notice.revision();
            Ok(Reply::ok(&ReceivedNcNoticeOut::from(notice))?.revision(revision))
        })
        .await
}
