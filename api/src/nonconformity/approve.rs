//! `POST /v1/nc-notices/{id}/approve`
use actix_web::post;
use shared::{acts, identity::Permission, nonconformity::NcNoticeId};

use super::view::{self, NcNoticeOut};
use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    reply::Reply,
};

/// Approve a notice of non-conformity
///
/// A duty chief of the office, another person than the drafter, stands behind it. It is sent to the origin bureau at
/// once where a memorandum is in force, and waits as `APPROVED` where none is. A critical notice withholds every
/// facilitation from the enterprise from this moment, and proposes its suspension.
#[utoipa::path(
    operation_id = "approveNcNotice", tag = "non-conformity",
    params(("id" = NcNoticeId, Path, description = "The id of the notice.")),
    responses((status = 200, description = "The notice as it stands now.", body = NcNoticeOut,
        example = json!(view::example()))),
)]
#[post("/nc-notices/{id}/approve")]
pub(super) async fn handler(caller: Caller, id: Path<NcNoticeId>, body: NoBody) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::NcNoticeApprove, &body, async |tx, actor| {
            let notice = acts::approve_nc_notice(tx, &desk.books, actor, *id).await?;
            let revision = notice.revision();
            Ok(Reply::ok(&NcNoticeOut::from(notice))?.revision(revision))
        })
        .await
}
