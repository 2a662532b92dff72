//! `GET /v1/received-nc-notices/{id}`
use actix_web::get;
use shared::{
    identity::Permission,
    nonconformity::{ReceivedNoticeId, service::read},
};

use super::view::{self, ReceivedNcNoticeOut};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Get a received notice
///
/// A notice of another port: what it found, and what we said. It was told to the bureau, so every office reads it.
#[utoipa::path(
    operation_id = "getReceivedNcNotice", tag = "non-conformity",
    params(("id" = ReceivedNoticeId, Path, description = "The id of the notice here.")),
    responses((status = 200, description = "The notice as it stands now.", body = ReceivedNcNoticeOut,
        example = json!(view::example()))),
)]
#[get("/received-nc-notices/{id}")]
pub(super) async fn handler(caller: Caller, id: Path<ReceivedNoticeId>) -> Answer {
    caller
        .look(Permission::ReceivedNcNoticeRead, async |conn, _| {
            let notice = read::received(conn, *id).await?;
            let revision = notice.revision();
            Ok(Reply::ok(&ReceivedNcNoticeOut::from(notice))?.revision(revision))
        })
        .await
}
