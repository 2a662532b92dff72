//! `POST /v1/nc-notices/{id}/reopen`
use actix_web::post;
use shared::{acts, identity::Permission, nonconformity::NcNoticeId};

use super::view::{self, NcNoticeOut, ReasonIn};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// Reopen a notice of non-conformity
///
/// The port is not satisfied after all: the origin bureau is asked again, in a new round. A critical notice withholds
/// facilitations again.
#[utoipa::path(
    operation_id = "reopenNcNotice", tag = "non-conformity",
    params(("id" = NcNoticeId, Path, description = "The id of the notice.")),
    request_body(content = ReasonIn, example = json!({ "reason": "同一企业再次发现" })),
    responses((status = 200, description = "The notice as it stands now.", body = NcNoticeOut,
        example = json!(view::example()))),
)]
#[post("/nc-notices/{id}/reopen")]
pub(super) async fn handler(caller: Caller, id: Path<NcNoticeId>, body: Body<ReasonIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::NcNoticeReopen, &body, async |tx, actor| {
            let notice = acts::reopen_nc_notice(tx, &desk.books, actor, *id, body.parse()?).await?;
            let revision = notice.revision();
            Ok(Reply::ok(&NcNoticeOut::from(notice))?.revision(revision))
        })
        .await
}
