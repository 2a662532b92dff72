//! `POST /v1/nc-notices/{id}/close`
use actix_web::post;
use serde::Deserialize;
use shared::{
    identity::Permission,
    kernel::Violations,
    nonconformity::{Disposition, NcNoticeId, service::issue},
};
use utoipa::ToSchema;

use super::view::{self, NcNoticeOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// What became of the goods.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NcCloseIn)]
pub(super) struct CloseIn {
    /// The end of it.
    pub disposition: Disposition,
    /// What else is to be said.
    #[schema(max_length = 1000, pattern = r"^.*\S.*$")]
    pub remark: Option<String>,
}

impl CloseIn {
    fn remark(&self) -> Result<Option<String>, Violations> {
        let mut wrong = Violations::default();
        let remark = self.remark.as_deref().and_then(|remark| wrong.text("/remark", remark, 1000));
        wrong.finish(Some(remark))
    }
}

/// Close a notice of non-conformity
///
/// The port is satisfied with the answer, and says what became of the goods. A block of facilitations does not end with
/// it: the origin bureau decides about that, or the duty chief.
#[utoipa::path(
    operation_id = "closeNcNotice", tag = "non-conformity",
    params(("id" = NcNoticeId, Path, description = "The id of the notice.")),
    request_body(content = CloseIn, example = json!({ "disposition": "RELEASED_AFTER_CORRECTION", "remark": "产地局已更正" })),
    responses((status = 200, description = "The notice as it stands now.", body = NcNoticeOut,
        example = json!(view::example()))),
)]
#[post("/nc-notices/{id}/close")]
pub(super) async fn handler(caller: Caller, id: Path<NcNoticeId>, body: Body<CloseIn>) -> Answer {
    caller
        .act(Permission::NcNoticeClose, &body, async |tx, actor| {
            let notice = issue::close(tx, actor, *id, body.disposition, body.remark()?).await?;
            let revision = notice.revision();
            Ok(Reply::ok(&NcNoticeOut::from(notice))?.revision(revision))
        })
        .await
}
