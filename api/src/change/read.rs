//! `GET /v1/changes`
use std::time::Duration;

use actix_web::get;
use serde::Deserialize;
use shared::{identity::Permission, kernel::Failure, notification::service::feed};
use tokio::time::Instant;
use utoipa::IntoParams;

use super::view::{self, StretchOut};
use crate::{Answer, Caller, body::Params, reply::Reply};

/// From where, how much, and how long to wait for it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// The `next_after` of the answer before; 0 for the beginning. Left out: what this client acknowledged last.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// How many seconds to wait where there is nothing yet, 0 to 30; 0 where not said.
    #[param(minimum = 0, maximum = 30)]
    wait: Option<u64>,
}

/// Read changes
///
/// What happened to your cases, oldest first, as webhooks tell it. Nothing is skipped and nothing comes twice, however
/// many write at the same time; of one declaration everything comes in its order. With `wait` the answer comes as soon
/// as there is something, or empty when the time is over.
#[utoipa::path(
    operation_id = "readChanges", tag = "notification",
    params(Wanted),
    responses((status = 200, description = "A stretch of the feed.", body = StretchOut,
        example = json!(view::example()))),
)]
#[get("/changes")]
pub(super) async fn handler(caller: Caller, wanted: Params<Wanted>) -> Answer {
    caller.must_hold(Permission::ChangeRead)?;
    let limit = wanted.limit.unwrap_or(50);
    let until = Instant::now() + Duration::from_secs(wanted.wait.unwrap_or(0));
    let mut after = wanted.after;
    loop {
        // Nobody holds a connection while waiting.
        let stretch = {
            let mut conn = caller.ctx.pool.acquire().await?;
            let from = feed::start(&mut conn, &caller.actor, after).await?;
            feed::read(&mut conn, &caller.actor, from, limit).await?
        };
        after = Some(stretch.next);
        let is_worth_it = !stretch.changes.is_empty() || Instant::now() >= until;
        let reg_no = caller.actor.reg_no().unwrap_or_default();
        if is_worth_it || !caller.ctx.long_poll.wait(reg_no, stretch.next, until).await {
            let reply = Reply::ok(&StretchOut::from(stretch)).map_err(Failure::from)?;
            return Ok(caller.seen(reply));
        }
    }
}
