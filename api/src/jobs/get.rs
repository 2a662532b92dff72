//! `GET /v1/jobs/{id}`
use actix_web::get;
use shared::{
    identity::Permission,
    kernel::Failure,
    ledger::{JobId, desk},
};

use super::view::{self, JobOut};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Get a job
///
/// Where one piece of work stands, and how its last attempt failed. Done jobs are kept for a week.
#[utoipa::path(
    operation_id = "getJob", tag = "jobs",
    params(("id" = JobId, Path, description = "The id of the job, a UUID.")),
    responses((status = 200, description = "The job as it stands now.", body = JobOut,
        example = json!(view::example("DEAD")))),
)]
#[get("/jobs/{id}")]
pub(super) async fn handler(caller: Caller, id: Path<JobId>) -> Answer {
    caller
        .look(Permission::JobRead, async |conn, _| {
            let job = desk::find(conn, *id).await?.ok_or(Failure::Missing("job"))?;
            Ok(Reply::ok(&JobOut::from(job))?)
        })
        .await
}
