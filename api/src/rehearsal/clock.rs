//! `GET` and `POST /v1/test/clock`: time as the test wants it. In production these routes do not exist.
use actix_web::{get, post};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use shared::{
    identity::Permission,
    kernel::{Failure, Violations},
};
use utoipa::ToSchema;

use crate::{Answer, Caller, body::Body, reply::Reply};

/// How far to move.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockIn {
    /// Forwards only, ten years at most.
    #[schema(example = 1_814_400, minimum = 1, maximum = 315_360_000)]
    pub advance_seconds: i64,
}

/// What time it is, for all programs together.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClockOut {
    /// Now.
    pub now: DateTime<Utc>,
}

/// Read the test clock
///
/// The moment that api, worker and sandbox agree on. There in test mode only.
#[utoipa::path(
    operation_id = "getTestClock", tag = "test",
    responses((status = 200, description = "Now.", body = ClockOut,
        example = json!({ "now": "2014-05-12T02:20:00Z" }))),
)]
#[get("/test/clock")]
pub async fn read(caller: Caller) -> Answer {
    let now = caller.ctx.clock.now();
    caller.look(Permission::ClockMove, async |_, _| Ok(Reply::ok(&ClockOut { now })?)).await
}

/// Move the test clock
///
/// Moves the one clock that api, worker and sandbox share. There in test mode only.
#[utoipa::path(
    operation_id = "moveTestClock", tag = "test",
    request_body(content = ClockIn, example = json!({ "advance_seconds": 1_814_400 })),
    responses((status = 200, description = "The new now.", body = ClockOut,
        example = json!({ "now": "2014-06-02T02:20:00Z" }))),
)]
#[post("/test/clock")]
pub async fn advance(caller: Caller, body: Body<ClockIn>) -> Answer {
    let clock = caller.ctx.clock.clone();
    caller
        .act(Permission::ClockMove, &body, async |_, _| {
            let by = checked(body.advance_seconds)?;
            clock.advance(by).map_err(|error| Failure::Fault(error.into()))?;
            Ok(Reply::ok(&ClockOut { now: clock.now() })?)
        })
        .await
}

fn checked(seconds: i64) -> Result<Duration, Violations> {
    let mut violations = Violations::default();
    if !(1..=315_360_000).contains(&seconds) {
        violations.error(
            "/advance_seconds",
            "out-of-range",
            "只能向前拨，最多十年",
            "forwards only, ten years at most",
        );
    }
    violations.finish(Some(Duration::seconds(seconds)))
}
