//! `POST /v1/received-nc-notices/{id}/decide-suspension`
use actix_web::post;
use serde::Deserialize;
use shared::{
    acts,
    identity::Permission,
    nonconformity::{ReceivedNoticeId, Suspension},
};
use utoipa::ToSchema;

use super::view::{self, ReceivedNcNoticeOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// What the bureau of origin decides, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SuspensionDecisionIn)]
pub(super) struct DecisionIn {
    /// `SUSPENDED` or `DECLINED`.
    pub decision: Suspension,
    /// Why; the port is told.
    #[schema(max_length = 500, pattern = r"^.*\S.*$")]
    pub reason: String,
}

/// Decide on a proposed suspension
///
/// A port withholds the enterprise's facilitations for something critical, and asks its bureau to suspend it. Whichever
/// the decision, the port's block ends with it. A suspended enterprise loses direct release for a year.
#[utoipa::path(
    operation_id = "decideSuspension", tag = "non-conformity",
    params(("id" = ReceivedNoticeId, Path, description = "The id of the notice here.")),
    request_body(content = DecisionIn, example = json!({ "decision": "SUSPENDED", "reason": "擅自换货，停止直通放行一年" })),
    responses((status = 200, description = "The notice as it stands now.", body = ReceivedNcNoticeOut,
        example = json!(view::example()))),
)]
#[post("/received-nc-notices/{id}/decide-suspension")]
pub(super) async fn handler(
    caller: Caller,
    id: Path<ReceivedNoticeId>,
    body: Body<DecisionIn>,
) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::SuspensionDecide, &body, async |tx, actor| {
            let said = (body.decision, body.reason.clone());
            let notice = acts::decide_nc_suspension(tx, &desk.books, actor, *id, said).await?;
            let revision = notice.revision();
            Ok(Reply::ok(&ReceivedNcNoticeOut::from(notice))?.revision(revision))
        })
        .await
}
