//! `POST /v1/nc-notices`
use actix_web::post;
use shared::{identity::Permission, nonconformity::service};

use super::view::{self, NcNoticeIn, NcNoticeOut};
use crate::{Answer, Caller, body::Body, reply::Reply};

/// Draft a notice of non-conformity
///
/// An inspector at the port writes down what was found about goods that another bureau let go. The severity follows
/// from the category and what was seen; nobody is told until a duty chief, another person, approves it.
#[utoipa::path(
    operation_id = "draftNcNotice", tag = "non-conformity",
    request_body(content = NcNoticeIn, example = json!(NcNoticeIn::example())),
    responses((status = 201, description = "The draft, with its number and severity.", body = NcNoticeOut,
        example = json!(view::example()))),
)]
#[post("/nc-notices")]
pub(super) async fn handler(caller: Caller, body: Body<NcNoticeIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::NcNoticeDraft, &body, async |tx, actor| {
            let notice = service::draft(tx, &desk.books, actor, body.input()).await?;
            let (revision, place) = (notice.revision(), format!("/v1/nc-notices/{}", notice.id));
            Ok(Reply::created(&NcNoticeOut::from(notice), place)?.revision(revision))
        })
        .await
}
