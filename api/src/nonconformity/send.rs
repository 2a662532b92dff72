//! `POST /v1/nc-notices/{id}/send`
use actix_web::post;
use shared::{
    identity::Permission,
    nonconformity::{NcNoticeId, service::issue},
};

use super::view::{self, NcNoticeOut};
use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    reply::Reply,
};

/// Send a notice of non-conformity
///
/// For a notice that waits because nothing was agreed with the origin bureau when it was approved or reopened. The days
/// to acknowledge and to answer count from today.
#[utoipa::path(
    operation_id = "sendNcNotice", tag = "non-conformity",
    params(("id" = NcNoticeId, Path, description = "The id of the notice.")),
    responses((status = 200, description = "The notice as it stands now.", body = NcNoticeOut,
        example = json!(view::example()))),
)]
#[post("/nc-notices/{id}/send")]
pub(super) async fn handler(caller: Caller, id: Path<NcNoticeId>, body: NoBody) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::NcNoticeSend, &body, async |tx, actor| {
            let notice = issue::send(tx, &desk.books, actor, *id).await?;
            let revision = notice.revision();
            Ok(Reply::ok(&NcNoticeOut::from(notice))?.revision(revision))
        })
        .await
}
