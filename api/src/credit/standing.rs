//! `GET /v1/credit-standings/{reg_no}`: an enterprise's class, and what its year came to so far.
use actix_web::get;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use shared::{
    credit::{
        Evaluation,
        service::{evaluation, score},
    },
    identity::{CreditClass, Permission},
    kernel::{Failure, calendar},
};
use utoipa::ToSchema;

use crate::{Answer, Caller, body::Path, reply::Reply};

/// Where an enterprise stands with its credit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CreditStanding)]
struct StandingOut {
    /// The enterprise's registration number.
    #[schema(max_length = 10, pattern = r"^\d{10}$")]
    reg_no: String,
    /// Its class here; a black-listed enterprise is D.
    class: CreditClass,
    /// Counts changes of the class.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    version: i64,
    /// Since when it has that class.
    since: NaiveDate,
    /// First day of the year that runs.
    period_from: NaiveDate,
    /// Its last day.
    period_to: NaiveDate,
    /// A hundred, less what was scored in this year so far.
    #[schema(minimum = 0, maximum = 100)]
    score: i32,
    /// How many items count.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    events: i64,
    /// The class that the year would come to, if it ended today.
    tends_to: CreditClass,
}

/// Get an enterprise's credit standing
///
/// Its class, and what the year that runs came to so far. An enterprise may read its own.
#[utoipa::path(
    operation_id = "getCreditStanding", tag = "credit",
    params(("reg_no" = String, Path, description = "The enterprise's registration number.")),
    responses((status = 200, description = "Where the enterprise stands.", body = StandingOut,
        example = json!({ "reg_no": "3100601234", "class": "A", "version": 2, "since": "2013-10-15",
            "period_from": "2013-10-01", "period_to": "2014-09-30", "score": 94, "events": 2, "tends_to": "A" }))),
)]
#[get("/credit-standings/{reg_no}")]
pub(super) async fn get(caller: Caller, reg_no: Path<String>) -> Answer {
    let (desk, today) = (caller.ctx.desk(), calendar::day_of(caller.ctx.clock.now()));
    caller
        .look(Permission::CreditStandingRead, async |conn, actor| {
            let standing = score::standing(conn, &desk.books, actor, &reg_no, today).await?;
            Ok(Reply::ok(&StandingOut {
                reg_no: standing.reg_no,
                class: standing.class,
                version: standing.version,
                since: standing.since,
                period_from: standing.period.first_day(),
                period_to: standing.period.last_day(),
                score: standing.score.value(),
                events: standing.score.events,
                tends_to: standing.tends_to,
            })?)
        })
        .await
}

/// What a year came to for an enterprise.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CreditEvaluation)]
struct EvaluationOut {
    /// The year in which it ended, on 30 September.
    #[schema(minimum = 2000, maximum = 2100)]
    year: i32,
    /// How many items counted.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    events: i64,
    /// A hundred, less what was scored.
    #[schema(minimum = 0, maximum = 100)]
    score: i32,
    /// The class it had then.
    class_before: CreditClass,
    /// The class that the score comes to; where it is another, a change was proposed.
    class: CreditClass,
    /// When it was evaluated.
    evaluated_at: DateTime<Utc>,
}

impl From<Evaluation> for EvaluationOut {
    fn from(evaluation: Evaluation) -> Self {
        Self {
            year: evaluation.period.0,
            events: evaluation.score.events,
            score: evaluation.score.value(),
            class_before: evaluation.before,
            class: evaluation.class,
            evaluated_at: evaluation.evaluated_at,
        }
    }
}

/// Digits of a registration number (备案登记号).
const REG_NO: usize = 10;

/// All evaluations of an enterprise.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CreditEvaluations)]
struct EvaluationsOut {
    /// The latest first.
    #[schema(max_items = 100)]
    data: Vec<EvaluationOut>,
}

/// List an enterprise's evaluations
///
/// What each year came to (年度评定), the latest first. An enterprise may read its own.
#[utoipa::path(
    operation_id = "listCreditEvaluations", tag = "credit",
    params(("reg_no" = String, Path, description = "The enterprise's registration number.")),
    responses((status = 200, description = "Every year that was evaluated.", body = EvaluationsOut,
        example = json!({ "data": [{ "year": 2014, "events": 2, "score": 94, "class_before": "B", "class": "A",
            "evaluated_at": "2014-09-30T16:05:00Z" }] }))),
)]
#[get("/credit-standings/{reg_no}/evaluations")]
pub(super) async fn evaluations(caller: Caller, reg_no: Path<String>) -> Answer {
    caller
        .look(Permission::CreditStandingRead, async |conn, actor| {
            if reg_no.len() != REG_NO {
                return Err(Failure::Missing("enterprise"));
            }
            let found = evaluation::evaluations_of(conn, actor, &reg_no).await?;
            let data = found.into_iter().map(EvaluationOut::from).collect();
            Ok(Reply::ok(&EvaluationsOut { data })?)
        })
        .await
}
