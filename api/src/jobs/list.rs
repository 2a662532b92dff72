//! `GET /v1/jobs`
use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::{
    identity::Permission,
    ledger::desk::{self, State},
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{self, JobOut, JobPage};
use crate::{Answer, Caller, body::Params, paging, reply::Reply};

/// Which jobs.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct JobParams {
    /// Only those in this state: `READY`, `RUNNING` or `DEAD`; all of them where not said.
    #[param(inline)]
    state: Option<State>,
    /// Only one kind of work.
    #[param(max_length = 64, example = "handoff.answer")]
    kind: Option<String>,
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// The `next_cursor` of the page before.
    cursor: Option<Uuid>,
    /// Only those that were promised, are due or were given up at or after this moment.
    updated_since: Option<DateTime<Utc>>,
}

/// List jobs
///
/// Work that waits, runs or was given up, newest first. Done jobs are not listed; each can be read by its id for a
/// week.
#[utoipa::path(
    operation_id = "listJobs", tag = "jobs",
    params(JobParams),
    responses((status = 200, description = "One page of jobs, with its cursor.", body = JobPage,
        example = json!(view::example_page()))),
)]
#[get("/jobs")]
pub(super) async fn handler(caller: Caller, params: Params<JobParams>) -> Answer {
    caller
        .look(Permission::JobRead, async |conn, _| {
            let page = paging::page(params.limit, params.cursor, params.updated_since);
            let jobs = desk::list(conn, params.state, params.kind.as_deref(), page).await?;
            Ok(Reply::page(jobs.map(JobOut::from), |job| job.id.0)?)
        })
        .await
}
