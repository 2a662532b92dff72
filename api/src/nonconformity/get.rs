//! `GET /v1/nc-notices/{id}`
use actix_web::get;
use shared::{
    identity::Permission,
    nonconformity::{NcNoticeId, service::read},
};

use super::view::{self, NcNoticeOut};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Get a notice of non-conformity
///
/// A notice of the caller's office: what was found, where it stands, and what the origin bureau said.
#[utoipa::path(
    operation_id = "getNcNotice", tag = "non-conformity",
    params(("id" = NcNoticeId, Path, description = "The id of the notice.")),
    responses((status = 200, description = "The notice as it stands now.", body = NcNoticeOut,
        example = json!(view::example()))),
)]
#[get("/nc-notices/{id}")]
pub(super) async fn handler(caller: Caller, id: Path<NcNoticeId>) -> Answer {
    caller
        .look(Permission::NcNoticeRead, async |conn, actor| {
            let notice = read::get(conn, actor, *id).await?;
            let revision = notice.revision();
            Ok(Reply::ok(&NcNoticeOut::from(notice))?.revision(revision))
        })
        .await
}
