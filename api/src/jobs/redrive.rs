//! `POST /v1/jobs/{id}/redrive`
use actix_web::post;
use shared::{
    identity::Permission,
    ledger::{JobId, desk},
};

use super::view::{self, JobOut};
use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    reply::Reply,
};

/// Redrive a dead job
///
/// Gives work that was given up another chance, at once and with new attempts. Refused unless the job is dead.
#[utoipa::path(
    operation_id = "redriveJob", tag = "jobs",
    params(("id" = JobId, Path, description = "The id of the job, a UUID.")),
    responses((status = 200, description = "The job, due again from now on.", body = JobOut,
        example = json!(view::example("READY")))),
)]
#[post("/jobs/{id}/redrive")]
pub(super) async fn handler(caller: Caller, id: Path<JobId>, body: NoBody) -> Answer {
    caller
        .act(Permission::JobRedrive, &body, async |tx, actor| {
            let job = desk::redrive(tx, actor, *id).await?;
            Ok(Reply::ok(&JobOut::from(job))?)
        })
        .await
}
