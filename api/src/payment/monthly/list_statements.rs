//! `GET /v1/monthly-statements`
use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::{
    identity::Permission,
    payment::{self, MonthlyStatementState, StatementFilter},
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::statement_view::{self, MonthlyStatementOut, MonthlyStatementPage};
use crate::{Answer, Caller, body::Params, paging, reply::Reply};

/// What a list of monthly statements is narrowed to, and how it is cut.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Narrowed {
    /// Those of that payer.
    #[param(min_length = 10, max_length = 10, pattern = r"^\d{10}$")]
    pub reg_no: Option<String>,
    /// Those in that state.
    pub state: Option<MonthlyStatementState>,
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<Uuid>,
    /// Only those that changed at or after this moment, or a notice or a reminder of theirs.
    pub updated_since: Option<DateTime<Utc>>,
}

/// List monthly statements
///
/// A payer sees its own, an office all of them, newest first. What each lists is read one by one.
#[utoipa::path(
    operation_id = "listMonthlyStatements", tag = "payment", params(Narrowed),
    responses((status = 200, description = "A page of monthly statements.", body = MonthlyStatementPage,
        example = json!({ "data": [statement_view::example()], "next_cursor": null, "has_more": false }))),
)]
#[get("/monthly-statements")]
pub async fn handler(caller: Caller, params: Params<Narrowed>) -> Answer {
    let Narrowed { reg_no, state, limit, cursor, updated_since } = params.0;
    let filter = StatementFilter { reg_no, state };
    caller
        .look(Permission::MonthlyStatementRead, async |conn, actor| {
            let page = paging::page(limit, cursor, updated_since);
            let statements = payment::monthly_statements(conn, actor, &filter, page).await?;
            let statements = statements.map(MonthlyStatementOut::from);
            Ok(Reply::page(statements, |statement| statement.id.0)?)
        })
        .await
}
